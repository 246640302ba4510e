"""What simulated people did and saw: all that the accountant is told."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Line:
    """One person's memory. `verdicts`: of the kinds `file` and `address`, whether it was found illegal."""

    person: int
    code: str = ""
    sha256: str = ""
    urls: list[str] = field(default_factory=list)
    withdrew: bool = False
    erased: bool = False
    verdicts: dict[str, bool] = field(default_factory=dict)
    decided_at: float | None = None
    sent_at: float = 0.0
    priority: str = ""


@dataclass
class Opinion:
    """What two analysts saw in one thing, each by themselves, and where they differ a lead; True: illegal."""

    person: int
    kind: str
    hour: float
    first: bool
    second: bool
    lead: bool | None = None

    @property
    def stands(self) -> bool:
        """What was decided in the end."""
        return self.first if self.lead is None else self.lead


@dataclass
class Diary:
    """Of everybody, by number. `agreement`: the page on it that a lead saw at the hour `ended`."""

    lines: dict[int, Line] = field(default_factory=dict)
    opinions: list[Opinion] = field(default_factory=list)
    agreement: str = ""
    ended: float = 0.0

    def of(self, person: int) -> Line:
        return self.lines.setdefault(person, Line(person))
