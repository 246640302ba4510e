"""Who will come, when, by which way and with what afterwards: drawn once, from a seed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

from PIL import Image

# How much of a day's reports comes in each hour: little at night, most in the evening.
BY_HOUR = (3, 2, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 6, 5, 5, 5, 6, 6, 7, 8, 9, 9, 7, 5)
BURST, BURST_DAYS = 10, 2
_JUNK, COPIES, MINORS, THREATS = 0.10, 0.15, 0.10, 0.08
# Of those who send what somebody else has sent, so many have it smaller and compressed once more.
_ALTERED = 0.35
_WITHDRAW, _ERASE, _ADD = 0.10, 0.08, 0.06


@dataclass(frozen=True)
class Person:
    """One who will report; hours count from the beginning of the year."""

    number: int
    hour: float
    file: bool
    address: bool
    picture: int
    altered: bool
    junk: bool
    minor: bool
    threat: bool
    withdraws: float | None = None
    erases: float | None = None
    adds: float | None = None


def people(reports: int, days: int, seed: int) -> list[Person]:
    """All who come, in order; two days in the middle bring ten times as many (a scandal)."""
    draw = random.Random(seed)  # noqa: S311  # made up again from its seed
    middle = days // 2
    weights = [
        BURST if middle <= day < middle + BURST_DAYS and days > BURST_DAYS else 1 for day in range(days)
    ]
    hours = sorted(
        day * 24 + draw.choices(range(24), BY_HOUR)[0] + draw.random()
        for day in draw.choices(range(days), weights, k=reports)
    )
    return [_person(draw, seed, number, hour, days * 24) for number, hour in enumerate(hours)]


def _person(draw: random.Random, seed: int, number: int, hour: float, end: float) -> Person:
    way = draw.random()
    later = {
        name: hour + 1 + draw.expovariate(1 / 72) if draw.random() < share else None
        for name, share in (("withdraws", _WITHDRAW), ("erases", _ERASE), ("adds", _ADD))
    }
    # Who has deleted the report does nothing with it any more; what would be after the end does not happen.
    gone = min(later["erases"] or end, end)
    shows = draw.randrange(number) if number and draw.random() < COPIES else number
    return Person(
        number=number,
        hour=hour,
        file=way < 0.7,
        address=way > 0.45,
        picture=shows,
        altered=shows != number and draw.random() < _ALTERED,
        # What is nothing for the hotline is nothing for it whoever sends it.
        junk=random.Random(f"{seed} {shows}").random() < _JUNK,  # noqa: S311  # made up again from its seed
        minor=draw.random() < MINORS,
        threat=draw.random() < THREATS,
        withdraws=_before(later["withdraws"], gone),
        erases=_before(later["erases"], end),
        adds=_before(later["adds"], min(gone, later["withdraws"] or end)),
    )


def _before(hour: float | None, end: float) -> float | None:
    return hour if hour is not None and hour < end else None


def picture(number: int) -> bytes:
    """A smooth picture of its own for each number, and the same bytes each time."""
    draw = random.Random(number)  # noqa: S311  # made up again from its seed
    small = Image.frombytes("RGB", (12, 9), draw.randbytes(12 * 9 * 3))
    out = io.BytesIO()
    small.resize((480, 360), Image.Resampling.BICUBIC).save(out, "JPEG", quality=85)
    return out.getvalue()


def altered(data: bytes) -> bytes:
    """What somebody else uploads of it: smaller, and compressed once more."""
    with Image.open(io.BytesIO(data)) as opened:
        smaller = opened.resize((opened.width * 3 // 4, opened.height * 3 // 4))
    out = io.BytesIO()
    smaller.save(out, "JPEG", quality=60)
    return out.getvalue()
