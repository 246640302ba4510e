"""How far a bank is in each of its sources: a number where it has one, an object where it has more."""

from __future__ import annotations

import json

from disrupt.matching import Bank

RESTARTING = "restart"
"""Stands for a number while everything is read anew: an interrupted run starts over, and what is banked
meanwhile keeps being matched."""


def cursors_of(bank: Bank) -> dict[str, str]:
    """The cursor of each source."""
    text = bank.cursor
    if text is None:
        return {bank.source: "0"} if bank.source else {}
    if not text.startswith("{"):
        return {bank.source: text}
    try:
        found = json.loads(text)
    except ValueError:
        return {bank.source: RESTARTING}
    return {str(source): str(cursor) for source, cursor in found.items()}


def cursor_of(bank: Bank, source: str) -> str:
    """How far the bank is in this source."""
    cursors = cursors_of(bank)
    return cursors.get(source, cursors.get("", "0"))


def with_cursor(bank: Bank, source: str, cursor: str) -> str:
    """What becomes of the bank's cursor where that of one source moves."""
    cursors = {name: one for name, one in cursors_of(bank).items() if name} | {source: cursor}
    return cursor if len(cursors) == 1 else json.dumps(cursors, sort_keys=True)


def note_fetched(bank: Bank, source: str, at: float) -> None:
    """Note that this source was read to its end. Raises OSError."""
    bank.note_fetched(at, source, tuple(name for name in cursors_of(bank) if name))


def all_anew(bank: Bank) -> str:
    """A cursor with which every source is read from its start."""
    sources = cursors_of(bank)
    return RESTARTING if len(sources) < 2 else json.dumps(dict.fromkeys(sources, RESTARTING), sort_keys=True)
