"""Where an entry that was passed on is at home, and the checks that every value of a change passes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
MOST_THROUGH = 8
"""An entry that has come through so many hotlines goes no further."""


class BadChange(ValueError):
    """One change of a page does not follow the format; its neighbours may."""


def check(good: bool, problem: str, value: object) -> None:
    if not good:
        raise BadChange(f"{problem}, not {str(value)[:80]!r}")


def matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def whole(value: object, low: int, high: int = 2**63 - 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


@dataclass(frozen=True, slots=True)
class Came:
    """Where a shared entry is at home: its id there, and the hotlines through which it came, home first."""

    first: str
    through: tuple[str, ...]

    def __post_init__(self) -> None:
        check(matches(ID, self.first), "what an entry is at home is a UUID", self.first)
        good = 1 <= len(self.through) <= MOST_THROUGH and len(set(self.through)) == len(self.through)
        good = good and all(matches(ID, one) for one in self.through)
        check(good, f"an entry came through 1 to {MOST_THROUGH} hotlines, each a UUID", self.through)

    def to_wire(self) -> dict[str, Any]:
        return {"first": self.first, "through": list(self.through)}

    @classmethod
    def from_wire(cls, raw: object) -> Came:
        """The inverse of `to_wire`. Raises BadChange."""
        check(isinstance(raw, Mapping) and isinstance(raw.get("through"), list), "came is an object", raw)
        return cls(raw.get("first"), tuple(raw["through"]))  # type: ignore[attr-defined, index]  # checked above
