"""Words of notices that were changed on a page, over those of a language's file (docs/adr/0170)."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from string import Template
from typing import Any

from django.conf import settings

from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.takedown import packaged

LANGUAGES = ("fr", "en")
# One line, which stays one, such as a subject; or paragraphs.
Said = str | Sequence[str]


class BadWords(ValueError):
    """The words cannot stand in a notice; the message says what to change."""


class NamesMissing(BadWords):
    """A name that the words must have, such as $reference, is not in them."""

    def __init__(self, found: set[str]) -> None:
        self.listed = _listed(found)
        super().__init__(f"Missing here: {self.listed}.")


class NamesUnknown(BadWords):
    """A name in the words is one that nothing is known for there."""

    def __init__(self, found: set[str]) -> None:
        self.listed = _listed(found)
        super().__init__(f"Nothing is known here for {self.listed}.")


class NoName(BadWords):
    """A $ begins no name."""


def paths(words: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Said]]:
    """All that a language says, as `host.subject` and its words; without categories in its own words."""
    for key, value in words.items():
        if not before and key == "categories":
            continue
        if isinstance(value, Mapping):
            yield from paths(value, f"{before}{key}.")
        else:
            yield before + key, value if isinstance(value, str) else tuple(value)


def check(came: Said, said: Sequence[str]) -> None:
    """Whether these paragraphs can stand for those that came along.

    Raises NoName, NamesMissing, NamesUnknown: with the names.
    """
    for line in said:
        if not Template(line).is_valid():
            raise NoName(f"A $ begins no name here: “{line}”. Write $$ for the sign itself.")
    if not any(line.strip() for line in said):
        raise BadWords("There are no words: let what came along hold instead.")
    if isinstance(came, str) and len(said) != 1:
        raise BadWords("This is one line.")
    needed, there = names(lines_of(came)), names(said)
    if missing := needed - there:
        raise NamesMissing(missing)
    if unknown := there - needed:
        raise NamesUnknown(unknown)


def lines_of(said: Said) -> list[str]:
    """The paragraphs, of one line too."""
    return [said] if isinstance(said, str) else list(said)


def names(lines: Sequence[str]) -> set[str]:
    """The `$names` in paragraphs."""
    return {name for line in lines for name in Template(line).get_identifiers()}


def _listed(found: set[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(found))


def over(words: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """The words of a language with what a page changed. What fits no more, after an upgrade, is let be."""
    changed = amendments.of(Kind.WORDS)
    if not changed or language not in LANGUAGES:
        return words
    came, found = dict(paths(words)), copy.deepcopy(dict(words))
    for path, said in changed.items():
        if path in came and fits(came[path], said[language]):
            _put(found, path, said[language])
    return found


def fits(came: Said, said: Sequence[str]) -> bool:
    """Whether they can stand for what came along."""
    try:
        check(came, said)
    except BadWords:
        return False
    return True


class _Named(dict[str, str]):
    """A name without an example stands for itself."""

    def __missing__(self, name: str) -> str:
        return f"‹{name}›"


def example(lines: Sequence[str], language: str) -> list[str]:
    """The paragraphs as a notice has them, with examples for the names."""
    day = "02/11/2026" if language == "fr" else "2026-11-02"
    values = _Named(
        reference="N-EXAMPLE-1", host="www.example.org", hotline=settings.HOTLINE_NAME, code="NCII-DIF",
        email=settings.HOTLINE_EMAIL, number="1", first_sent=day, host_due=day,
        examined=day, n="1", count="2",
    )  # fmt: skip
    return [Template(line).substitute(values) for line in lines]


def reasons(texts: Mapping[str, str], code: str, language: str) -> list[str]:
    """The part of a notice that says why, of a category that is not there yet."""
    words = dict(paths(over(packaged.languages_of(packaged.latest_words())[language], language)))
    values = _Named(texts, code=code)
    lines = [line for key in ("category", "facts", "article", "penalty") for line in lines_of(words[key])]
    return [Template(line).substitute(values) for line in lines]


def _put(words: dict[str, Any], path: str, said: Sequence[str]) -> None:
    *above, last = path.split(".")
    for key in above:
        words = words[key]
    words[last] = said[0] if isinstance(words[last], str) else list(said)
