"""The help lines, those that answer now first, and to a child those for children."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from disrupt.hotline.cases.models import AgeWhenTaken, Case
from disrupt.hotline.common import clock, opening
from disrupt.hotline.common.opening import OpeningHours
from disrupt.hotline.intake.packaged import packaged

_CHILDS = "disrupt_childs"


@dataclass(frozen=True)
class Line:
    """A help line in one language; `call` is a telephone number or "", `hours` None where it never closes."""

    name: str
    call: str
    link: str
    what: str
    about: str
    tongue: str
    adults: bool
    children: bool
    hours: OpeningHours | None

    @property
    def closed(self) -> bool:
        """Whether nobody answers there at this hour."""
        return self.hours is not None and not self.hours.hold(clock.now())


def _line(row: dict[str, Any], tongue: str) -> Line:
    hours = row.get("hours")
    return Line(
        name=row["name"],
        call=row["call"],
        link=row["link"],
        what=row["what"][tongue],
        about=row["about"][tongue],
        tongue=tongue,
        adults=row.get("for") == "adults",
        children=row.get("for") == "children",
        hours=opening.parse(hours["when"], ZoneInfo(hours["zone"])) if hours else None,
    )


def speaks_of(request: HttpRequest, case: Case) -> None:
    """The page is about this case: a child's own lines stand at its foot too."""
    request.__dict__[_CHILDS] = case.age_when_taken == AgeWhenTaken.MINOR


def is_childs(request: HttpRequest) -> bool:
    """Whether the page is about a child's case."""
    return bool(request.__dict__.get(_CHILDS))


def lines(language: str, *, minor: bool = False) -> list[Line]:
    """The lines, a child's first to a `minor`, who is not sent to those for adults.

    In this language, or in English. What is closed at this hour comes after what answers; what is no
    telephone comes last.
    """
    tongue = language.split("-")[0]
    known = [
        _line(row, tongue if tongue in row["what"] else "en") for row in packaged("help-lines.json")["lines"]
    ]
    shown = [line for line in known if not (minor and line.adults)]
    return sorted(shown, key=lambda line: (not line.call, line.closed, not (minor and line.children)))
