"""A fact: that something happened on a day, with what may be known of it for ever, and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone

from disrupt.hotline.tally import spans
from disrupt.hotline.tally.models import Fresh
from disrupt.hotline.tally.platforms import size_of


class Kind(StrEnum):
    """What is counted, and where it happens."""

    CASE = "case"  # a report was sent: cases
    RECEIVED = "received"  # an item came in: cases
    LOOKED = "looked"  # a content was looked at: cases
    DECIDED = "decided"  # a decision took effect: cases
    KNOWN = "known"  # ... and was made on the same thing in another place: cases
    FIRST = "first"  # the first of a report's contents was decided, or its host told: cases
    UNDONE = "undone"  # a decision was taken back before it took effect: cases
    WITHDRAWN = "withdrawn"  # an item was taken back: cases
    OFFERED = "offered"  # a fingerprint was put into the bank: cases
    REMOVED = "removed"  # an address was seen gone: cases
    BACK = "back"  # ... and was seen there again: cases
    NOTIFIED = "notified"  # a notice was sent: takedown
    ACTION = "action"  # what a host did upon its notice, once a notice: takedown
    FEEDBACK = "feedback"  # a partner said what it found: exchange


@dataclass(frozen=True, slots=True)
class Key:
    """All that is kept of a fact: `person` is "minor", "adult" or "unsure"; `hours` a step of spans.py."""

    day: dt.date
    kind: str
    since: dt.date | None = None
    category: str = ""
    person: str = ""
    way: str = ""
    language: str = ""
    party: str = ""
    tier: str = ""
    outcome: str = ""
    hours: int = spans.NONE

    @property
    def order(self) -> tuple[Any, ...]:
        """By which rows are written, so that their order says nothing."""
        rest = tuple(getattr(self, name) for name in COLUMNS if name != "since")
        return (*rest, self.since or dt.date.min)


COLUMNS: tuple[str, ...] = tuple(field.name for field in fields(Key))


@dataclass(frozen=True, slots=True)
class Fact:
    """A key and how often; `unsure` names what cannot be known any more (its case was erased, say)."""

    key: Key
    n: int = 1
    unsure: frozenset[str] = frozenset()


def day_of(at: dt.datetime) -> dt.date:
    """The day of a moment where the hotline is."""
    return timezone.localtime(at).date()


def fact(
    kind: Kind,
    at: dt.datetime,
    known: Mapping[str, str],
    *,
    began: dt.datetime | None = None,
    n: int = 1,
    unsure: frozenset[str] = frozenset(),
) -> Fact:
    """That `kind` happened at a moment; `began`: since when it was under way."""
    since = day_of(began).replace(day=1) if began else None
    hours = spans.step_of(at - began) if began else spans.NONE
    site = known.get("party", "") if kind not in _NO_SITE else ""
    key = Key(day_of(at), kind.value, since, tier=size_of(site), hours=hours)
    key = replace(key, **known)  # type: ignore[arg-type]  # these are the columns of text
    return Fact(key, n, unsure)


_NO_SITE = frozenset({Kind.FEEDBACK})


def count(happened: Fact) -> None:
    """Write a fact down, in the caller's transaction: it is counted if, and only if, it happened."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A fact belongs in the transaction of its cause.")
    Fresh.objects.create(**asdict(happened.key), n=happened.n)
