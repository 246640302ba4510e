"""The comic and the stories of `data/comic.json` and `data/stories.json`, in a language, with pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from disrupt.hotline.intake.library.data import words
from disrupt.hotline.intake.library.drawn.people import Standing, person
from disrupt.hotline.intake.library.drawn.places import PLACES
from disrupt.hotline.intake.packaged import packaged


@dataclass(frozen=True)
class Picture:
    """The inside of an SVG, and what it shows in words."""

    drawing: SafeString
    shows: str


@dataclass(frozen=True)
class Line:
    """What somebody says."""

    name: str
    words: str


@dataclass(frozen=True)
class Panel:
    """One picture of the comic, with its caption and what is said in it."""

    picture: Picture
    caption: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Choice:
    """What one can do in a scene: `to` is the scene it leads to, `number` that scene's number on paper."""

    words: str
    to: str
    number: int


@dataclass(frozen=True)
class Scene:
    """A scene of a story; one without choices is an end, and has questions to talk about."""

    key: str
    number: int
    title: str
    told: tuple[str, ...]
    choices: tuple[Choice, ...]
    questions: tuple[str, ...]
    picture: Picture | None


def _picture(language: str, raw: Mapping[str, Any]) -> Picture:
    people = "".join(person(Standing(**one)) for one in raw["people"])
    return Picture(mark_safe(PLACES[raw["place"]] + people), words(raw["shows"], language))  # noqa: S308  # our own shapes


def comic(language: str) -> list[Panel]:
    """The panels, in their order."""
    return [
        Panel(
            _picture(language, raw["picture"]),
            words(raw["caption"], language),
            tuple(
                Line(words(line["name"], language), words(line["says"], language)) for line in raw["lines"]
            ),
        )
        for raw in packaged("comic.json")["panels"]
    ]


def scenes(language: str) -> list[Scene]:
    """Every scene of every story, the choice between the stories first."""
    raws = packaged("stories.json")["scenes"]
    numbers = {raw["key"]: number for number, raw in enumerate(raws, 1)}
    return [
        Scene(
            key=raw["key"],
            number=numbers[raw["key"]],
            title=words(raw["title"], language),
            told=tuple(words(text, language) for text in raw["told"]),
            choices=tuple(
                Choice(words(choice, language), choice["to"], numbers[choice["to"]])
                for choice in raw["choices"]
            ),
            questions=tuple(words(text, language) for text in raw.get("questions", ())),
            picture=_picture(language, raw["picture"]) if "picture" in raw else None,
        )
        for raw in raws
    ]
