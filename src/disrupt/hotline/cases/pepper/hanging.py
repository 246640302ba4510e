"""What still needs a pepper: cases whose holder has not come since, and files by which to ask to stop."""

from __future__ import annotations

from dataclasses import dataclass

from disrupt.hotline.cases.models import ERASED, NO_KEY, Case, Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import possession


@dataclass(frozen=True)
class Hanging:
    """How many cases and files."""

    cases: int
    files: int


def hanging_on(pepper: str) -> Hanging:
    """Of the pepper of this name."""
    cases = Case.objects.filter(pepper=pepper).exclude(lookup__startswith=ERASED).exclude(public_key=NO_KEY)
    files = Item.objects.exclude(possession="").exclude(state=ItemState.WITHDRAWN)
    mark = possession.mark(pepper)
    files = files.filter(possession__startswith=mark) if mark else files.exclude(possession__contains=":")
    return Hanging(cases.count(), files.count())


def in_use(pepper: str) -> bool:
    """Whether a portal has found or opened a case with it: it runs with this one."""
    return Case.objects.filter(pepper=pepper).exists()
