"""What a version of the classification scheme is made of: categories, reasons, and their words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any


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


def text_of(value: Mapping[str, str]) -> Text:
    """Words as a file has them: by language."""
    return Text(value["fr"], value["en"], {name: value[name] for name in value.keys() - {"fr", "en"}})


def read_scheme(raw: Mapping[str, Any]) -> Scheme:
    """A version as its file has it."""
    categories = {
        c["code"]: Category(
            code=c["code"],
            name=text_of(c["name"]),
            facts=text_of(c["facts"]),
            article=text_of(c["article"]),
            penalty=text_of(c["penalty"]),
            priority=c["priority"],
            illegal=c.get("illegal", True),
            minors=c.get("minors", False),
            bank=c.get("bank", False),
            threat=c.get("threat", False),
            host_wait_hours=c["host_wait_hours"],
        )
        for c in raw["categories"]
    }
    reasons = {r["code"]: Reason(r["code"], text_of(r["text"])) for r in raw["reasons"]}
    return Scheme(raw["version"], dt.date.fromisoformat(raw["valid_from"]), categories, reasons)
