"""Ten languages: the pages of a person in need are whole in each, and what nobody has read says so."""

from __future__ import annotations

import functools
import gettext
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.translated import Text, texts

from disrupt.hotline.intake.library.files import PACKAGED as PAGES
from disrupt.hotline.intake.packaged import packaged
from disrupt.hotline.processes.languages import PACKAGED, TRANSLATED, UNREAD

HOTLINE = Path(__file__).resolve().parents[2] / "src" / "disrupt" / "hotline"
TEN = sorted({*(code for code, _name in PACKAGED), *TRANSLATED})
# Every page of the portal, the mail, and the words for a threat; the addresses themselves are neutral words.
FILES = [
    *sorted((HOTLINE / "intake").rglob("*.html")),
    *sorted(file for file in (HOTLINE / "intake").rglob("*.py") if file.name != "urls.py"),
    *(
        HOTLINE / f"{name}.py"
        for name in ("cases/threats", "correspondence/letters", "correspondence/restored")
    ),
]


@functools.cache
def said() -> tuple[Text, ...]:
    return tuple({text: None for file in FILES for text in texts(file)})


def _catalogues(language: str) -> list[gettext.GNUTranslations]:
    found = []
    for file in sorted(HOTLINE.glob(f"*/locale/{language}/LC_MESSAGES/django.mo")):
        with file.open("rb") as open_file:
            found.append(gettext.GNUTranslations(open_file))
    return found


def test_there_are_ten() -> None:
    assert TEN == ["ar", "de", "en", "es", "fr", "it", "pt", "ro", "tr", "uk"]


@pytest.mark.parametrize("language", sorted({*TEN} - {"en"}))
def test_no_text_of_these_pages_is_untranslated(language: str) -> None:
    known: set[tuple[str, ...]] = set()
    for catalogue in _catalogues(language):
        for key in catalogue._catalog:  # type: ignore[attr-defined]
            name = key[0] if isinstance(key, tuple) else key
            context, cut, text = name.rpartition("\x04")
            known.add((context, text) if cut else ("", text))
    assert len(said()) > 700
    missing = [text.said for text in said() if (text.context, text.said) not in known]
    assert missing == [], "say it in this language too"


@pytest.mark.parametrize("language", sorted({*TEN} - {"en"}))
def test_a_translation_keeps_numbers_to_call_and_places_to_fill(language: str) -> None:
    """A number of a help line that a translator mistyped would be the worst of all errors."""
    pattern = re.compile(r"%\(\w+\)[sd]|\{\w+\}|(?:tel|sms):\d+|<[^>]+>")
    for catalogue in _catalogues(language):
        for key, translated in catalogue._catalog.items():  # type: ignore[attr-defined]
            source = key[0] if isinstance(key, tuple) else key
            if source and language in TRANSLATED:
                assert sorted(pattern.findall(source.rpartition("\x04")[2])) == sorted(
                    pattern.findall(translated)
                )
                for number in re.findall(r"\b(?:17|112|114|119|3018|3114)\b", source):
                    assert number in translated


@pytest.mark.parametrize("language", TRANSLATED)
def test_nothing_of_another_language_slipped_in(language: str) -> None:
    """A sentence in a catalogue is not the French one: a merge with the wrong template would copy it."""
    (french, *_), (own, *_) = (
        [c._catalog for c in _catalogues(code) if "Leave this site" in c._catalog]  # type: ignore[attr-defined]
        for code in ("fr", language)
    )
    assert [key for key in own if key and " " in own[key] and own[key] == french.get(key)] == []


@pytest.mark.parametrize("language", TEN)
def test_a_help_page_is_there_in_each_language_and_not_in_another(language: str) -> None:
    english, own = (
        {file.stem: file.read_text("utf-8") for file in (PAGES / code).glob("*.md")}
        for code in ("en", language)
    )
    assert own.keys() == english.keys()
    for key, text in own.items():
        said = {line for line in text.splitlines() if len(line.split()) > 5 and "{{" not in line}
        for other in {"en", "fr"} - {language}:
            there = set((PAGES / other / f"{key}.md").read_text("utf-8").splitlines())
            assert said & there == set(), (key, other)


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_help_page_holds_what_the_english_one_holds(language: str) -> None:
    """The same values and laws, and the same numbers: a time or a place that is left out would mislead."""
    for file in (PAGES / language).glob("*.md"):
        bodies = [path.read_text("utf-8").split("---\n", 2)[2] for path in (file, PAGES / "en" / file.name)]
        for pattern in (r"\{\{[^}]+\}\}", r"\d{2,}"):
            found, wanted = (sorted(re.findall(pattern, body)) for body in bodies)
            assert found == wanted, file.stem


# What pages read from data: laws, lines, platforms, what others offer (`voices` holds digests only).
LISTS = sorted(
    file
    for room in ("cases", "intake")
    for file in (HOTLINE / room / "data").glob("*.json")
    if '"en":' in file.read_text("utf-8") and file.stem != "voices"
)


def _worded(value: Any) -> Iterator[dict[str, str]]:
    """Every text of a list, by language."""
    if isinstance(value, dict) and isinstance(value.get("en"), str):
        yield value
    elif isinstance(value, dict | list):
        for below in value.values() if isinstance(value, dict) else value:
            yield from _worded(below)


def _numbers(text: str) -> list[str]:
    """Numbers of three figures and more, however their thousands are set apart."""
    return sorted(re.findall(r"\d{3,}", re.sub(r"(?<=\d)[ .,\u00a0\u202f](?=\d{3})", "", text)))


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.stem)
def test_the_lists_are_in_each_language_with_the_same_numbers(file: Path) -> None:
    found = list(_worded(json.loads(file.read_text("utf-8"))))
    assert found
    for text in found:
        assert [language for language in TEN if not text.get(language)] == [], text["en"]
        for language in TEN:
            assert _numbers(text[language]) == _numbers(text["en"]), (language, text["en"])


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_list_shows_english_under_another_name(language: str) -> None:
    """A copy of the English line would pass for a translation."""
    for file in LISTS:
        for text in _worded(json.loads(file.read_text("utf-8"))):
            if len(re.findall(r"[a-z]{2,}", text["en"])) > 3:
                assert text[language] not in {text["en"], text["fr"]}, file.name


@pytest.mark.parametrize("language", TEN)
def test_the_lines_to_call_are_explained(language: str) -> None:
    assert all(
        line[of][language] for line in packaged("help-lines.json")["lines"] for of in ("what", "about")
    )


def test_what_no_native_speaker_has_read_says_so() -> None:
    headers = {
        file.parents[1].name: "X-Native-Reader: none yet" in file.read_text("utf-8")
        for file in HOTLINE.glob("*/locale/*/LC_MESSAGES/django.po")
    }
    assert {language for language, unread in headers.items() if unread} == UNREAD
    assert {*TRANSLATED} >= UNREAD


def test_no_sheet_knows_left_from_right() -> None:
    """Logical properties only: the page turns round with its language."""
    sheets = (HOTLINE / "intake" / "static" / "intake").glob("*.css")
    physical = r"[^\n]*(?:\b(?:left|right)\b|\b(?:margin|padding|border)-(?:top|bottom)\b)[^\n]*"
    assert [found for sheet in sheets for found in re.findall(physical, sheet.read_text("utf-8"))] == []
