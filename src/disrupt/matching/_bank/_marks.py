"""What a platform itself writes on entries (muted, why, a label): it stays when an entry comes anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from disrupt.matching._bank._journal import Add, Change
from disrupt.matching._bank._live import Live
from disrupt.matching.entries import BankEntry

Mark = Callable[[BankEntry], BankEntry]


def as_marked(live: Live, change: Change) -> Change:
    """The change, that keeps what is written on the entry in whose place it comes."""
    known = live.get(change.entry.id) if isinstance(change, Add) else None
    if known is None or not isinstance(change, Add):
        return change
    label = change.entry.label or known.label
    return Add(replace(change.entry, status=known.status, reason=known.reason, label=label))


def marked(live: Live, ids: list[str], mark: Mark) -> list[Change]:
    """The changes that write something on those of some entries which are there."""
    entries = [live.get(one) for one in dict.fromkeys(ids)]
    return [Add(mark(entry)) for entry in entries if entry is not None]
