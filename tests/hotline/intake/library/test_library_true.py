"""What the help pages say is true by their placeholders: the law, the settings, the lists, who runs it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from tests.hotline.intake.library.pages import LANGUAGES, PAGES, Html, got, unspaced

from disrupt.hotline.cases import categories
from disrupt.hotline.cases.schemes import read_scheme
from disrupt.hotline.intake.library import data, values
from disrupt.hotline.intake.library.files import FIELDS, Page, library


def _penalties() -> Iterator[str]:
    for category in categories.schemes()[-1].values():
        yield category.penalty.fr
        yield category.penalty.en


@pytest.mark.parametrize("page", PAGES)
def test_what_the_law_and_the_settings_say_is_never_typed(page: Page) -> None:
    written = page.text + page.summary
    assert not re.search(r"\b\d+ ?(?:ans?|years?) (?:d’emprison|de prison|in prison)|\d ?€|€ ?\d", written)
    assert not re.search(r"\b(?:22[0-9]|31[0-9])-\d", written), "an article of law: use {{ article CODE }}"
    typed = r"\b\d+ ?(?:jours|semaines|mois|days|weeks|months|Go|GB|Mo|MB)\b"
    assert not re.search(typed, written), "a time or a size: use a placeholder"


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_follow_the_settings(language: str, client: Client, settings: Any) -> None:
    settings.KEEP_PERSONAL_DATA = dt.timedelta(days=23)
    settings.KEEP_ABANDONED = dt.timedelta(hours=31)
    settings.KEEP_WITHDRAWN, settings.KEEP_PARTNERS_WORDS = dt.timedelta(days=19), dt.timedelta(days=41)
    settings.MAX_UPLOAD_BYTES = 7 * 1024**2
    settings.MAX_FILES, settings.MAX_URLS = 13, 17
    settings.HOTLINE_NAME = "Ligne <b>Claire</b> & Co"
    privacy = got(client, library().page(language, "privacy"))
    spaced = privacy.replace("\u00a0", " ")
    assert {"fr": "23 jours", "en": "23 days"}[language] in spaced
    assert {"fr": "31 heures", "en": "31 hours"}[language] in spaced
    assert {"fr": "restent chez nous 19 jours de plus", "en": "stay here 19 days more"}[language] in spaced
    assert {"fr": "41 jours", "en": "41 days"}[language] in spaced
    for key in ("kept", "fingerprints"):
        other = got(client, library().page(language, key)).replace("\u00a0", " ")
        assert {"fr": "19 jours", "en": "19 days"}[language] in other
    assert "Ligne &lt;b&gt;Claire&lt;/b&gt; &amp; Co" in privacy
    assert "<b>" not in privacy
    faq = got(client, library().page(language, "faq")).replace("\u00a0", " ")
    assert {"fr": "7 Mo", "en": "7 MB"}[language] in faq
    assert "13 " in faq
    assert "17 " in faq


@pytest.mark.parametrize("language", LANGUAGES)
def test_penalties_are_those_of_the_scheme_in_force(
    language: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = got(client, library().page(language, "law"))
    rows = unspaced(Html(html).words)
    scheme = values.in_force()
    for category in scheme.values():
        if category.illegal:
            assert unspaced(category.penalty.in_language(language)) in rows
            assert unspaced(category.article.in_language(language)) in rows
    monkeypatch.setattr(categories, "scheme_at", lambda moment: read_scheme(_another_law(scheme.version)))
    assert "97 " in unspaced(got(client, library().page(language, "law")))


def _another_law(version: str) -> dict[str, Any]:
    text = (resources.files("disrupt.hotline.cases") / "data" / f"categories-{version}.json").read_text(
        "utf-8"
    )
    raw: dict[str, Any] = json.loads(text)
    for category in raw["categories"]:
        category["penalty"] = {"fr": "97 ans", "en": "97 years"}
    return raw


@pytest.mark.parametrize("language", LANGUAGES)
def test_platforms_and_numbers_are_honest_about_who_tried_them(language: str, client: Client) -> None:
    platforms = data.platforms(language)
    assert {"bumble", "discord", "facebook", "google", "instagram", "linkedin", "messenger", "pinterest"} | {
        "snapchat", "tiktok", "twitch", "x", "whatsapp", "youtube"
    } == {one.key for one in platforms}  # fmt: skip
    html = got(client, library().page(language, "platforms"))
    with translation.override(language):
        never = translation.gettext("We have not tried these steps ourselves yet.")
    assert html.count(never) == len([one for one in platforms if one.checked is None])
    for one in platforms:
        assert f'href="{one.link}" rel="external noreferrer noopener"' in html
        assert one.steps
    lines = [line for country in data.countries(language) for line in country.lines]
    assert {"3018", "17", "119", "116 006", "3114", "112"} <= {line.name for line in lines}
    assert all(line.call or line.link for line in lines)
    assert all(not line.call or re.fullmatch(r"\+?\d+", line.call) for line in lines)


@pytest.mark.parametrize("name", ["platforms.json", "help-lines-by-country.json"])
def test_both_languages_are_written_in_the_lists(name: str) -> None:
    raw = json.loads((resources.files("disrupt.hotline.intake") / "data" / name).read_text("utf-8"))

    def texts(value: Any) -> Iterator[dict[str, str]]:
        if isinstance(value, dict) and "en" in value:
            yield value
        elif isinstance(value, dict | list):
            for below in value.values() if isinstance(value, dict) else value:
                yield from texts(below)

    found = list(texts(raw))
    assert len(found) > 20
    assert all(text.get("fr") and text.get("en") for text in found)


@pytest.mark.parametrize("given", ["", "Association Claire"])
def test_legal_information_is_given_or_said_to_be_missing(given: str, client: Client, settings: Any) -> None:
    settings.LEGAL_PUBLISHER = settings.LEGAL_ADDRESS = settings.LEGAL_DIRECTOR = settings.LEGAL_HOST = given
    html = got(client, library().page("en", "legal"))
    assert html.count("has not given it yet") == (0 if given else 4)
    assert html.count("Association Claire") == (4 if given else 0)


def test_what_pages_may_say_is_documented() -> None:
    text = (Path(__file__).resolve().parents[4] / "docs" / "pages.md").read_text("utf-8")
    names = {*values.VALUES, *values.WITH_ARGUMENT, *values.BLOCKS}
    assert {name for name in names if f"`{{{{ {name}" not in text} == set()
    assert {field for field in FIELDS if f"`{field}`" not in text} == set()


@pytest.mark.parametrize(
    ("language", "key", "said"),
    [
        ("fr", "faq", ("C’est en ligne", "Cela pourrait paraître", "Vous ne voulez pas l’envoyer")),
        ("en", "faq", ("It is online", "It could appear", "You do not want to send it")),
        ("fr", "threat", ("Vous ne voulez pas l’envoyer", "si vous avez 18 ans ou plus")),
        ("en", "threat", ("You do not want to send it", "if you are 18 or older")),
        ("fr", "privacy", ("Les adresses des pages", "Qui signale, et l’âge", "hors de l’Union européenne")),
        (
            "en",
            "privacy",
            ("The addresses of the pages", "Who reports, and the age", "outside the European Union"),
        ),
        ("fr", "kept", ("Les adresses des pages",)),
        ("en", "kept", ("The addresses of the pages",)),
        ("fr", "accessibility", ("axe", "au clavier seul", "non conforme")),
        ("en", "accessibility", ("axe", "by keyboard alone", "not compliant")),
    ],
)
def test_what_must_not_be_left_out(language: str, key: str, said: tuple[str, ...], client: Client) -> None:
    """Each was missing once: the third way in, what the privacy page must own up to, who THESEE is for."""
    words = unspaced(Html(got(client, library().page(language, key))).words)
    for one in said:
        assert unspaced(one) in words
