"""Reads the help pages: one Markdown file per page and language, with a few lines about itself on top.

`pages/<language>/<key>.md`, each page in each of the ten languages. A hotline's own folder (`PAGES_FOLDER`)
replaces single pages, adds some (in French and English at least), and adds languages, each with the pages
that it has (docs/pages.md).
"""

from __future__ import annotations

import datetime as dt
import enum
import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

PACKAGED = Path(__file__).resolve().parents[1] / "pages"
_TOP = re.compile(r"---\n(.*?)\n---\n(.*)\Z", re.S)
WHOLE = ("fr", "en")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
FIELDS = frozenset({"slug", "section", "order", "checked", "title", "tab", "summary"})


class BadPage(ValueError):
    """A page cannot be shown as it is written; the message says which one and what to correct."""


class NoSuchPage(LookupError):
    """No page has this key, or this address, in this language."""


class Section(enum.StrEnum):
    """The parts of the list of pages, in the order they are shown."""

    NOW = "now"
    REPORT = "report"
    UNDERSTAND = "understand"
    AROUND = "around"
    TALK = "talk"
    SITE = "site"


@dataclass(frozen=True)
class Page:
    """One page in one language.

    `key` is the file's name, the same in every language; `slug` is in its address; `tab` is what the
    browser's tab and history show; `checked` is the day its facts were last gone through.
    """

    language: str
    key: str
    slug: str
    section: Section
    order: int
    checked: dt.date
    title: str
    tab: str
    summary: str
    text: str


def read_page(path: Path, language: str) -> Page:
    """Read one file. Raises BadPage."""
    where = f"{language}/{path.name}"
    parts = _TOP.match(path.read_text("utf-8"))
    if parts is None:
        raise BadPage(f"{where}: begin with a line “---”, the fields, and another line “---”.")
    fields: dict[str, str] = {}
    for line in parts[1].splitlines():
        name, colon, value = line.partition(":")
        if not colon or name.strip() in fields:
            raise BadPage(f"{where}: write “name: value”, each name once, instead of “{line}”.")
        fields[name.strip()] = value.strip()
    if fields.keys() != FIELDS or not all(fields.values()):
        wrong = sorted(fields.keys() ^ FIELDS) or [name for name in fields if not fields[name]]
        raise BadPage(f"{where}: these fields are missing, empty or unknown: {', '.join(wrong)}.")
    if not _SLUG.match(fields["slug"]):
        raise BadPage(f"{where}: the slug has small letters, figures and single hyphens only.")
    try:
        section, order = Section(fields["section"]), int(fields["order"])
        checked = dt.date.fromisoformat(fields["checked"])
    except ValueError as error:
        raise BadPage(f"{where}: {error}.") from error
    return Page(
        language=language,
        key=path.stem,
        slug=fields["slug"],
        section=section,
        order=order,
        checked=checked,
        title=fields["title"],
        tab=fields["tab"],
        summary=fields["summary"],
        text=parts[2],
    )


class Library:
    """Every page in every language, read once. Raises BadPage when the set is not whole."""

    def __init__(self, folders: Iterable[Path]) -> None:
        pages: dict[str, dict[str, Page]] = {}
        for folder in folders:
            for path in sorted(folder.glob("*/*.md")):
                language = path.parent.name
                pages.setdefault(language, {})[path.stem] = read_page(path, language)
        self.pages: Mapping[str, Mapping[str, Page]] = pages
        self._check()

    def _check(self) -> None:
        every = {key for pages in self.pages.values() for key in pages}
        for language in self.pages:
            if language in WHOLE and (missing := every - self.pages[language].keys()):
                raise BadPage(f"{language}: these pages are missing: {', '.join(sorted(missing))}.")
            pages = self.in_language(language)
            if len({page.slug for page in pages}) != len(pages):
                raise BadPage(f"{language}: two pages have the same slug.")

    def in_language(self, language: str) -> list[Page]:
        """Every page in the order they are listed, each in English where the language has none of its own."""
        pages = {**self.pages["en"], **self.pages.get(language.split("-")[0], {})}
        order = list(Section)
        return sorted(pages.values(), key=lambda page: (order.index(page.section), page.order, page.key))

    def page(self, language: str, key: str) -> Page:
        """A page by its key. Raises NoSuchPage."""
        for page in self.in_language(language):
            if page.key == key:
                return page
        raise NoSuchPage(f"There is no page “{key}” in {language}.")

    def at(self, language: str, slug: str) -> Page:
        """The page at this address, were it another language's address for it. Raises NoSuchPage."""
        for tongue in (language, *self.pages):
            for page in self.in_language(tongue):
                if page.slug == slug:
                    return self.page(language, page.key)
        raise NoSuchPage(f"There is no page at “{slug}”.")


@functools.cache
def library() -> Library:
    """The packaged pages, and the hotline's own over them; read when first asked for. Raises BadPage."""
    own: Path | None = settings.PAGES_FOLDER
    return Library([PACKAGED, *([own] if own else [])])
