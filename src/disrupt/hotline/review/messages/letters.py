"""Beginnings of messages to reporters, as data in both languages: an analyst changes them as she likes."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from disrupt.hotline.cases.categories import Text
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind


@dataclass(frozen=True)
class Beginning:
    """A text to begin a message with; `name` is what analysts call it."""

    code: str
    name: Text
    text: Text


def beginnings() -> tuple[Beginning, ...]:
    """All of them, in the order that they are shown in; the hotline's own, and its changes, are in it."""
    own = amendments.of(Kind.LETTER)
    if not own:
        return packaged()
    codes = {one.code for one in packaged()}
    found = [one if one.code not in own else _own(one.code, own[one.code]) for one in packaged()]
    found += [_own(code, said) for code, said in own.items() if code not in codes]
    return tuple(one for one in found if one is not None)


def _own(code: str, said: Mapping[str, Any]) -> Beginning | None:
    """One that was changed on a page; None where it is offered no more."""
    return None if said.get("off") else Beginning(code, Text(**said["name"]), Text(**said["text"]))


@functools.cache
def packaged() -> tuple[Beginning, ...]:
    """Those that come along."""
    raw = json.loads((resources.files("disrupt.hotline.review") / "data" / "letters.json").read_text("utf-8"))
    return tuple(Beginning(one["code"], Text(**one["name"]), Text(**one["text"])) for one in raw)


def text_of(code: str, language: str) -> str:
    """The text in a reporter's language (English where it is neither); empty for a code that is none."""
    return next((one.text.in_language(language) for one in beginnings() if one.code == code), "")
