"""Later arrivals decided by rule: only where it is on, watched from the first, stopped by what is found."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import accept, jpeg, only, prepare, work
from tests.hotline.review.pages import decision, page

from disrupt.hotline.cases.models import AgeWhenTaken, Asked, CarryRule, Case, How, Item, SecondOpinion
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import rules

pytestmark = pytest.mark.django_db
PHOTO = jpeg(11)


def copy_of(data: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(data)).save(out, "JPEG", quality=60)
    return out.getvalue()


@pytest.fixture(autouse=True)
def _banked(make_case: Any, settings: Any) -> None:
    """An analyst has found the photograph illegal, and it is in the bank."""
    settings.UNDO_WAIT = dt.timedelta()
    first = make_case(files=(PHOTO,))
    accept(only(first))
    work()
    settings.UNDO_WAIT = dt.timedelta(minutes=10)


def on(how: How = How.FILE, *, earned: bool = False, **more: Any) -> CarryRule:
    rule = rules.turn_on("NCII-DIF", how, OPERATOR, **more)
    if earned:
        CarryRule.objects.filter(pk=rule.pk).update(earned_at=rule.since, looked_at=400)
    return rule


def arrives(make_case: Any, data: bytes = PHOTO, **more: Any) -> Case:
    case: Case = make_case(files=(data,), **more)
    prepare()
    case.refresh_from_db()
    return case


def logged() -> list[str]:
    of_rules = AuditEvent.objects.filter(kind__startswith="rule").order_by("number")
    return list(of_rules.values_list("kind", flat=True))


def test_nothing_is_decided_by_rule_unless_a_person_turned_one_on(make_case: Any) -> None:
    assert only(arrives(make_case)).state == "received"
    rule = on()
    rules.turn_off(rule, OPERATOR)
    assert only(arrives(make_case)).state == "received"
    assert logged() == ["rule.on", "rule.off"]


def test_until_it_is_earned_somebody_looks_before_anything_follows(make_case: Any) -> None:
    on()
    case = arrives(make_case)
    item = only(case)
    assert (item.state, item.due_at) == ("decided", None)
    assert SecondOpinion.objects.get().why == Asked.RULE
    made = item.qualifications.get()
    assert (made.category, made.carried, made.by[:5]) == ("NCII-DIF", True, "rule:")
    assert case.ledger.get(kind="item.decided").actor == made.by


def test_an_earned_rule_decides_and_a_sample_is_drawn(make_case: Any, monkeypatch: Any) -> None:
    on(earned=True)
    monkeypatch.setattr("secrets.randbelow", lambda n: n - 1)
    assert only(arrives(make_case)).due_at is not None
    monkeypatch.setattr("secrets.randbelow", lambda n: 0)
    assert only(arrives(make_case)).due_at is None
    assert SecondOpinion.objects.count() == 1
    assert CarryRule.objects.get().decided == 2


def test_what_waits_already_is_for_people_though_it_is_prepared_again(make_case: Any) -> None:
    waiting = arrives(make_case)
    clock.move(dt.timedelta(seconds=1))
    on(earned=True)
    Item.objects.filter(case=waiting).update(prepared=False)  # as when everything is sealed anew
    prepare()
    assert only(waiting).state == "received"
    assert only(arrives(make_case)).state == "decided"


def test_a_copy_needs_a_rule_of_its_own(make_case: Any) -> None:
    on(earned=True)
    assert only(arrives(make_case, copy_of(PHOTO))).state == "received"
    on(How.COPY, earned=True)
    assert only(arrives(make_case, copy_of(PHOTO))).state == "decided"
    assert only(arrives(make_case, jpeg(12))).state == "received", "another photograph is for people"


@pytest.mark.parametrize(
    "more",
    [{"threat": True}, {"age_when_taken": AgeWhenTaken.MINOR}, {"age_when_taken": AgeWhenTaken.UNSURE}],
)
def test_threats_and_minors_are_for_people(make_case: Any, more: dict[str, Any]) -> None:
    on(earned=True)
    assert only(arrives(make_case, **more)).state == "received"


def test_a_rule_is_about_what_is_illegal_and_shows_adults(make_case: Any) -> None:
    for category in ("OUT", "MIN-CSAM", "NO-SUCH"):
        with pytest.raises(rules.NotForRules):
            rules.turn_on(category, How.FILE, OPERATOR)
    with pytest.raises(rules.NotForRules):
        on(limit=0)


def test_a_person_who_was_faster_keeps_her_decision(make_case: Any) -> None:
    on(earned=True)
    case = make_case(files=(PHOTO,))
    accept(only(case), "NCII-CAP")
    prepare()
    assert only(case).qualifications.get().category == "NCII-CAP"


def test_words_wait_for_a_person_all_the_same(make_case: Any) -> None:
    on(earned=True)
    case = arrives(make_case, description=vault.seal("please read this"))
    assert only(case).state == "decided"
    assert (case.unread, case.in_queue) == (True, True)


def looked(make_case: Any, user: User, category: str = "NCII-DIF") -> None:
    """One more arrives, is drawn, and this person says what they see."""
    client = signed_in(user)
    case = arrives(make_case)
    html = page(client, f"/second/{only(case).pk}/")
    assert "in the bank already" not in html, "nothing says that it is known"
    client.post(f"/second/{only(case).pk}/", decision(category=category))


def test_it_is_earned_by_looking_and_stops_by_itself(make_case: Any, make_user: MakeUser) -> None:
    bob = make_user("bob")
    rule = on(limit=50.0)
    for _time in range(5):
        assert CarryRule.objects.get().earned_at is None
        looked(make_case, bob)
    rule.refresh_from_db()
    assert (rule.looked_at, rule.wrong, rule.earned_at is not None) == (5, 0, True)
    CarryRule.objects.update(sample=100.0)
    looked(make_case, bob, "NCII-CAP")
    rule.refresh_from_db()
    assert not rule.on
    assert rule.stopped_at is not None
    assert rules.bound(rule) > 50
    assert logged() == ["rule.on", "rule.earned", "rule.stopped"]
    audit.verify()
    assert only(arrives(make_case)).state == "received"


def test_a_rule_that_cannot_be_earned_stops_too(make_case: Any, make_user: MakeUser) -> None:
    on(limit=20.0)
    bob = make_user("bob")
    for _time in range(2):
        looked(make_case, bob, "NCII-CAP")
    rule = CarryRule.objects.get()
    assert (rule.on, rule.earned_at, rule.stopped_at is not None) == (False, None, True)


def test_a_lead_who_says_that_the_rule_was_right_takes_the_error_back(
    make_case: Any, make_user: MakeUser
) -> None:
    on(limit=50.0)
    looked(make_case, make_user("bob"), "NCII-CAP")
    assert CarryRule.objects.get().wrong == 1
    lead = Client()
    lead.force_login(make_user("lea", "lead"))
    lead.post(f"/disputes/{SecondOpinion.objects.get().pk}/settle/", {"stands": "first"})
    assert CarryRule.objects.get().wrong == 0


def test_the_page_turns_it_on_and_off_and_any_analyst_undoes(
    make_case: Any, make_user: MakeUser, as_alice: Client, english: Any
) -> None:
    lead = signed_in(make_user("lea", "lead"))
    said = {"category": "NCII-DIF", "how": "file", "limit": "1", "sample": "5"}
    assert lead.post("/rules/", {**said, "limit": "0"}).status_code == 422
    as_alice.post("/rules/", said)
    assert not CarryRule.objects.exists(), "an analyst turns none on"
    lead.post("/rules/", said)
    assert "on, all looked at" in page(lead, "/rules/")
    CarryRule.objects.update(earned_at=CarryRule.objects.get().since, sample=1.0)
    case = arrives(make_case)
    as_alice.post(f"/decisions/{only(case).qualifications.get().pk}/undo/")
    assert only(case).state == "received"
    lead.post(f"/rules/{CarryRule.objects.get().pk}/off/")
    assert not CarryRule.objects.get().on
