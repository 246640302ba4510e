"""Promise: nothing is said to be with partners before one of them, by its own reading, has fetched it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.formats import date_format
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.conftest import make_case as make_case

from disrupt.hotline.bank import readers
from disrupt.hotline.bank.models import BankReader, ReadOn
from disrupt.hotline.bank.readers import READS_WITHIN, Fetched
from disrupt.hotline.bank.sight import Sight
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.withdrawing import withdraw_item
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door import limits
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key, set_active, set_named
from disrupt.hotline.intake.following.queries import Followed, followed
from disrupt.hotline.processes.exchange import settings as exchange
from disrupt.hotline.processing import pipeline
from disrupt.protocol.stopncii import EPOCH

pytestmark = pytest.mark.django_db
Ask = Callable[[int], Any]


@pytest.fixture(autouse=True)
def _served_as_the_exchange(settings: Any) -> Iterator[None]:
    settings.ROOT_URLCONF, settings.MIDDLEWARE = exchange.ROOT_URLCONF, exchange.MIDDLEWARE
    limits.ALLOWANCE._buckets.clear()
    with translation.override("en"):
        yield


def partner(name: str) -> tuple[Partner, Ask]:
    """A partner, and how it asks for what comes after a number."""
    made = create_partner(name, OPERATOR)
    key = issue_key(made, tuple(Scope), OPERATOR)[1]

    def ask(after: int) -> Any:
        answer = Client().get("/v1/feed", {"after": after}, headers={"Authorization": f"Bearer {key}"})
        assert answer.status_code == 200
        return answer.json()

    return made, ask


def declared(make_case: Any, sha256: str = "ab" * 32) -> Case:
    case: Case = make_case(declared=({"kind": "image", "sha256": sha256, "md5": "cd" * 16},), threat=True)
    pipeline.carry(case.items.get().pk)
    return case


def shown(case: Case) -> Followed:
    return followed(case, "en")[0]


def count(case: Case) -> Fetched:
    item: Item = case.items.get()
    return readers.fetched([item.pk])[item.pk]


def test_it_is_ready_until_a_partner_comes_back_with_a_number_beyond_it(make_case: Any) -> None:
    _one, ask = partner("One")
    _two, other = partner("Two")
    case = declared(make_case)
    assert (str(shown(case).meaning.word), shown(case).meaning.tone) == ("Ready for our partners", "going")
    other(0)
    page = ask(0)
    assert count(case) == Fetched(0, 2), "a page that was sent may never have arrived"
    assert shown(case).meaning.tone == "going"
    ask(page["changes"][-1]["seq"])
    assert count(case) == Fetched(1, 2)
    assert str(shown(case).meaning.sentence).startswith("1 of 2 partners have fetched the fingerprint")
    later = declared(make_case, "ef" * 32)
    assert count(later) == Fetched(0, 2)
    ask(0)
    assert count(case) == Fetched(1, 2), "who begins afresh had it all the same"


def test_a_withdrawal_is_followed_to_the_partners_too(make_case: Any) -> None:
    _one, ask = partner("One")
    _two, other = partner("Two")
    case = declared(make_case)
    for one in (ask, other):
        one(1)
    withdraw_item(case.items.get())
    pipeline.carry(case.items.get().pk)
    assert str(shown(case).meaning.sentence).endswith(
        "0 of 2 partners have fetched the news that its fingerprint is withdrawn."
    )
    ask(2)
    assert "1 of 2 partners have fetched the news" in str(shown(case).meaning.sentence)
    other(2)
    assert "2 of 2 partners" in str(shown(case).meaning.sentence)


def test_the_day_of_each_confirmation_is_told_and_a_name_only_where_it_may_be(make_case: Any) -> None:
    _one, ask = partner("One")
    two, other = partner("Two")
    set_named(two, True, OPERATOR)
    case = declared(make_case)
    for one in (ask, other):
        one(1)
    withdraw_item(case.items.get())
    pipeline.carry(case.items.get().pk)
    for one in (ask, other):
        one(1)
    assert "confirmed" not in str(shown(case).meaning.sentence)
    first = clock.now().date()
    ask(2)
    clock.move(dt.timedelta(days=2))
    other(2)
    clock.move(dt.timedelta(days=2))
    for one in (ask, other):
        one(2)  # who comes again does not move the day

    def told(who: str, on: dt.date) -> str:
        return f"{who} confirmed the withdrawal on {date_format(on, 'DATE_FORMAT')}."

    said = str(shown(case).meaning.sentence)
    assert said.endswith(f"{told('Partner no. 1', first)} {told('Two', first + dt.timedelta(days=2))}")
    set_named(two, False, OPERATOR)
    assert "Two" not in str(shown(case).meaning.sentence)
    set_active(two, False, OPERATOR)
    assert "Partner no. 2" not in str(shown(case).meaning.sentence)


def test_who_may_not_see_an_entry_confirms_nothing_and_old_days_go(make_case: Any) -> None:
    case = declared(make_case)
    withdraw_item(case.items.get())
    pipeline.carry(case.items.get().pk)
    seeing, blind = create_partner("Five", OPERATOR), create_partner("Six", OPERATOR)
    readers.acknowledge(blind.pk, 2, Sight())
    readers.acknowledge_all([readers.Held(seeing.pk, 2, Sight(declared=True))])
    item = case.items.get().pk
    (one,) = readers.withdrawal_fetched([item])[item].confirmed
    assert (one.on, one.name) == (clock.now().date(), "")
    clock.move(readers.DAYS_KEPT + dt.timedelta(days=1))
    readers.acknowledge_all([readers.Held(seeing.pk, 2, Sight(declared=True))])
    assert list(ReadOn.objects.filter(reader__reader=seeing.pk).values_list("on", flat=True)) == [
        clock.now().date()
    ]


def test_nothing_is_said_of_an_entry_that_somebody_else_is_behind(make_case: Any) -> None:
    _one, ask = partner("One")
    mine, theirs = declared(make_case), declared(make_case)
    ask(1)
    withdraw_item(mine.items.get())
    pipeline.carry(mine.items.get().pk)
    ask(1)
    assert "withdrawn" not in str(shown(mine).meaning.sentence)
    assert "have fetched the fingerprint" in str(shown(theirs).meaning.sentence) or "has fetched" in str(
        shown(theirs).meaning.sentence
    )


def test_seconds_after_a_threat_nothing_is_said_to_be_done(make_case: Any) -> None:
    case = declared(make_case)
    assert all(item.meaning.tone != "done" for item in followed(case, "en"))


def test_a_partner_that_reads_no_more_is_not_counted(make_case: Any) -> None:
    first, ask = partner("One")
    case = declared(make_case)
    ask(0)
    ask(1)
    assert count(case) == Fetched(1, 1)
    set_active(first, False, OPERATOR)
    assert count(case) == Fetched(0, 0)
    _two, other = partner("Two")
    other(1)
    clock.move(READS_WITHIN + READS_WITHIN)
    assert count(case) == Fetched(0, 0)


def test_a_client_of_the_other_protocol_counts_as_well(make_case: Any) -> None:
    made = create_partner("Three", OPERATOR)
    key = issue_key(made, tuple(Scope), OPERATOR)[1]
    case = declared(make_case)
    query = {"startTimestamp": EPOCH + 1, "pageSize": 10}
    answer = Client().get("/stopncii/v1/FetchHashes", query, headers={"x-functions-key": key})
    assert answer.status_code == 200, answer.content
    assert count(case) == Fetched(1, 1)


def test_a_poll_that_finds_nothing_writes_nothing(django_assert_num_queries: Any) -> None:
    made, _ask = partner("One")
    readers.acknowledge(made.pk, 3, Sight(declared=True))
    with django_assert_num_queries(1):
        readers.acknowledge(made.pk, 3, Sight(declared=True))
    assert BankReader.objects.get().seq == 3


def test_a_partner_that_may_not_see_it_is_not_counted(make_case: Any) -> None:
    made = create_partner("Four", OPERATOR)
    case = declared(make_case)
    readers.acknowledge(made.pk, 1, Sight())
    assert count(case) == Fetched(0, 0)
    readers.acknowledge(made.pk, 1, Sight(declared=True))
    assert count(case) == Fetched(1, 1)
