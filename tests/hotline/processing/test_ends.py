"""What comes to its end: said before by a dry run, ended by a moved clock, and never too soon or too late."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import pytest
from django.core.management import call_command
from tests.hotline.cases.ending import DAY, held, sweep, with_words
from tests.hotline.processing.working import kinds

from disrupt.hotline.cases import messages, retention
from disrupt.hotline.cases.adding import add_items
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER

pytestmark = pytest.mark.django_db


def test_a_dry_run_says_what_would_end_and_destroys_nothing(make_case: Any, settings: Any) -> None:
    free, kept = with_words(make_case), with_words(make_case)
    for case in (free, kept):
        retention.close_if_settled(case)
    held(kept)

    def run(*more: str) -> str:
        out = io.StringIO()
        call_command("retention", *more, stdout=out)
        return out.getvalue()

    assert "0 closed cases" in run("--dry-run")
    ahead = str(settings.KEEP_PERSONAL_DATA.days + 1)
    said = run("--dry-run", "--days", ahead)
    assert "1 closed cases whose words, messages, contacts and addresses end (1 more are held)" in said
    assert free.reference in said
    assert kept.reference not in said
    clock.move(settings.KEEP_PERSONAL_DATA + DAY)
    run("--dry-run")
    assert free.notes.count() == 2
    run()
    assert (free.notes.count(), kept.notes.count()) == (0, 2)


def test_what_comes_on_the_last_day_begins_the_time_anew(make_case: Any, settings: Any) -> None:
    """A known defect elsewhere: a report was deleted the day after its person had added to it."""
    case = with_words(make_case)
    retention.close_if_settled(case)
    clock.move(settings.KEEP_PERSONAL_DATA - dt.timedelta(hours=1))
    messages.write(case, "One thing more.", REPORTER, "late")
    clock.move(dt.timedelta(hours=2))
    sweep()
    assert case.messages.count() == 1
    clock.move(settings.KEEP_PERSONAL_DATA)
    sweep()
    assert case.messages.count() == 0


def test_a_case_that_was_opened_again_ends_all_the_same(make_case: Any, settings: Any) -> None:
    """Another: after a case was opened again its time was silently not applied any more."""
    case = with_words(make_case)
    retention.close_if_settled(case)
    (item,) = add_items(case, urls=["https://example.org/again"])
    clock.move(settings.KEEP_PERSONAL_DATA + DAY)
    sweep()
    assert case.notes.count() == 2
    withdraw_case(case)
    Case.objects.filter(pk=case.pk).update(unread=False)
    case.refresh_from_db()
    assert case.closed_at is not None
    clock.move(settings.KEEP_PERSONAL_DATA + DAY)
    sweep()
    assert case.notes.count() == 0
    item.refresh_from_db()
    assert item.url == ""
    assert {"case.opened", "case.purged"} <= set(kinds(case)), "a trace without content stays"
