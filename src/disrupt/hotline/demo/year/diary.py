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
class Diary:
    """Of everybody, by number."""

    lines: dict[int, Line] = field(default_factory=dict)

    def of(self, person: int) -> Line:
        return self.lines.setdefault(person, Line(person))
