"""The words of notices as versioned data (D12); a language is a file of its own (docs/adr/0152)."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from string import Template
from typing import Any

from disrupt.hotline.cases.categories import Category
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.notices import languages
from disrupt.hotline.takedown.states import Step

_PART = {
    Step.POLICE: "police",
    Step.HOST: "host",
    Step.SECOND: "host",
    Step.REMINDER: "reminder",
    Step.NETWORK: "network",
    Step.REGULATOR: "regulator",
    Step.SEARCH: "search",
    Step.TAKE_DOWN: "take_down",
    Step.FTC: "ftc",
    Step.FLAGGER: "flagger_contact",
    Step.APPEAL: "appeal",
    Step.PROSECUTOR: "prosecutor",
    Step.COURT: "court",
    Step.POLICE_AGAIN: "police_again",
}


@dataclass(frozen=True)
class Words:
    """The words for one kind of recipient in one language: a key's paragraphs, with `$names` to fill in."""

    common: Mapping[str, Any]
    own: Mapping[str, Any]

    def lines(self, key: str, values: Mapping[str, str]) -> list[str]:
        """The paragraphs under a key. Raises KeyError for a name without a value: no gaps in a notice."""
        found = self.own.get(key, self.common.get(key))
        if found is None:
            raise KeyError(key)
        paragraphs = [found] if isinstance(found, str) else found
        return [Template(paragraph).substitute(values) for paragraph in paragraphs]


@dataclass(frozen=True)
class Texts:
    """A version of the notice texts."""

    version: str
    valid_from: dt.date
    without_notice: Collection[str]

    def words(self, step: Step, language: str) -> Words:
        """In a language that there is; in English otherwise."""
        common = languages.of(self.version, language)
        return Words(common, common[_PART[step]])

    def about(self, category: Category, language: str) -> dict[str, str]:
        """A category's name, facts, article and penalty: as the language's file has them, else in English."""
        parts = ("name", "facts", "article", "penalty")
        said = languages.of(self.version, language).get("categories", {}).get(category.code, {})
        return {part: said.get(part) or getattr(category, part).in_language(language) for part in parts}


@functools.cache
def versions() -> tuple[Texts, ...]:
    """Every version, oldest first."""
    raw = [json.loads(text) for text in packaged.versions_of("notice-texts")]
    found = (
        Texts(r["version"], dt.date.fromisoformat(r["valid_from"]), frozenset(r["without_notice"]))
        for r in raw
    )
    return tuple(sorted(found, key=lambda t: t.valid_from))


def texts_at(moment: dt.datetime) -> Texts:
    """The version in force at a moment; the oldest for anything before it."""
    valid = [t for t in versions() if t.valid_from <= moment.date()]
    return valid[-1] if valid else versions()[0]
