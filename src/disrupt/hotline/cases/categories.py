"""The classification scheme as versioned data: categories, articles of law, penalties, priorities (D12).

Files `data/categories-<version>.json`; each is valid from its date until the next one's.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib import resources
from typing import Any

from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.protocol import sample_picture


class UnknownCategory(KeyError):
    """No such category in this version of the scheme."""


@dataclass(frozen=True)
class Text:
    """The same words in French and English, and in `others` that a reporter reads."""

    fr: str
    en: str
    others: Mapping[str, str] = field(default_factory=dict, hash=False)

    def in_language(self, language: str) -> str:
        """The words in this language, or in English."""
        own = language.split("-")[0]
        return self.fr if own == "fr" else self.others.get(own, self.en)


@dataclass(frozen=True)
class Category:
    """One category: what it is, the law it rests on, and what follows from it.

    `bank`: what is qualified so shows the intimate picture itself, so that its fingerprint may be offered.
    `threat`: somebody threatens with it, and may have the file.
    """

    code: str
    name: Text
    facts: Text
    article: Text
    penalty: Text
    priority: int
    illegal: bool
    minors: bool
    bank: bool
    host_wait_hours: float
    threat: bool = False


@dataclass(frozen=True)
class Reason:
    """Why something is not qualified, in words for the reporter."""

    code: str
    text: Text


@dataclass(frozen=True)
class Scheme(Mapping[str, Category]):
    """A version of the scheme: a mapping from code to category, in the order analysts see."""

    version: str
    valid_from: dt.date
    categories: Mapping[str, Category]
    reasons: Mapping[str, Reason]

    def __getitem__(self, code: str) -> Category:
        try:
            return self.categories[code]
        except KeyError:
            raise UnknownCategory(f"There is no category “{code}” in scheme {self.version}.") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self.categories)

    def __len__(self) -> int:
        return len(self.categories)


def _text(value: Mapping[str, str]) -> Text:
    return Text(value["fr"], value["en"], {name: value[name] for name in value.keys() - {"fr", "en"}})


def _scheme(raw: Mapping[str, Any]) -> Scheme:
    categories = {
        c["code"]: Category(
            code=c["code"],
            name=_text(c["name"]),
            facts=_text(c["facts"]),
            article=_text(c["article"]),
            penalty=_text(c["penalty"]),
            priority=c["priority"],
            illegal=c.get("illegal", True),
            minors=c.get("minors", False),
            bank=c.get("bank", False),
            threat=c.get("threat", False),
            host_wait_hours=c["host_wait_hours"],
        )
        for c in raw["categories"]
    }
    reasons = {r["code"]: Reason(r["code"], _text(r["text"])) for r in raw["reasons"]}
    return Scheme(raw["version"], dt.date.fromisoformat(raw["valid_from"]), categories, reasons)


def for_the_bank(scheme: Scheme, codes: Iterable[str]) -> str | None:
    """The first of these categories whose content may be offered to partners; None when none may."""
    return next((code for code in codes if code in scheme.categories and scheme[code].bank), None)


DECLARED_MINOR = Category(
    code="MIN-DEC",
    name=Text("Image d’un mineur, déclarée, vue par personne", "Image of a minor, declared, seen by nobody"),
    facts=Text(
        "La personne qui signale dit qu’elle montre un mineur ; personne ne l’a vue.",
        "Whoever reports it says that it shows a minor; nobody has seen it.",
    ),
    article=Text("article 227-23 du Code pénal", "French Criminal Code, art. 227-23"),
    penalty=Text("selon ce qu’elle montre", "depends on what it shows"),
    priority=0,
    illegal=True,
    minors=True,
    bank=True,
    host_wait_hours=3,
)
"""Of fingerprints only: no analyst decides it, so that no version of the scheme holds it."""


TEST_PICTURE = Category(
    code=sample_picture.CATEGORY,
    name=Text("Image d’essai, qui ne montre personne", "Test picture, which shows nobody"),
    facts=Text(
        "Une image faite de nombres, que les plateformes envoient pour éprouver leur chaîne.",
        "A picture made of numbers, which platforms upload to prove their chain.",
    ),
    article=Text("aucun", "none"),
    penalty=Text("aucune", "none"),
    priority=3,
    illegal=False,
    minors=False,
    bank=True,
    host_wait_hours=24,
)
"""Of the test entry only (exchange/testentry.py)."""


@functools.cache
def schemes() -> tuple[Scheme, ...]:
    """Every version, oldest first."""
    folder = resources.files("disrupt.hotline.cases") / "data"
    raw = [json.loads(f.read_text("utf-8")) for f in folder.iterdir() if f.name.startswith("categories-")]
    return tuple(sorted((_scheme(r) for r in raw), key=lambda s: s.valid_from))


def scheme_at(moment: dt.datetime) -> Scheme:
    """The version in force at a moment; the oldest one for anything before it."""
    valid = [s for s in schemes() if s.valid_from <= moment.date()]
    return valid[-1] if valid else schemes()[0]


def to_choose(moment: dt.datetime) -> Scheme:
    """The version in force with the categories that a new decision may have: those that are not closed.

    What was decided under a category that is closed since stays as it is.
    """
    whole, changed, day = scheme_at(moment), amendments.of(Kind.CATEGORY), moment.date().isoformat()
    closed = {
        code
        for code, said in changed.items()
        if (said.get("since") and day < said["since"]) or (said.get("until") and day > said["until"])
    }
    if not closed:
        return whole
    left = {code: one for code, one in whole.categories.items() if code not in closed}
    return replace(whole, categories=left)


def scheme(version: str) -> Scheme:
    """A version by its name. Raises UnknownCategory."""
    for candidate in schemes():
        if candidate.version == version:
            return candidate
    raise UnknownCategory(f"There is no version “{version}” of the classification scheme.")
