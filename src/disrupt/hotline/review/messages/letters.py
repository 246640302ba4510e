"""Beginnings of messages to reporters, as data in both languages: an analyst changes them as she likes."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

from disrupt.hotline.cases.categories import Text


@dataclass(frozen=True)
class Beginning:
    """A text to begin a message with; `name` is what analysts call it."""

    code: str
    name: Text
    text: Text


@functools.cache
def beginnings() -> tuple[Beginning, ...]:
    """All of them, in the order that they are shown in."""
    raw = json.loads((resources.files("disrupt.hotline.review") / "data" / "letters.json").read_text("utf-8"))
    return tuple(Beginning(one["code"], Text(**one["name"]), Text(**one["text"])) for one in raw)


def text_of(code: str, language: str) -> str:
    """The text in a reporter's language (English where it is neither); empty for a code that is none."""
    return next((one.text.in_language(language) for one in beginnings() if one.code == code), "")
