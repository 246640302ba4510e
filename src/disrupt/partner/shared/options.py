"""Arguments that several commands share, declared without loading what a look-up needs."""

from __future__ import annotations

import argparse
import os

DAY = 86_400.0
LEVELS = {"gate": 1, "fast": 16, "standard": 240, "thorough": 1500}
"""The levels and their views, as `disrupt.matching.guessing.plans.BUDGET` has them (compared by a test)."""

MOST_RADIUS = 64
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def positive(text: str) -> int:
    """An argument that is a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def add_jobs(parser: argparse.ArgumentParser) -> None:
    """Declare `--jobs`."""
    most = min(os.cpu_count() or 1, 4)
    parser.add_argument("--jobs", type=positive, default=most, help="how many files at once (%(default)s)")


def add_trusted(parser: argparse.ArgumentParser) -> None:
    """Declare `--trusted`."""
    parser.add_argument(
        "--trusted",
        action="store_true",
        help="decode without the sandbox: only for archives whose every file is known to be harmless",
    )


def add_level(parser: argparse.ArgumentParser) -> None:
    """Declare `--level`, `--radius` and `--sampling`."""
    parser.add_argument(
        "--level",
        choices=tuple(LEVELS),
        default="standard",
        help="how many edits to undo: "
        + ", ".join(f"{name} {views} {'view' if views == 1 else 'views'}" for name, views in LEVELS.items())
        + " (%(default)s); gate is the upload alone, mirrored and turned, within 31 bits",
    )
    parser.add_argument(
        "--radius",
        type=radius,
        help="report nothing further than this many bits (31: what platforms block on without a human)",
    )
    parser.add_argument(
        "--sampling",
        choices=("seconds", "keyframes"),
        default="keyframes",
        help="frames of a video to look up; keyframes: every second only where one of them comes near to an "
        "entry, which is far faster and finds a little less (%(default)s)",
    )


def radius(text: str) -> int:
    """An argument that is a distance in bits."""
    number = int(text)
    if not 0 <= number <= MOST_RADIUS:
        raise argparse.ArgumentTypeError(f"from 0 to {MOST_RADIUS}")
    return number


def add_max_age(parser: argparse.ArgumentParser) -> None:
    """Declare `--max-age`."""
    parser.add_argument(
        "--max-age",
        type=age,
        default=DAY,
        metavar="AGE",
        help="a bank that was not fetched for longer is stale: 90s, 30m, 24h, 7d or never (default: 24h)",
    )


def age(text: str) -> float | None:
    """An argument that is a span of time, in seconds; None for never."""
    if text == "never":
        return None
    number, unit = text[:-1], _UNITS.get(text[-1:])
    if unit is None or not (number.isascii() and number.isdigit()) or not 0 < int(number) < 10**6:
        raise argparse.ArgumentTypeError("a whole number and its unit: 90s, 30m, 24h, 7d; or never")
    return float(int(number) * unit)


def every_so_often(text: str) -> float:
    """The argument of `--watch`: seconds, a day at most. Raises ArgumentTypeError."""
    value = float(text)
    if not 1 <= value <= 86400:
        raise argparse.ArgumentTypeError("from 1 to 86400 seconds")
    return value
