"""The languages in which notices are written: a file each, packaged ones and those of the hotline.

What a page changed in French and English (own_words.py) wins over both.

A file of the hotline (`settings.NOTICE_LANGUAGES`, `xx.json`) wins over a packaged one of the same name. It
says all that the English one says, with the same `$names`, or is refused by name.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template
from typing import Any

from django.conf import settings

from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.notices import own_words

PATTERN = "en"
_NAME = re.compile(r"[a-z]{2,3}")
# What a language may say beside what the pattern says.
_MORE = frozenset({"categories"})


class BadLanguage(ValueError):
    """A file of a language cannot be used; the message names it and what is wrong."""


def known() -> frozenset[str]:
    """The languages that a recipient can be written to in. Raises BadLanguage."""
    return frozenset(packaged.languages_of(packaged.latest_words())) | frozenset(_own())


def of(version: str, language: str) -> Mapping[str, Any]:
    """The words of a version in a language, or in English where there is none. Raises BadLanguage."""
    written = language.partition("-")[0]
    written = written if written in packaged.languages_of(version) or written in _own() else PATTERN
    return own_words.over(came(version, written), written)


def came(version: str, written: str) -> Mapping[str, Any]:
    """The words of a language that there is, as files have them."""
    own = _own().get(written)
    return own if own is not None else packaged.languages_of(version)[written]


def _own() -> Mapping[str, Mapping[str, Any]]:
    folder: Path | None = settings.NOTICE_LANGUAGES
    if folder is None:
        return {}
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".json")
        stamps = tuple((file, file.stat().st_mtime_ns) for file in files)
    except OSError as error:
        raise BadLanguage(f"The folder of languages cannot be read ({error.strerror}).") from error
    return _read(stamps)


@functools.lru_cache(maxsize=4)
def _read(stamps: tuple[tuple[Path, int], ...]) -> Mapping[str, Mapping[str, Any]]:
    return {file.stem: _checked(file) for file, _stamp in stamps}


def _checked(file: Path) -> Mapping[str, Any]:
    if not _NAME.fullmatch(file.stem):
        raise BadLanguage(f"“{file.name}”: a file of a language is named by its code, de.json.")
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadLanguage(f"“{file.name}” is not readable JSON ({error}).") from error
    wrong = list(_differences(packaged.languages_of(packaged.latest_words())[PATTERN], found, ""))
    if wrong:
        raise BadLanguage(f"“{file.name}”: {'; '.join(wrong[:5])}.")
    whole: Mapping[str, Any] = found
    return whole


def _differences(pattern: Any, found: Any, where: str) -> Iterator[str]:
    """What a language lacks, or has otherwise than the pattern."""
    if isinstance(pattern, dict):
        if not isinstance(found, dict):
            yield f"{where or 'the file'} is no object"
            return
        for key, value in pattern.items():
            name = f"{where}.{key}".lstrip(".")
            if key not in found:
                yield f"{name} is missing"
            else:
                yield from _differences(value, found[key], name)
        yield from (f"{where}.{key}".lstrip(".") + " is unknown" for key in set(found) - set(pattern) - _MORE)
        return
    lines = found if isinstance(found, list) else [found]
    if not all(isinstance(line, str) for line in lines):
        yield f"{where} is no text"
        return
    more = _names(lines) - _names(pattern if isinstance(pattern, list) else [pattern])
    if more:
        yield f"{where} has names that nothing is known for: {', '.join(sorted(more))}"


def _names(lines: list[str]) -> set[str]:
    return {name for line in lines for name in Template(line).get_identifiers()}
