"""The lists that pages show: platforms, help lines, what others offer, rules beside the table of laws.

`data/platforms.json`, `data/help-lines-by-country.json`, `data/resources.json`,
`data/law-around.json`. `checked` is the day somebody of the hotline tried the address or the number, or
compared the rule with the law; null says honestly that nobody has yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from disrupt.hotline.intake.library.typography import spaced
from disrupt.hotline.intake.packaged import packaged


@dataclass(frozen=True)
class Platform:
    """A platform, the address of its own help, and the steps to report there."""

    key: str
    name: str
    link: str
    note: str
    steps: tuple[str, ...]
    checked: dt.date | None


@dataclass(frozen=True)
class Line:
    """A help line: `call` is what a telephone dials (or empty), `link` a web address (or empty)."""

    name: str
    call: str
    link: str
    what: str
    checked: dt.date | None


@dataclass(frozen=True)
class Country:
    """A country (or region) and its lines."""

    key: str
    name: str
    lines: tuple[Line, ...]

    @property
    def tried(self) -> bool:
        return any(line.checked for line in self.lines)


@dataclass(frozen=True)
class Resource:
    """What somebody else offers: `link` or `mail` is empty where there is none that anybody vouches for."""

    name: str
    what: str
    audience: str
    link: str
    mail: str
    checked: dt.date | None

    @property
    def host(self) -> str:
        return urlsplit(self.link).hostname or ""


@dataclass(frozen=True)
class Rule:
    """A rule beside the table of laws: a higher penalty (`higher`), or how long one may complain (`time`)."""

    kind: str
    says: str
    law: str
    checked: dt.date | None


def words(value: str | Mapping[str, str], language: str) -> str:
    """Text in a language, in English where it has not been translated into it."""
    if isinstance(value, str):
        return value
    return spaced(value.get(language.split("-")[0], value["en"]), language)


def _date(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def platforms(language: str) -> list[Platform]:
    """Every platform, in alphabetical order."""
    common = packaged("platforms.json")
    return [
        Platform(
            key=raw["key"],
            name=raw["name"],
            link=raw["link"],
            note=words(raw.get("note", ""), language),
            steps=tuple(words(step, language) for step in raw["steps"]),
            checked=_date(raw["checked"]),
        )
        for raw in common["platforms"]
    ]


def countries(language: str) -> list[Country]:
    """Every country, in the order of the file."""
    return [
        Country(
            key=raw["key"],
            name=words(raw["name"], language),
            lines=tuple(
                Line(
                    name=words(line["name"], language),
                    call=line["call"],
                    link=line["link"],
                    what=words(line["what"], language),
                    checked=_date(line["checked"]),
                )
                for line in raw["lines"]
            ),
        )
        for raw in packaged("help-lines-by-country.json")["countries"]
    ]


def resources(language: str) -> list[Resource]:
    """What others offer, in the order of the file."""
    return [
        Resource(
            name=words(raw["name"], language),
            what=words(raw["what"], language),
            audience=words(raw["for"], language),
            link="" if raw["link"].startswith("mailto:") else raw["link"],
            mail=raw["link"].removeprefix("mailto:") if raw["link"].startswith("mailto:") else "",
            checked=_date(raw["checked"]),
        )
        for raw in packaged("resources.json")["resources"]
    ]


def rules(language: str, kind: str) -> list[Rule]:
    """The rules of a kind, in the order of the file."""
    return [
        Rule(raw["kind"], words(raw["says"], language), words(raw["law"], language), _date(raw["checked"]))
        for raw in packaged("law-around.json")["rules"]
        if raw["kind"] == kind
    ]
