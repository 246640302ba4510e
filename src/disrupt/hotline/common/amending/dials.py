"""Settings that an administrator can change on a page; each begins as the environment has it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from disrupt.hotline.common import opening
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind


class BadValue(ValueError):
    """This is no value of the setting."""


@dataclass(frozen=True)
class Dial:
    """A setting: its variable and its name in `settings`, and how its value is written and read."""

    variable: str
    attribute: str
    read: Callable[[str], Any]
    write: Callable[[Any], str]


def _number(least: float, most: float, unit: str = "", whole: bool = False) -> dict[str, Callable[..., Any]]:
    """A number within its bounds, in minutes or hours where there is a unit."""

    def read(text: str) -> Any:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            raise BadValue(text) from None
        if not least <= number <= most or (whole and number != int(number)):
            raise BadValue(text)
        if unit:
            return dt.timedelta(**{unit: number})
        return int(number) if whole else number

    def write(value: Any) -> str:
        return f"{value / dt.timedelta(**{unit: 1}) if unit else value:g}"

    return {"read": read, "write": write}


def _targets(text: str) -> tuple[dt.timedelta, ...]:
    hour = _number(0.25, 10_000, "hours")["read"]
    found = tuple(hour(part.strip()) for part in text.split(";" if ";" in text else ","))
    if len(found) != 4 or list(found) != sorted(found):
        raise BadValue(text)
    return found


def _hours(text: str) -> str:
    try:
        opening.looks(text.strip())
    except opening.BadOpeningHours:
        raise BadValue(text) from None
    return text.strip()


def _written(values: tuple[dt.timedelta, ...]) -> str:
    return ",".join(f"{value / dt.timedelta(hours=1):g}" for value in values)


DIALS: Mapping[str, Dial] = {
    "undo_minutes": Dial("DISRUPT_UNDO_MINUTES", "UNDO_WAIT", **_number(10, 240, "minutes")),
    "claim_minutes": Dial("DISRUPT_CLAIM_MINUTES", "CLAIM_TIME", **_number(5, 120, "minutes")),
    "target_hours": Dial("DISRUPT_TARGET_HOURS", "TARGETS", _targets, _written),
    "look_hours": Dial("DISRUPT_LOOK_HOURS", "LOOK_HOURS", _hours, str),
    "second_sample": Dial("DISRUPT_SECOND_SAMPLE_PERCENT", "SECOND_SAMPLE", **_number(0, 100)),
    "second_first": Dial("DISRUPT_SECOND_FIRST", "SECOND_FIRST", **_number(0, 1000, whole=True)),
    "second_wait_hours": Dial("DISRUPT_SECOND_WAIT_HOURS", "SECOND_WAIT", **_number(0, 72, "hours")),
}


def _now(name: str) -> Any:
    changed = amendments.of(Kind.SETTING).get(name)
    if changed is None:
        return getattr(settings, DIALS[name].attribute, "")  # LOOK_HOURS is the console's only
    return DIALS[name].read(str(changed["value"]))


def text_of(name: str) -> str:
    """The value in force as it is written."""
    return DIALS[name].write(_now(name))


def undo_wait() -> dt.timedelta:
    """So long a decision can be undone."""
    found: dt.timedelta = _now("undo_minutes")
    return found


def claim_time() -> dt.timedelta:
    """So long a case stays with whoever works on it."""
    found: dt.timedelta = _now("claim_minutes")
    return found


def targets() -> tuple[dt.timedelta, ...]:
    """Within what time somebody should have looked, by priority."""
    found: tuple[dt.timedelta, ...] = _now("target_hours")
    return found


def look_hours() -> str:
    """When content is shown to analysts; empty at any hour."""
    return str(_now("look_hours"))


def second_sample() -> float:
    """So many decisions in a hundred are drawn for a second opinion."""
    return float(_now("second_sample"))


def second_first() -> int:
    """So many first decisions of an analyst are looked at by somebody else."""
    return int(_now("second_first"))


def second_wait() -> dt.timedelta:
    """So long what is illegal and not urgent waits for a second opinion."""
    found: dt.timedelta = _now("second_wait_hours")
    return found
