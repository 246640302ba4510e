"""What is to be simulated, and what is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Wish:
    """What is to be simulated."""

    reports: int
    days: int
    seed: int
    step_hours: float = 6.0
    analysts: int = 2
    cases_an_hour: float = 8.0
    kills: float = 0.3
    restore: bool = True
    database: str = ""
    workers: int = 1


@dataclass
class Told:
    """The report of a simulated year."""

    people: int = 0
    codes: int = 0
    decided: int = 0
    letters: int = 0
    listed: int = 0
    kills: int = 0
    restored: int = 0
    rotated: int = 0
    taken_back: int = 0
    deleted: int = 0
    unsettled: int = 0
    seconds: float = 0.0
    database_bytes: int = 0
    most_memory_kib: int = 0
    waits: dict[str, dict[str, float]] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)
