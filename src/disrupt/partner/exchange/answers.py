"""What an exchange answers, with its types; members that are not known here are passed over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Found:
    """One entry that a look-up came near to, in the words of docs/api.md."""

    entry: str
    action: str
    distance: int
    view: str
    certainty: str
    needs_review: bool
    role: str
    kind: str
    category: str
    origin: str
    minors: str | None
    jurisdiction: str | None
    # Of an upload only: where in it (left, top, right, bottom), and which seconds are which of the film.
    box: Sequence[int] | None = None
    seconds: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """To one look-up: `block`, `review` or `none`, its matches, and why it could not be looked up."""

    action: str
    matches: tuple[Found, ...]
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Of the words sent: how many were kept, were new, and are of entries that are not on the list."""

    kept: int
    changed: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Month:
    """What a partner said of entries in a month."""

    month: str
    matched: int
    blocked: int
    disputed: int
    retroactive: int


@dataclass(frozen=True, slots=True)
class Figures:
    """A partner's own: entries on its list, changes that it fetched, of how many, and its months."""

    offered: int
    fetched: int
    last: int
    read_on: dt.date | None
    months: tuple[Month, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """One of the classification in force; `name` and `article` by language (fr, en)."""

    code: str
    name: Mapping[str, str]
    article: Mapping[str, str]
    minors: bool
    illegal: bool


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key in the place of the one that was sent, which works until `old_expires_at`; told this once."""

    key: str
    expires_at: dt.datetime
    old_expires_at: dt.datetime

    def __repr__(self) -> str:
        return f"NewKey(expires_at={self.expires_at.isoformat()})"


def _members(kind: type[Any], raw: Mapping[str, Any]) -> Any:
    """What it must have, and what it may have where that is there."""
    fields = kind.__dataclass_fields__.values()
    names = [one.name for one in fields if one.default is MISSING or one.name in raw]
    return kind(**{name: raw[name] for name in names})


def _answer(raw: Mapping[str, Any]) -> Answer:
    found = tuple(_members(Found, one) for one in raw["matches"])
    return Answer(str(raw["action"]), found, str(raw.get("refused", "")))


def read_answer(raw: Any) -> Answer:
    """Raises KeyError, TypeError, ValueError, as all of these do, for anything else than is described."""
    return _answer(raw)


def read_answers(raw: Any) -> list[Answer]:
    """One for each look-up."""
    return [_answer(one) for one in raw["answers"]]


def read_taken(raw: Any) -> Taken:
    """How many words were taken."""
    taken: Taken = _members(Taken, raw)
    return taken


def read_figures(raw: Any) -> Figures:
    """A partner's own figures."""
    changes = raw["changes"]
    read_on = dt.date.fromisoformat(changes["read_on"]) if changes["read_on"] is not None else None
    months = tuple(_members(Month, one) for one in raw["months"])
    return Figures(int(raw["offered"]), int(changes["fetched"]), int(changes["last"]), read_on, months)


def read_categories(raw: Any) -> list[Category]:
    """The classification in force."""
    return [_members(Category, one) for one in raw["categories"]]


def read_key(raw: Any) -> NewKey:
    """A new key."""
    ends = (dt.datetime.fromisoformat(raw[name]) for name in ("expires_at", "old_expires_at"))
    return NewKey(str(raw["key"]), *ends)
