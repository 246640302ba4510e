"""Whether there is news for a reporter is set together, by one piece."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.cases.ending import ALICE, held, with_words

import disrupt.hotline
from disrupt.hotline.cases import erasing, news
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock

pytestmark = pytest.mark.django_db


def _row(case: Case) -> tuple[int, bool, bool]:
    found = Case.objects.get(pk=case.pk)
    return found.told_number, found.to_tell, found.to_call


@pytest.fixture
def case(make_case: Any) -> Case:
    made: Case = make_case(urls=("https://example.org/a",))
    Case.objects.filter(pk=made.pk).update(told_number=1, ledger_length=9, to_tell=True, to_call=True)
    return made


def test_told_seen_and_not_told_after_all(case: Case) -> None:
    news.has_seen(case.pk, 1)
    assert _row(case) == (1, True, True), "what they knew already is nothing new"
    news.has_seen(case.pk, 5)
    assert _row(case) == (5, False, False)
    now = clock.now()
    news.is_told(case.pk, now)
    assert _row(case) == (9, False, False)
    news.is_told(case.pk)
    assert Case.objects.get(pk=case.pk).told_at == now
    news.was_not_told(case.pk, thought=8, knew=2)
    assert _row(case) == (9, False, False), "they have looked since"
    news.was_not_told(case.pk, thought=9, knew=2)
    assert _row(case) == (2, True, True)
    news.tells_nobody(case.pk)
    assert _row(case) == (2, False, False)


def test_who_erased_under_a_hold_is_not_to_be_told_that_it_was_withdrawn(
    make_case: Any, settings: Any
) -> None:
    """Withdrawing can be news; of a case that nobody is written to any more, it is not."""
    settings.TELL_REPORTER_OF = [*settings.TELL_REPORTER_OF, "item.withdrawn"]
    case = with_words(make_case, urls=("https://example.org/a",))
    held(case)
    erasing.erase_case(case, ALICE)
    case.refresh_from_db()
    assert case.erasure_waits
    assert (case.to_tell, case.to_call) == (False, False)


def test_nobody_else_sets_them() -> None:
    """Beside the ledger, which alone says that there is news, and cases that are made up whole."""
    sets = re.compile(r"\bto_(?:tell|call)\b\s*(?:=\s*(?:True|False)|,[^=\n]*=)(?!=)")
    root = Path(disrupt.hotline.__file__).parent
    found = {
        str(file.relative_to(root))
        for file in root.rglob("*.py")
        if "migrations" not in file.parts
        and sets.search(re.sub(r"Q\([^)]*\)|filter\([^)]*\)", "", file.read_text()))
    }
    assert found <= {"cases/news.py", "review/trial.py"}, found
    assert sets.search("case.to_tell = True")
    assert sets.search("update(to_tell=False)")
