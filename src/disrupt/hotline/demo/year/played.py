"""The queue of a whole year, played through: how long people wait with so many analysts.

Whoever is free takes the case that the console would give: the most urgent, live threats before others, then
the oldest (`order`; a test compares it with the console's own). People come as those of `simulate` do, with a
scandal in the middle on top of the ordinary days.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from disrupt.hotline.demo.year.books import waits
from disrupt.hotline.demo.year.plan import BURST, BURST_DAYS, Person, people
from disrupt.hotline.demo.year.staffing import DAYS_A_YEAR, Assumed, NotToBeAssumed

# Hours within which somebody should have looked, by the default of DISRUPT_TARGET_HOURS.
TARGETS = {"threat": 2.0, "minor": 2.0, "other": 24.0}
Order = tuple[int, bool, float]


def order(minor: bool, threat: bool, came: float) -> Order:
    """By which the smallest is taken first."""
    return (0 if minor or threat else 1, not threat, came)


def rota(assumed: Assumed, analysts: int) -> tuple[int, ...]:
    """On duty at each hour: somebody at any, the others where most comes for each. Raises NotToBeAssumed."""
    hours = int(analysts * assumed.hours * assumed.days / DAYS_A_YEAR)
    if hours < 24:
        raise NotToBeAssumed(f"{analysts} analysts cannot be there by day and night: more, please.")
    found = [1] * 24
    for _hour in range(hours - 24):
        found[max(range(24), key=lambda hour: assumed.looks(hour) / found[hour])] += 1
    return tuple(found)


@dataclass
class Played:
    """What became of everybody; times are hours from the beginning, `scandal` its first hour."""

    analysts: int
    duty: tuple[int, ...]
    scandal: float
    ordinary: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in TARGETS})
    since: dict[str, list[float]] = field(default_factory=lambda: {name: [] for name in TARGETS})
    no_look: int = 0
    left: int = 0
    over: float = 0.0

    def seen(self, kind: str, came: float, at: float) -> None:
        """Somebody looked at it."""
        (self.ordinary if came < self.scandal else self.since)[kind].append(at - came)
        if at - came > TARGETS[kind] and came >= self.scandal:
            self.over = max(self.over, at)

    def told(self) -> dict[str, object]:
        """In plain values; `late`: the share that waited longer than its target."""
        return {
            "analysts": self.analysts,
            "on_duty": list(self.duty),
            "no_look": self.no_look,
            "left": self.left,
            "days_over_target": round(max(0.0, self.over - self.scandal) / 24, 1),
            "ordinary": _of(self.ordinary),
            "since_the_scandal": _of(self.since),
        }

    def lines(self) -> Iterator[str]:
        """One for each kind of report, before the scandal and from then on."""
        for name, found in (("ordinary days", self.ordinary), ("from the scandal on", self.since)):
            for kind, row in _of(found).items():
                times = f"{row['median']:8.1f} {row['of_95']:8.1f} {row['longest']:8.1f} {row['late']:8.1%}"
                yield f"{self.analysts:8d}  {name:19s} {kind:7s} {row['n']:8.0f} {times}"
        if self.left:
            yield f"{self.left} wait at the end of the year, counted with their wait until then."


def words(years: Sequence[Played]) -> str:
    """The same, to be read."""
    head = "analysts  when                kind     reports   median  95 of 100 longest    late\n"
    rows = "\n".join(line for year in years for line in year.lines())
    targets = ", ".join(f"{kind} {hours:g} h" for kind, hours in TARGETS.items())
    return (
        f"{head}{rows}\n\nWaits in hours, until somebody looks; late: beyond the target ({targets}).\n"
        f"The scandal: {BURST} times as many for {BURST_DAYS} days, in the middle of the year.\n"
    )


def _of(found: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    told = waits(found)
    for kind, row in told.items():
        late = sum(hours > TARGETS[kind] for hours in found[kind]) / len(found[kind])
        told[kind] = {name: round(value, 2) for name, value in row.items()} | {"late": round(late, 4)}
    return told


class _Desks:
    """Who is there. A case that was begun is ended, and the break comes whole after it."""

    def __init__(self, assumed: Assumed, duty: tuple[int, ...]) -> None:
        self._duty, most = duty, max(duty)
        self._work, self._rest = assumed.work / 60, assumed.rest / 60
        # They do not all begin at once, so that not all are away at once.
        self._since = [-self._work * desk / most for desk in range(most)]

    def next(self, desk: int, now: float) -> float:
        """When this one, free since `now`, takes a case: at once, after the break, or when on duty again."""
        if self._duty[int(now) % 24] > desk and now - self._since[desk] >= self._work:
            now += self._rest
            self._since[desk] = now
        while self._duty[int(now) % 24] <= desk:
            now = int(now) + 1.0
            self._since[desk] = now
        return now


def play(assumed: Assumed, analysts: int, *, days: int = DAYS_A_YEAR, seed: int = 1) -> Played:
    """Let so many days pass. Raises NotToBeAssumed."""
    duty, draw = rota(assumed, analysts), random.Random(seed)  # noqa: S311  # played again from its seed
    known = random.Random(seed)  # noqa: S311  # the same people with however many analysts
    played = Played(analysts, duty, days // 2 * 24.0)
    desks = _Desks(assumed, duty)
    free = [(desks.next(desk, 0.0), desk) for desk in range(max(duty))]
    heapq.heapify(free)
    queue: list[tuple[Order, str]] = []

    def until(hour: float) -> None:
        """All that is begun before that hour."""
        while queue and free[0][0] < hour:
            now, desk = heapq.heappop(free)
            able = desks.next(desk, now)
            if able > now:
                heapq.heappush(free, (able, desk))
                continue
            (_priority, _calm, came), kind = heapq.heappop(queue)
            if kind:
                played.seen(kind, came, now)
                if draw.random() < assumed.again:
                    heapq.heappush(queue, ((_priority, _calm, came), ""))
            heapq.heappush(free, (now + draw.expovariate(assumed.pace), desk))

    for person in _come(assumed, days, seed):
        until(person.hour)
        while free[0][0] < person.hour:  # nobody was waiting: they are free from now on
            _then, desk = heapq.heappop(free)
            heapq.heappush(free, (desks.next(desk, person.hour), desk))
        if known.random() < assumed.known:
            played.no_look += 1
            continue
        kind = "threat" if person.threat else "minor" if person.minor else "other"
        heapq.heappush(queue, (order(person.minor, person.threat, person.hour), kind))
    until(days * 24.0)
    for (_priority, _calm, came), kind in queue:
        if kind:
            played.left += 1
            played.seen(kind, came, days * 24.0)
    return played


def _come(assumed: Assumed, days: int, seed: int) -> Iterator[Person]:
    """As many on an ordinary day as are assumed."""
    scandal = BURST_DAYS * (BURST - 1) if days > BURST_DAYS else 0
    yield from people(round(assumed.reports / DAYS_A_YEAR * (days + scandal)), days, seed)
