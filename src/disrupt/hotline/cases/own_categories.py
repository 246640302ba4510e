"""Categories that the hotline made on a page (docs/adr/0174): read, with what one of them never does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from typing import Any

from disrupt.hotline.cases.schemes import Category, text_of
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind

# So that no version of the scheme that comes along later has one of these codes.
CODE = re.compile(r"OWN-[A-Z0-9]{2,8}")
TEXTS = ("name", "facts", "article", "penalty")


class BadCategory(ValueError):
    """A category cannot be made, changed or taken away so; the message says why."""


class CategoryBegan(BadCategory):
    """It can be chosen already: what was decided under it must go on saying what it said."""

    def __init__(self, code: str) -> None:
        super().__init__(f"“{code}” has begun: only its last day can be changed. End it, and make another.")


class BadDays(BadCategory):
    """It would begin today or earlier, or end before it begins."""


def read(code: str, said: Mapping[str, Any]) -> Category:
    """A row as a category: illegal, and never offered to partners, for which the list is a file."""
    texts = {name: text_of(said[name]) for name in TEXTS}
    return Category(
        code=code,
        **texts,
        priority=said["priority"],
        illegal=True,
        minors=said["minors"],
        bank=False,
        threat=said["threat"],
        host_wait_hours=said["host_wait_hours"],
    )


def rows() -> Mapping[str, Mapping[str, Any]]:
    """What was made, by its code: its texts, its days (`since`, and `until` or "")."""
    return amendments.of(Kind.OWN_CATEGORY)


def begun(on: dt.date) -> Collection[str]:
    """Those that could be chosen on that day or before it."""
    return [code for code, said in rows().items() if said["since"] <= on.isoformat()]


def put(code: str, said: Mapping[str, Any] | None, actor: Actor, why: str, today: dt.date) -> bool:
    """Make it, change it before its first day, or end it; None takes away one that has not begun.

    Raises BadCategory, CategoryBegan, BadDays, MotiveMissing.
    """
    if not CODE.fullmatch(code):
        raise BadCategory("A code of your own is OWN- and two to eight capital letters or digits.")
    row = amendments.row_of(Kind.OWN_CATEGORY, code)
    if row is not None and row.value["since"] <= today.isoformat():
        if said is None or {**said, "until": ""} != {**row.value, "until": ""}:
            raise CategoryBegan(code)
    elif said is not None and said["since"] <= today.isoformat():
        raise BadDays("It begins tomorrow at the earliest, so that it can be read again before.")
    if said is not None and said["until"] and said["until"] < said["since"]:
        raise BadDays("The last day is before the first.")
    return amendments.put(Kind.OWN_CATEGORY, code, said, actor, why)
