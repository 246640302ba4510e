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
    work_minutes: float = 50.0
    rest_minutes: float = 10.0
    second: float = 10.0
    errs: float = 0.03
    kills: float = 0.3
    restore: bool = True
    visits: int = 8
    doubts: float = 0.05
    database: str = ""
    workers: int = 1
    to: str = ""


@dataclass
class Told:
    """The report of a simulated year.

    `upgraded`: what an upgrade did; `reports_meanwhile`: people who got a code while it ran.
    `seconds_of`: the true time that each part took. `growth`: day, cases, bytes of the database.
    """

    people: int = 0
    codes: int = 0
    decided: int = 0
    letters: int = 0
    listed: int = 0
    kills: int = 0
    restored: int = 0
    rotated: int = 0
    upgraded: list[str] = field(default_factory=list)
    reports_meanwhile: int = 0
    taken_back: int = 0
    deleted: int = 0
    unsettled: int = 0
    partner: dict[str, int] = field(default_factory=dict)
    looked_again: int = 0
    second_opinions: int = 0
    disputes: int = 0
    wrong_decisions: int = 0
    seconds: float = 0.0
    cases_a_second: float = 0.0
    seconds_of: dict[str, float] = field(default_factory=dict)
    processor_seconds: dict[str, float] = field(default_factory=dict)
    most_memory_kib: dict[str, int] = field(default_factory=dict)
    database_bytes: int = 0
    growth: list[tuple[int, int, int]] = field(default_factory=list)
    waits: dict[str, dict[str, float]] = field(default_factory=dict)
    problems: dict[str, list[str]] = field(default_factory=dict)
