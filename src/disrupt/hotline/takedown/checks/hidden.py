"""The pictures of a page that no mark of it names: data for search engines, backgrounds of its styles."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, TypeGuard

# A value of data, and what it is called where it is a file (schema.org).
_NAMED = ("contentUrl", "thumbnailUrl", "image")
_MOST_VALUES, _LONGEST_DATA = 20_000, 512 * 1024
_BACKGROUND = re.compile(
    r"background(?:-image)?\s{0,9}:[^;{}]{0,300}?url\(\s{0,9}[\"']?([^\"')]{1,2000})", re.IGNORECASE
)


def in_data(text: str) -> Iterator[str]:
    """The files that a page's JSON-LD names; nonsense names none."""
    try:
        values: list[Any] = [json.loads(text)] if len(text) <= _LONGEST_DATA else []
    except (ValueError, RecursionError):
        return
    for _value in range(_MOST_VALUES):
        if not values:
            return
        match values.pop():
            case dict() as value:
                for name in _NAMED:
                    found = value.get(name)
                    yield from filter(_is_name, found if isinstance(found, list) else [found])
                if value.get("@type") == "ImageObject" and _is_name(value.get("url")):
                    yield value["url"]
                values += value.values()
            case list() as several:
                values += several


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value)


def in_styles(text: str) -> Iterator[str]:
    """The pictures that styles put behind something."""
    return (found[1].strip() for found in _BACKGROUND.finditer(text))
