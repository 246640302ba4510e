"""After an erasure: the feed is as gapless as before, the StopNCII protocol silent, partners' words gone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.hotline.exchange.conftest import FETCH, FilledBank, hex_of
from tests.hotline.exchange.stopncii.stopncii_client import Reader, feedback, hashes, pdq_of, post

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.common import clock
from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.exchange import tasks
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.models import Feedback, SubmittedHash, WireHash
from disrupt.hotline.exchange.stopncii import wirehashes
from disrupt.hotline.processing.tasks import DUTIES
from disrupt.protocol.feed import Withdrawn, parse_page

Feed = Callable[..., Any]
ERASURE = tuple(duty for duty in (*DUTIES, *tasks.DUTIES) if duty.name in {"review.withdrawn", "wire-hashes"})
DAY = dt.timedelta(days=1)


@pytest.fixture
def fetch(client: Client, secret: str) -> Callable[..., Any]:
    def ask(start: int = 10, **query: object) -> Any:
        response = client.get(FETCH, {"startTimestamp": start, **query}, headers={"x-functions-key": secret})
        assert response.status_code == 200, response.content
        return response.json()

    return ask


def sweep() -> None:
    """What the worker does until nothing is due."""
    sweeping = Sweep(ERASURE)
    while sweeping.once():
        pass


def everywhere(*values: str) -> list[str]:
    """The tables in which one of these stands, in whatever column."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            if any(value in repr(row) for row in cursor.fetchall() for value in values):
                found.append(table)
    return found


def test_no_table_holds_a_hash_of_an_erased_entry(
    client: Client, secret: str, bank: FilledBank, fetch: Callable[..., Any]
) -> None:
    picture = bank.add("gone", upright=hex_of("upright"), derived=hex_of("part"))
    film = bank.add("film", kind="video")
    bank.add("stays")
    Reader(fetch).read()
    post(client, secret, "SubmitFeedback", feedback(pdq_of("gone"), film.md5, pdq_of("stays")))
    named = (pdq_of("gone"), hex_of("upright"), film.md5)
    others = (picture.sha256, picture.md5, hex_of("part"), film.sha256, hex_of(("film", 0)))
    assert set(everywhere(*named)) == {"bank_bankentry", "exchange_wirehash", "exchange_feedback"}
    assert everywhere(*others) == ["bank_bankentry"]
    bank.withdraw("gone")
    bank.withdraw("film")
    sweep()
    assert everywhere(*others) == [], "what no withdrawal names goes with the withdrawal"
    assert set(everywhere(*named)) == {"bank_bankentry", "exchange_feedback"}
    clock.move(30 * DAY)
    sweep()
    assert everywhere(*named) == []
    assert Feedback.objects.get().value == pdq_of("stays")
    assert WireHash.objects.get().value == pdq_of("stays")


def test_the_feed_goes_on_without_a_gap(feed: Feed, bank: FilledBank) -> None:
    for name in ("one", "two", "three"):
        bank.add(name)
    bank.withdraw("two")
    clock.move(29 * DAY)
    before = feed(after=0)
    clock.move(DAY)
    sweep()
    assert BankEntry.objects.exclude(erased_at=None).count() == 1
    assert feed(after=0)["changes"] == before["changes"], "no reader sees anything of the erasure"
    late = parse_page(feed(after=3))
    assert [(type(change), change.seq) for change in late.changes] == [(Withdrawn, 4)]
    bank.add("four")
    assert [change.seq for change in parse_page(feed()).changes] == [1, 2, 3, 4, 5]


def test_a_stopncii_client_hears_until_the_erasure_and_nothing_after(
    bank: FilledBank, fetch: Callable[..., Any]
) -> None:
    bank.add("gone")
    bank.add("film", kind="video")
    bank.add("stays")
    in_time, late = Reader(fetch), Reader(fetch)
    in_time.read()
    late.read()
    bank.withdraw("gone")
    bank.withdraw("film")
    clock.move(29 * DAY)
    sweep()
    in_time.read()
    assert in_time.active == {pdq_of("stays")}
    clock.move(DAY)
    sweep()
    bank.add("new")
    late.read()
    assert [record["hashValue"] for record in late.pages[-1]["hashRecords"]] == [pdq_of("new")]
    assert late.start == in_time.start + 1, "its cursor is past the withdrawals all the same"
    anew = Reader(fetch)
    anew.read()
    assert anew.active == {pdq_of("stays"), pdq_of("new")}, "`tx fetch --clear` puts the late one right"
    assert set(anew.had) == anew.active


def test_a_hash_of_another_active_entry_keeps_its_feedback(
    client: Client, secret: str, bank: FilledBank
) -> None:
    bank.add("one", pdq=hex_of("same"))
    bank.add("two", pdq=hex_of("same"))
    post(client, secret, "SubmitFeedback", feedback(hex_of("same"), opinion="NotBlocked"))
    bank.withdraw("one")
    clock.move(30 * DAY)
    sweep()
    assert BankEntry.objects.exclude(erased_at=None).count() == 1
    assert Feedback.objects.count() == 1
    bank.withdraw("two")
    clock.move(30 * DAY)
    sweep()
    assert Feedback.objects.count() == 0


def old_words() -> int:
    """The duty as a worker that was just started does it."""
    due = tasks.OldWords()
    return sum(contributions.forget_old() for _ in due())


def test_partners_words_on_nothing_of_ours_are_erased_after_a_time(
    client: Client, secret: str, bank: FilledBank
) -> None:
    bank.add("ours")
    post(client, secret, "SubmitHashes", hashes(hex_of("proposed"), hex_of("again")))
    post(client, secret, "SubmitFeedback", feedback(pdq_of("ours"), hex_of("unknown")))
    while wirehashes.step():
        pass
    clock.move(89 * DAY)
    assert old_words() == 0
    post(client, secret, "SubmitHashes", hashes(hex_of("again"), opinion="NotBlocked"))
    clock.move(DAY)
    assert old_words() == 2
    assert SubmittedHash.objects.get().value == hex_of("again"), "a new word counts from when it was said"
    assert Feedback.objects.get().value == pdq_of("ours"), "as long as the entry stands, so does what is said"
    assert old_words() == 0


def test_nothing_is_taken_for_old_while_the_table_of_hashes_is_behind(
    client: Client, secret: str, bank: FilledBank
) -> None:
    post(client, secret, "SubmitFeedback", feedback(pdq_of("ours")))
    clock.move(100 * DAY)
    bank.add("ours")
    assert old_words() == contributions.forget_old() == 0
    assert wirehashes.step()
    assert old_words() == 0
    assert Feedback.objects.count() == 1


def test_old_words_are_looked_for_once_an_hour(
    client: Client, secret: str, django_assert_num_queries: Any
) -> None:
    due = tasks.OldWords()
    assert list(due()) == []
    with django_assert_num_queries(0):
        assert list(due()) == []
    post(client, secret, "SubmitHashes", hashes(hex_of(1)))
    clock.move(91 * DAY)
    assert len(list(due())) == 1
    assert len(list(due())) == 1, "until it is done"
