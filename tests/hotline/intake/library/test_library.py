"""The help pages: complete in every language, true by their placeholders, safe, and all of them reachable."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from importlib import resources
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings as configured
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve
from django.utils import translation

from disrupt.hotline.cases import categories
from disrupt.hotline.intake.library import data, values
from disrupt.hotline.intake.library.files import FIELDS, PACKAGED, Library, Page, library
from disrupt.hotline.intake.library.show import show
from disrupt.hotline.intake.templatetags.sheets import written_small

LANGUAGES = [code for code, _name in configured.LANGUAGES]
PAGES = [
    pytest.param(page, id=f"{page.language}-{page.key}")
    for language in LANGUAGES
    for page in library().in_language(language)
]
HELP = {"fr": "/fr/aide/", "en": "/en/help/"}
WIRE = 60_000


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


def test_every_language_has_the_same_pages() -> None:
    known = library().pages
    assert set(LANGUAGES) <= set(known)
    assert len(known["fr"]) >= 18
    for language in known:
        assert known[language].keys() == known["fr"].keys()
        for key, page in known[language].items():
            other = known["fr"][key]
            assert (page.section, page.order) == (other.section, other.order), key
            # A part that exists in one language only would be found out by its headings.
            assert len(re.findall(r"^##+ ", page.text, re.M)) == len(
                re.findall(r"^##+ ", other.text, re.M)
            ), key
            placeholders = re.findall(r"\{\{[^}]+\}\}", page.text)
            assert {p for p in placeholders if "link" not in p} <= {
                *re.findall(r"\{\{[^}]+\}\}", other.text)
            } | {"{{ article HAR-CYB }}"}, key


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_shown(page: Page, client: Client) -> None:
    html = got(client, page)
    parsed = Html(html)
    assert "{{" not in html
    assert f'lang="{page.language}"' in html
    assert parsed.words.count("\u200b") == 0
    levels = [int(tag[1]) for tag, _attrs in parsed.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(parsed.ids) == len(set(parsed.ids))
    # The policy forbids what is written into a page: nothing of it may be there.
    for tag, attrs in parsed.tags:
        assert tag not in {"iframe", "img", "object", "embed"}
        assert not any(name == "style" or name.startswith("on") for name in attrs)
    assert all(attrs.get("src") for tag, attrs in parsed.tags if tag == "script")
    # On a first visit the sheets are in it, which the policy allows by their hashes.
    ours = [written_small(f"intake/{name}.css") for name in ("portal", "forms", "library")]
    assert re.findall("<style.*?>(.*?)</style>", html, re.DOTALL) == ours


@pytest.mark.parametrize("page", PAGES)
def test_its_title_address_and_words_are_safe(page: Page, client: Client) -> None:
    """The browser's history shows title and address: neither says what the visit was about."""
    html = got(client, page)
    title = re.search(r"<title>(.*?)</title>", html)
    assert title
    assert title[1].startswith("Information")
    telling = r"sex|nud|nu\b|intim|porn|victim|threat|menace|chantage|blackmail|revenge|deepfake|plainte"
    assert not re.search(telling, f"{title[1]} {page.slug}", re.I), title[1]
    assert not re.search(r"revenge.?porn|vengeance porn", html, re.I)


@pytest.mark.parametrize("page", PAGES)
def test_links_to_others_tell_them_nothing(page: Page, client: Client) -> None:
    for link in Html(got(client, page)).links:
        if str(link["href"]).startswith("http"):
            assert "noreferrer" in str(link.get("rel")), link
            assert str(link["href"]).startswith("https://"), link


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_is_an_orphan_and_every_link_leads_somewhere(language: str, client: Client) -> None:
    home = f"/{language}/"
    seen: dict[str, Html] = {}
    wanted: set[tuple[str, str]] = set()
    waiting = [home]
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        response = client.get(path)
        assert response.status_code == 200, path
        seen[path] = Html(response.content.decode())
        for link in seen[path].links:
            target = urlsplit(urljoin(path, str(link["href"])))
            if target.scheme or target.netloc:
                continue
            wanted.add((target.path, target.fragment))
            if target.path == home or target.path.startswith(HELP[language]):
                waiting.append(target.path)
    missing = {at(page) for page in library().in_language(language)} - seen.keys()
    assert missing == set()
    for path, fragment in wanted:
        if path in seen:
            assert not fragment or fragment in seen[path].ids, f"{path}#{fragment}"
        else:
            # The questions have tests of their own; here it is enough that the address exists.
            with translation.override(path.split("/")[1]):
                resolve(path)


@pytest.mark.parametrize("page", PAGES)
def test_each_language_leads_to_the_same_page_in_the_other(page: Page, client: Client) -> None:
    html = got(client, page)
    for language in LANGUAGES:
        if language != page.language:
            other = library().page(language, page.key)
            assert f'href="{at(other)}" lang="{language}"' in html
            # Somebody who types the other language's word arrives all the same.
            wrong = f"{HELP[page.language]}{other.slug}/"
            if other.slug != page.slug:
                assert client.get(wrong).headers["Location"] == at(page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_nowhere_is_not_found(language: str, client: Client) -> None:
    assert client.get(f"{HELP[language]}nothing-of-the-kind/").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_light(page: Page, client: Client) -> None:
    """With its sheets, script and icon: less than 60 kB over the wire; only the page itself is compressed."""
    html = got(client, page)
    packed = client.get(f"{HELP[page.language]}{page.slug}/", headers={"accept-encoding": "gzip"})
    assert gzip.decompress(packed.content).decode() == html
    files = re.findall(r'(?:href|src)="/static/([^"?]+)', html)
    assert len(files) >= 3
    size = len(packed.content)
    for name in files:
        found = finders.find(name)
        assert found, name
        size += Path(str(found)).stat().st_size
    assert size <= WIRE, size


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
    monkeypatch.setattr(
        categories, "scheme_at", lambda moment: categories._scheme(_another_law(scheme.version))
    )
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


def test_a_third_language_is_a_folder(tmp_path: Path, settings: Any, client: Client) -> None:
    own = tmp_path / "own"
    for page in library().in_language("en"):
        top = "\n".join(f"{name}: {getattr(page, name)}" for name in sorted(FIELDS))
        target = own / "eo" / f"{page.key}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"---\n{top}\n---\n## Saluton\n\nBonan tagon.\n", "utf-8")
    known = Library([PACKAGED, own])
    assert known.pages.keys() == {"fr", "en", "eo"}
    assert "Bonan tagon" in show(known, known.page("eo", "faq")).html


def test_a_hotline_replaces_single_pages(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    text = (PACKAGED / "fr" / "about.md").read_text("utf-8")
    (tmp_path / "fr" / "about.md").write_text(text.replace("Qui sommes-nous ?", "Notre maison"), "utf-8")
    known = Library([PACKAGED, tmp_path])
    assert known.page("fr", "about").title == "Notre maison"
    assert known.page("en", "about").title == "Who are we?"


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


def test_the_list_of_headings_is_spaced_as_the_headings_are() -> None:
    """A lone question mark stood at the beginning of a line."""
    with translation.override("fr"):
        for page in library().in_language("fr"):
            for heading in show(library(), page).headings:
                assert not re.search(r" [?!;:»]", heading.words), (page.key, heading.words)
