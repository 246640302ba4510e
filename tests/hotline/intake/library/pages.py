"""The help pages as the tests ask for them, and the parts of a page that they ask about."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django.conf import settings as configured
from django.test import Client

from disrupt.hotline.intake.library.files import Page, library

LANGUAGES = [code for code, _name in configured.LANGUAGES]
PAGES = [
    pytest.param(page, id=f"{page.language}-{page.key}")
    for language in LANGUAGES
    for page in library().in_language(language)
]
HELP = {"fr": "/fr/aide/", "en": "/en/help/"}


class Html(HTMLParser):
    """The parts of a page that the tests ask about."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[dict[str, str | None]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._loose = 0
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append((tag, known))
        if tag == "a":
            self.links.append(known)
        if known.get("id"):
            self.ids.append(str(known["id"]))

    def handle_data(self, data: str) -> None:
        self.words += data


def unspaced(text: str) -> str:
    """With ordinary spaces, whatever the typography."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def at(page: Page) -> str:
    return f"{HELP[page.language]}{page.slug}/"


def got(client: Client, page: Page) -> str:
    response = client.get(at(page))
    assert response.status_code == 200
    return response.content.decode()
