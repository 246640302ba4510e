"""The outer limit of texts and contact: told two weeks before, prolonged by one press, never unread."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from disrupt.hotline.cases import messages, outer_limit, withdrawing
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import Case, SealedKind
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.common.store import vault
from disrupt.hotline.correspondence import telling

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def case_of(make_case: Any) -> Case:
    """An address whose case goes on, with words that were read and a safe mailbox."""
    contact = Contact(SealedKind.EMAIL, vault.seal("jane@example.org"), True)
    case: Case = make_case(
        urls=("https://example.org/1",), description=vault.seal("words"), contacts=(contact,)
    )
    Case.objects.filter(pk=case.pk).update(unread=False)
    case.refresh_from_db()
    return case


def work() -> None:
    for key in list(outer_limit.ending()):
        outer_limit.tell(key)
    for key in list(outer_limit.over()):
        outer_limit.end(key)


def test_it_ends_though_the_case_goes_on_and_the_person_is_told_before(make_case: Any, settings: Any) -> None:
    case = case_of(make_case)
    assert case.texts_until is not None
    assert abs(case.texts_until - clock.now() - settings.KEEP_OPEN) < dt.timedelta(minutes=1)
    clock.move(settings.KEEP_OPEN - 15 * DAY)
    work()
    assert not case.ledger.filter(kind="texts.ending").exists()
    clock.move(2 * DAY)
    work()
    work()
    assert case.ledger.filter(kind="texts.ending").count() == 1
    assert list(telling.cases_to_write_to()) == [case.pk], "it is news"
    assert case.notes.count() == 2
    clock.move(15 * DAY)
    work()
    work()
    case.refresh_from_db()
    assert (case.notes.count(), case.closed_at, case.texts_until) == (0, None, None)
    assert case.ledger.filter(kind="texts.ended").count() == 1
    assert case.items.get().url, "the case goes on"


def test_one_press_prolongs_it(make_case: Any, settings: Any) -> None:
    case = case_of(make_case)
    clock.move(settings.KEEP_OPEN - DAY)
    work()
    outer_limit.prolong(case)
    clock.move(20 * DAY)
    work()
    assert case.notes.count() == 2
    assert case.ledger.filter(kind="texts.prolonged").count() == 1


def test_a_worker_that_slept_tells_first(make_case: Any, settings: Any) -> None:
    case = case_of(make_case)
    clock.move(settings.KEEP_OPEN + 30 * DAY)
    work()
    assert case.notes.count() == 2
    clock.move(13 * DAY)
    work()
    assert case.notes.count() == 2
    clock.move(2 * DAY)
    work()
    assert case.notes.count() == 0


def test_nothing_ends_unread(make_case: Any, settings: Any) -> None:
    case = case_of(make_case)
    Case.objects.filter(pk=case.pk).update(unread=True)
    clock.move(settings.KEEP_OPEN)
    work()
    clock.move(15 * DAY)
    work()
    assert case.notes.count() == 2


def test_words_that_come_later_begin_it_anew(make_case: Any) -> None:
    case: Case = make_case(urls=("https://example.org/1",))
    assert case.texts_until is None
    messages.write(case, "What now?", REPORTER, "one")
    case.refresh_from_db()
    assert case.texts_until is not None
    outer_limit.prolong(make_case(urls=("https://example.org/2",)))


def test_before_a_closed_case_is_purged_its_person_is_told_once(make_case: Any, settings: Any) -> None:
    case = case_of(make_case)
    withdrawing.withdraw_case(case)
    case.refresh_from_db()
    assert case.purge_at
    soon = case.purge_at - outer_limit.TOLD_BEFORE_PURGE

    def told() -> int:
        for key in list(outer_limit.purged_soon()):
            outer_limit.tell(key)
        return case.ledger.filter(kind="texts.ending").count()

    clock.move(soon - clock.now() - DAY)
    telling.called(case, REPORTER)  # what she knows of it so far
    assert (told(), list(telling.cases_to_write_to())) == (0, [])
    clock.move(2 * DAY)
    assert (told(), told()) == (1, 1)
    assert list(telling.cases_to_write_to()) == [case.pk], "it is news, told by a neutral mail"
    messages.write(case, "One thing more.", REPORTER, "late")
    clock.move(settings.KEEP_PERSONAL_DATA - 4 * DAY)
    assert told() == 1, "the time began anew"
    clock.move(2 * DAY)
    assert told() == 2
    clock.move(20 * DAY)
    assert told() == 2
