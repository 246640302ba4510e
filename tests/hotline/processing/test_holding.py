"""What nobody has seen waits for a person where it should: never refused, always told."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.utils.translation import override
from tests.hotline.processing.working import ALICE, accept, jpeg, kinds, only, work

from disrupt.fingerprint import ImageFingerprint, fingerprint_file
from disrupt.hotline.bank import lawful, queries
from disrupt.hotline.cases import ledger, withdrawing
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.queries import queue
from disrupt.hotline.cases.states import HeldFor, ImpossibleStep, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.decisions import holding
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.models import SubmittedHash
from disrupt.hotline.exchange.services import OPERATOR, create_partner, set_active
from disrupt.hotline.intake.following.queries import followed
from disrupt.protocol.stopncii import Opinion, Posted, Signal

pytestmark = pytest.mark.django_db


def hex_of(name: object, length: int = 64) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()[:length]


def prints(name: object, pdq: str = "") -> dict[str, Any]:
    row = {"hex": pdq or hex_of(("pdq", name)), "quality": 90, "role": "stored"}
    return {"kind": "image", "sha256": hex_of(name), "md5": hex_of(name, 32), "pdq": [row], "vpdq": []}


def states(case: Case) -> list[tuple[str, str]]:
    return list(case.items.order_by("position").values_list("state", "held_for"))


def words(case: Case) -> list[str]:
    with override("en"):
        return [str(one.meaning.word) for one in followed(case, "en")]


def test_a_report_offers_so_many_unseen_and_the_rest_waits(make_case: Any, settings: Any) -> None:
    settings.UNSEEN_A_REPORT = 2
    case = make_case(declared=tuple(prints(n) for n in range(5)))
    work()
    assert queries.active().count() == 2
    assert states(case) == [("protected", "")] * 2 + [("received", HeldFor.MANY_IN_REPORT)] * 3
    assert words(case) == ["Ready for our partners"] * 2 + ["Waits for a person"] * 3
    with override("en"):
        assert "Waits for a person to look at it" in [str(s.text) for s in followed(case, "en")[4].steps]
    assert list(queue()) == [case], "and it stands in the analysts' queue"
    work()
    assert queries.active().count() == 2
    assert holding.offer_all(case, ALICE) == 3
    work()
    assert queries.active().count() == 5
    case.refresh_from_db()
    assert case.closed_at is not None
    assert kinds(case).count("item.held") == kinds(case).count("item.let_through") == 3
    assert ledger.verify(case) == len(kinds(case))


def test_taking_back_and_declaring_anew_does_not_get_round_it(make_case: Any, settings: Any) -> None:
    settings.UNSEEN_A_REPORT = 1
    case = make_case(declared=(prints(1), prints(2)))
    work()
    withdrawing.withdraw_item(case.items.get(position=1))
    work()
    assert holding.held_of(case)[0].position == 2
    holding.do_not_offer(holding.held_of(case)[0], ALICE)
    work()
    assert queries.active().count() == 0


def test_so_many_unseen_a_day_from_all_reports_together(make_case: Any, settings: Any) -> None:
    settings.UNSEEN_A_DAY = 3
    cases = [make_case(declared=(prints(n), prints(n + 50))) for n in range(3)]
    work()
    assert [states(case)[-1][1] for case in cases] == ["", HeldFor.MANY_TODAY, HeldFor.MANY_TODAY]
    examined = make_case(files=(jpeg(3),))
    accept(only(examined))
    work()
    assert only(examined).state == ItemState.PROTECTED, "what an analyst has seen is not counted"
    clock.move(dt.timedelta(hours=25))
    later = make_case(declared=(prints("later"),))
    work()
    assert only(later).state == ItemState.PROTECTED


def test_a_declared_famous_picture_waits(make_case: Any) -> None:
    lawful.add("moon", ALICE, pdqs=[hex_of("moon")])
    near = f"{int(hex_of('moon'), 16) ^ 0b10110:064x}"
    case = make_case(declared=(prints(1, near),))
    work()
    assert states(case) == [("received", HeldFor.LAWFUL)]
    assert not queries.active().exists()
    assert holding.offer_all(case, ALICE) == 0, "not by the button for what is merely many"
    holding.do_not_offer(only(case), ALICE)
    work()
    assert words(case) == ["Not on the lists"]
    assert only(case).declared is None
    assert not queries.active().exists()
    with pytest.raises(holding.NotHeld):
        holding.offer_after_all(only(case), ALICE)


def test_an_examined_famous_picture_waits_with_its_content(make_case: Any) -> None:
    data = jpeg(4)
    found = fingerprint_file(data)
    assert isinstance(found, ImageFingerprint)
    lawful.add("waves", ALICE, pdqs=[found.pdq.hex])
    case = make_case(files=(data,))
    accept(only(case))
    work()
    item = only(case)
    assert (item.state, item.held_for, item.holds_content) == ("accepted", HeldFor.LAWFUL, True)
    holding.offer_after_all(item, ALICE)
    work()
    item = only(case)
    assert (item.state, item.holds_content) == (ItemState.PROTECTED, False)
    assert queries.active().count() == 1


def partner_says(value: str, opinion: Opinion = Opinion.NOT_BLOCKED) -> Any:
    partner = create_partner("Platform", OPERATOR)
    contributions.submit_feedback(partner, [Posted(Signal.IMAGE_PDQ, value, opinion, ())])
    return partner


def test_what_a_partner_did_not_block_waits_also_a_bit_changed(make_case: Any) -> None:
    partner = partner_says(hex_of("cat"))
    near = f"{int(hex_of('cat'), 16) ^ 0b111:064x}"
    case = make_case(declared=(prints(1, near), prints(2)))
    work()
    assert [why for _state, why in states(case)] == [HeldFor.NOT_BLOCKED, ""]
    set_active(partner, False, OPERATOR)
    other = make_case(declared=(prints(3, near),))
    work()
    assert only(other).state == ItemState.PROTECTED, "a partner that is no longer let in holds nothing up"


def test_what_a_partner_blocked_does_not_wait(make_case: Any) -> None:
    partner_says(hex_of("cat"), Opinion.BLOCKED)
    case = make_case(declared=(prints(1, hex_of("cat")),))
    work()
    assert only(case).state == ItemState.PROTECTED


def test_proposals_of_partners_that_nobody_will_be_offered_are_not_kept(db: Any) -> None:
    lawful.add("moon", ALICE, pdqs=[hex_of("moon")], md5=hex_of("film", 32))
    partner = create_partner("Platform", OPERATOR)
    posted = [
        Posted(Signal.IMAGE_PDQ, text, Opinion.BLOCKED, ())
        for text in ("0" * 64, hex_of("moon"), f"{int(hex_of('moon'), 16) ^ 7:064x}", hex_of("good"))
    ] + [Posted(Signal.VIDEO_MD5, hex_of("film", 32), Opinion.BLOCKED, ())]
    assert contributions.submit_hashes(partner, posted) == 1
    assert SubmittedHash.objects.get().value == hex_of("good")


def test_one_press_takes_off_everything_of_a_case(make_case: Any, settings: Any) -> None:
    settings.UNSEEN_A_REPORT = 2
    case = make_case(
        declared=tuple(prints(n) for n in range(4)), files=(jpeg(6),), urls=("https://a.example/",)
    )
    for item in case.items.exclude(kind="declared"):
        accept(item)
    work()
    assert queries.active().count() == 3
    assert holding.take_off_case(case, ALICE) == 5
    work()
    assert queries.active().count() == 0
    assert kinds(case).count("case.taken_off") == 1
    assert (kinds(case).count("item.taken_off"), kinds(case).count("item.not_offered")) == (3, 2)
    assert case.items.get(kind="url").state == ItemState.ACCEPTED, "its address is still being taken down"
    told = words(case)
    assert told.count("Taken off the lists") == 3
    assert told.count("Not on the lists") == 2
    assert holding.take_off_case(case, ALICE) == 0
    assert kinds(case).count("case.taken_off") == 1
    with pytest.raises(ImpossibleStep):
        withdrawing.advance(Item.objects.filter(case=case, kind="declared")[0], ItemState.BANKED, ALICE)
