"""What another hotline's list brings, what stays out and leaves nothing, and how it all goes again."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.hearing.test_secondlook import say
from tests.hotline.exchange.taking.lists import TAKEN, gone, id_of, page, told

from disrupt.hotline.bank import lawful
from disrupt.hotline.bank.models import BankEntry, EntryState
from disrupt.hotline.bank.queries import hotline_id
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.exchange.stopncii import wirehashes
from disrupt.hotline.exchange.taking import services
from disrupt.hotline.exchange.taking.models import TakenEntry, TakenSource, Verdict
from disrupt.protocol.feed import Added, parse_page
from disrupt.protocol.taking.sources import Rules

pytestmark = pytest.mark.django_db


def source(name: str, rules: Rules = TAKEN) -> TakenSource:
    return services.begins(name, f"https://{name}.example", rules)


def active() -> list[BankEntry]:
    return list(BankEntry.objects.filter(state=EntryState.ACTIVE).order_by("created_at"))


def verdict(list_: TakenSource, name: object) -> str:
    return TakenEntry.objects.get(source=list_, their_id=id_of(name)).verdict


def test_an_entry_is_offered_as_shared_under_our_category_with_its_home(feed: Any) -> None:
    b = source("b")
    services.take_in(b, page("b", told("one"), told("two", "a", first="at home")), TAKEN)
    one, two = (change for change in parse_page(feed()).changes)
    assert isinstance(one, Added)
    assert isinstance(two, Added)
    assert (one.origin, one.category, one.sha256) == ("shared", "NCII-DIF", hex_of("one"))
    assert one.came is not None
    assert two.came is not None
    assert (one.came.first, one.came.through) == (id_of("one"), (id_of("b"),))
    assert (two.came.first, two.came.through) == (id_of("at home"), (id_of("a"), id_of("b")))
    services.take_in(b, page("b", told("one"), told("two", "a", first="at home")), TAKEN)
    assert len(active()) == 2, "the same page again changes nothing"
    services.take_in(b, page("b", gone("one"), gone("nobody")), TAKEN)
    assert [entry.came["through"] for entry in active()] == [[id_of("a"), id_of("b")]]


@pytest.mark.parametrize(
    ("entry", "rules", "wanted"),
    [
        (told("x"), replace(TAKEN, pass_on=False), Verdict.NOT_PASSED_ON),
        (told("x", minors="declared"), TAKEN, Verdict.MINORS),
        (told("x"), replace(TAKEN, categories={"*": "MIN-CSAM"}), Verdict.MINORS),
        (told("x", origin="declared"), TAKEN, Verdict.ORIGIN),
        (told("x"), replace(TAKEN, kinds=frozenset({"video"})), Verdict.KIND),
        (told("x"), replace(TAKEN, categories={}), Verdict.CATEGORY),
        (told("x"), replace(TAKEN, categories={"*": "NO-SUCH"}), Verdict.CATEGORY),
        (told("x", "a", sha256=None, quality=60), replace(TAKEN, quality=70), Verdict.QUALITY),
        (told("x", *(f"h{n}" for n in range(8))), TAKEN, Verdict.FAR),
        (told("x", "b", "c"), TAKEN, Verdict.OURS),
    ],
)
def test_what_a_rule_keeps_out_leaves_its_reason_and_no_fingerprint(
    entry: Added, rules: Rules, wanted: Verdict
) -> None:
    b = source("b", rules)
    services.take_in(b, page("b", entry), rules)
    assert verdict(b, "x") == wanted
    assert active() == []
    (row,) = TakenEntry.objects.values()
    assert hex_of("x") not in str(row)
    assert hex_of(("pdq", "x")) not in str(row)
    assert services.counts([b])[b.pk] == {wanted: 1}


def test_minors_are_taken_where_the_rules_say_so_and_on_somebodys_word() -> None:
    rules = replace(TAKEN, minors=True)
    services.take_in(source("b", rules), page("b", told("x", minors="examined")), rules)
    assert [entry.minors for entry in active()] == ["declared"]


def test_what_passed_through_us_is_not_taken_from_anybody() -> None:
    b = source("b")
    ours = str(hotline_id())
    for name, entry in (("x", told("x")), ("y", told("y", "a", first="y"))):
        came = replace(entry.came, through=(ours, id_of("a"))) if entry.came else None
        services.take_in(b, page("b", replace(entry, came=came)), TAKEN)
        assert verdict(b, name) == (Verdict.OURS if came else Verdict.OFFERED)


def test_a_lawful_picture_stays_out_by_this_way_too() -> None:
    lawful.add("famous", OPERATOR, pdqs=[hex_of(("pdq", "x"))])
    b = source("b")
    services.take_in(b, page("b", told("x")), TAKEN)
    assert (verdict(b, "x"), active()) == (Verdict.LAWFUL, [])


def test_another_way_takes_the_place_of_the_first() -> None:
    b, c = source("b"), source("c")
    services.take_in(b, page("b", told("b1", "a", first="x")), TAKEN)
    services.take_in(c, page("c", told("c1", "a", first="x")), TAKEN)
    assert (verdict(c, "c1"), len(active())) == (Verdict.ANOTHER_WAY, 1)
    services.take_in(b, page("b", gone("b1")), TAKEN)
    assert verdict(c, "c1") == Verdict.OFFERED
    assert [entry.came["through"] for entry in active()] == [[id_of("a"), id_of("c")]]
    services.take_in(c, page("c", gone("c1")), TAKEN)
    assert active() == []


def test_a_list_that_leaves_takes_its_entries_along_in_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "A_STEP", 2)
    b, c = source("b"), source("c")
    services.take_in(b, page("b", *(told(n) for n in range(3))), TAKEN)
    services.take_in(c, page("c", told("theirs")), TAKEN)
    assert [services.leaves(b), services.leaves(b)] == [2, 1]
    assert [entry.came["through"] for entry in active()] == [[id_of("c")]]
    assert list(TakenSource.objects.values_list("name", flat=True)) == ["c"]


def test_what_is_read_anew_stays_and_what_is_gone_goes() -> None:
    b = source("b")
    services.take_in(b, page("b", told("stays"), told("goes"), told("minor", minors="declared")), TAKEN)
    kept = active()[0]
    wider = replace(TAKEN, minors=True)
    services.take_in(b, page("b", told("stays"), round=1), wider)
    assert len(active()) == 2, "not before the round has all there is"
    services.take_in(b, page("b", told("minor", minors="declared"), round=1, whole=True), wider)
    assert kept in active()
    assert {entry.minors for entry in active()} == {"", "declared"}
    assert not TakenEntry.objects.filter(their_id=id_of("goes")).exists()
    stricter = replace(TAKEN, pass_on=False)
    services.take_in(b, page("b", told("stays"), round=2, whole=True), stricter)
    assert active() == []


def test_a_list_without_traces_brings_back_nothing_of_ours(bank: FilledBank) -> None:
    bank.add("x")
    wirehashes.step()
    bank.withdraw("x")
    b = source("b")
    services.take_in(b, page("b", told("echo", first="x", sha256=None, origin="shared"), traced=False), TAKEN)
    assert (verdict(b, "echo"), active()) == (Verdict.KNOWN, [])
    services.take_in(
        b, page("b", told("echo", first="x", sha256=None, origin="shared"), traced=False, round=1), TAKEN
    )
    assert verdict(b, "echo") == Verdict.KNOWN


def test_no_more_than_so_many_are_taken_and_the_rest_is_counted() -> None:
    rules = replace(TAKEN, most=2)
    b = source("b", rules)
    services.take_in(b, page("b", *(told(n) for n in range(5)), malformed=3), rules)
    b.refresh_from_db()
    assert (TakenEntry.objects.count(), b.left_out, b.malformed) == (2, 3, 3)


def test_what_matches_too_much_leaves_by_all_its_ways_and_stays_away(client: Client, secret: str) -> None:
    b, c = source("b"), source("c")
    services.take_in(b, page("b", told("b1", "a", first="x")), TAKEN)
    services.take_in(c, page("c", told("c1", "a", first="x")), TAKEN)
    say(client, secret, entry=str(active()[0].pk), seen=settings.FLOOD_AFTER)
    assert active() == []
    assert {verdict(b, "b1"), verdict(c, "c1")} == {Verdict.FLOODED}
    d = source("d")
    services.take_in(d, page("d", told("d1", "a", first="x")), TAKEN)
    services.take_in(b, page("b", told("b1", "a", first="x"), round=1, whole=True), TAKEN)
    assert active() == []


def test_two_hotlines_with_the_same_content_are_two_entries_that_go_each_by_itself(bank: FilledBank) -> None:
    mine = bank.add("x")
    b = source("b")
    theirs = told("b1", sha256=mine.sha256, md5=mine.md5)
    services.take_in(b, page("b", theirs), TAKEN)
    assert len(active()) == 2
    bank.withdraw("x")
    assert [entry.came["first"] for entry in active()] == [str(uuid.UUID(id_of("b1")))]


def close(code: str) -> None:
    amendments.put(Kind.CATEGORY, code, {"until": "2020-01-01"}, OPERATOR, "the law has changed")


def test_under_a_category_that_is_closed_nothing_new_comes_and_what_is_here_stays() -> None:
    b = source("b")
    services.take_in(b, page("b", told("before")), TAKEN)
    close("NCII-DIF")
    services.take_in(b, page("b", told("after")), TAKEN)
    services.take_in(b, page("b", told("before"), told("after"), round=1, whole=True), TAKEN)
    assert (verdict(b, "before"), verdict(b, "after")) == (Verdict.OFFERED, Verdict.CLOSED)
    assert [entry.came["first"] for entry in active()] == [id_of("before")]
    assert services.counts([b])[b.pk] == {"offered": 1, "closed": 1}
    row = TakenEntry.objects.get(their_id=id_of("after"))
    assert (row.digest, row.waits) == ("", None), "no fingerprint of it is kept"
    amendments.put(Kind.CATEGORY, "NCII-DIF", None, OPERATOR, "it is open again")
    services.take_in(b, page("b", told("before"), told("after"), round=2, whole=True), TAKEN)
    assert verdict(b, "after") == Verdict.OFFERED
