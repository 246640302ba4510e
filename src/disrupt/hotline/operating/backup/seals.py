"""Seals in the list of erasures: one line a day, over all lines since the seal before, and over that one.

Whoever keeps the list can hand back an older one, or one without some lines, and cannot make a seal: that
takes a key (keys/operating/erasures.key). A seal says a day and no more, as every line of the list does.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Line = tuple[dt.datetime, str]


@dataclass(frozen=True)
class Checked:
    """How far a list can be believed: from its beginning (None) or from a day on, and up to a day's seal."""

    since: dt.date | None
    sealed: dt.date | None


class _Chain:
    """Reads lines one after the other, and knows what the next seal would be."""

    def __init__(self, key: bytes, before: str = "") -> None:
        self._key = key
        self._begin(before)

    def _begin(self, before: str) -> None:
        # A seal that is only a line of the first day must not be taken for the one that a list begins with.
        self._lines = hashlib.sha256(f"after {before}:".encode())

    def seal(self, day: dt.date) -> str:
        """The seal of this day over what was read since the one before."""
        text = f"sealed:{day.isoformat()}:{self._lines.hexdigest()}"
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def read(self, at: dt.datetime, line: str) -> bool:
        """Whether this line is the seal that is due."""
        if hmac.compare_digest(line, self.seal(at.date())):
            self._begin(line)
            return True
        self._lines.update(line.encode())
        return False


def _places(lines: Sequence[Line], key: bytes) -> tuple[list[int], bool, _Chain]:
    """Where seals stand, whether the list is whole from its beginning, and the chain at its end."""
    chain = _Chain(key)
    found = [number for number, (at, line) in enumerate(lines) if chain.read(at, line)]
    if found or not lines:
        return found, True, chain
    # A list that was shortened begins with the seal before the first one that it keeps.
    cut = _Chain(key, lines[0][1])
    found = [number for number, (at, line) in enumerate(lines[1:], 1) if cut.read(at, line)]
    return (found, False, cut) if found else ([], True, chain)


def read_list(path: Path) -> Iterator[tuple[dt.datetime, str]]:
    """The lines of the list; one that a power cut tore is passed over."""
    try:
        with path.open(encoding="ascii", errors="replace") as file:
            for text in file:
                at, _sep, line = text.rstrip("\n").partition(" ")
                try:
                    moment = dt.datetime.fromisoformat(at)
                except ValueError:
                    continue
                if len(line) == 64 and moment.tzinfo:
                    yield moment, line
    except FileNotFoundError:
        return


def check(lines: Sequence[Line], key: bytes) -> Checked:
    """How far these lines can be believed."""
    found, whole, _chain = _places(lines, key)
    sealed = lines[found[-1]][0].date() if found else None
    return Checked(None if whole else lines[0][0].date(), sealed)


def next_seal(lines: Sequence[Line], key: bytes, day: dt.date) -> str | None:
    """The seal that this day is still to have; None where it has one."""
    found, _whole, chain = _places(lines, key)
    if found and lines[found[-1]][0].date() >= day:
        return None
    return chain.seal(day)


def unsealed(lines: Sequence[Line], key: bytes) -> int:
    """How many of the lines say that something was erased or taken."""
    return len(lines) - len(_places(lines, key)[0])


def after(lines: Sequence[Line], key: bytes, oldest: dt.datetime) -> list[Line]:
    """The lines that are still needed: from the last seal of before `oldest` on, which itself stays."""
    found, _whole, _chain = _places(lines, key)
    gone = [number for number in found if lines[number][0] <= oldest]
    if not found:
        return [(at, line) for at, line in lines if at > oldest]
    return list(lines[gone[-1] :]) if gone else list(lines)
