"""Bar charts as SVG, drawn on the server: title, description, bars that differ in grey, a table behind."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.formats import number_format

WIDTH, HEIGHT = 720, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 8, 12, 30


class Bar(NamedTuple):
    """One bar: where it stands, of which series, and what a pointer over it says."""

    x: float
    y: float
    width: float
    height: float
    series: int
    says: str


class Mark(NamedTuple):
    """A label on an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Chart:
    """What the template draws, and the same in words and numbers."""

    name: str
    title: str
    description: str
    bars: tuple[Bar, ...]
    heights: tuple[Mark, ...]
    labels: tuple[Mark, ...]
    legend: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    floor: int = HEIGHT - _BOTTOM


@dataclass(frozen=True)
class Series:
    name: str
    values: Sequence[float]


def bars(
    name: str,
    title: str,
    description: str,
    labels: Sequence[str],
    series: Sequence[Series],
    *,
    first: str,
    per_cent: bool = False,
) -> Chart:
    """Groups of bars, a group for each label; `first` heads the labels' column of the table."""
    values = [value for one in series for value in one.values]
    whole = not per_cent and all(value == int(value) for value in values)
    top = (_whole if whole else _nice)(max(values, default=0))
    room = (WIDTH - _LEFT - _RIGHT) / max(1, len(labels))
    thick = min(46.0, room * 0.8 / max(1, len(series)))
    scale = (HEIGHT - _TOP - _BOTTOM) / top
    drawn = []
    for place, label in enumerate(labels):
        begin = _LEFT + room * place + (room - thick * len(series)) / 2
        for number, one in enumerate(series):
            height = one.values[place] * scale
            says = f"{label}, {one.name}: {_said(one.values[place], per_cent)}"
            x, y = begin + thick * number, HEIGHT - _BOTTOM - height
            drawn.append(Bar(round(x, 1), round(y, 1), round(thick - 1, 1), round(height, 1), number, says))
    every = math.ceil(len(labels) / 13)
    return Chart(
        name,
        title,
        description,
        tuple(drawn),
        tuple(Mark(HEIGHT - _BOTTOM - top * q / 4 * scale, _said(top * q / 4, per_cent)) for q in range(5)),
        tuple(
            Mark(round(_LEFT + room * (place + 0.5), 1), label)
            for place, label in enumerate(labels)
            if place % every == 0
        ),
        tuple(one.name for one in series),
        (first, *(one.name for one in series)),
        tuple(
            (label, *(_said(one.values[place], per_cent) for one in series))
            for place, label in enumerate(labels)
        ),
    )


def _nice(highest: float) -> float:
    """A round number that is not below the highest value."""
    if highest <= 0:
        return 1.0
    step = 10 ** math.floor(math.log10(highest))
    return float(next(step * one for one in (1, 2, 4, 5, 8, 10) if highest <= step * one))


def _whole(highest: float) -> float:
    """The same where things are counted: a quarter of it is a whole number, for there is no half a case."""
    return next((float(one) for one in (4, 8, 12, 20, 40, 60) if highest <= one), _nice(highest))


def _said(value: float, per_cent: bool) -> str:
    if per_cent:
        return f"{number_format(round(value * 100), use_l10n=True)} %"
    whole = value if value != int(value) else int(value)
    return number_format(whole, use_l10n=True, force_grouping=True)
