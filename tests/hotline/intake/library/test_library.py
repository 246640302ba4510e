"""The help pages: the same in every language, safe, light, and all of them reachable."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve
from django.utils import translation
from tests.hotline.intake.library.pages import HELP, LANGUAGES, PAGES, Html, at, got

from disrupt.hotline.intake.library.files import FIELDS, PACKAGED, Library, Page, library
from disrupt.hotline.intake.library.show import show
from disrupt.hotline.intake.library.typography import spaced
from disrupt.hotline.intake.templatetags.sheets import written_small
from disrupt.hotline.processes.languages import TRANSLATED

WIRE = 60_000


def test_every_language_has_the_same_pages() -> None:
    known = library().pages
    assert set(LANGUAGES) <= set(known)
    assert len(known["fr"]) >= 18
    assert known["en"].keys() == known["fr"].keys()
    for language in known:
        assert known[language].keys() <= known["fr"].keys()
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


def test_a_third_language_is_a_folder(tmp_path: Path, settings: Any, client: Client) -> None:
    own = tmp_path / "own"
    for page in library().in_language("en"):
        top = "\n".join(f"{name}: {getattr(page, name)}" for name in sorted(FIELDS))
        target = own / "eo" / f"{page.key}.md"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(f"---\n{top}\n---\n## Saluton\n\nBonan tagon.\n", "utf-8")
    known = Library([PACKAGED, own])
    assert known.pages["eo"].keys() == known.pages["en"].keys()
    assert "Bonan tagon" in show(known, known.page("eo", "faq")).html


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_page_is_there_in_each_language(language: str) -> None:
    """With the same links, numbers, headings and lists as in English."""
    pages = library().pages[language]
    assert pages.keys() == library().pages["en"].keys()
    for key in pages:
        english = library().page("en", key)
        assert pages[key].slug == english.slug, "whoever changes the language stays on the page"
        for pattern in (
            r"\]\((tel:\d+|sms:\d+|https:[^)]+|site:\w+|mail:[\w-]+|page:[\w-]+)\)",
            r"^(#+|\d+\.|-|>) ",
        ):
            found = [re.findall(pattern, page.text, re.MULTILINE) for page in (pages[key], english)]
            assert found[0] == found[1], (key, pattern)


@pytest.mark.parametrize("language", TRANSLATED)
def test_each_of_them_can_be_shown(language: str) -> None:
    """Its links lead somewhere, its values are filled, and nothing in it is left as it was typed."""
    with translation.override(language):
        for page in library().in_language(language):
            html = show(library(), page).html
            assert "{{" not in html, page.key
            assert not re.search(r"\*\*|\]\(", html), page.key


def test_arabic_keeps_a_sum_and_an_article_in_order() -> None:
    """“75 000 €” was shown as “000 75”, and article 226-2-1 as 1-2-226."""
    assert spaced("وغرامة 75 000 €؛ المادة 226-2-1", "ar") == (
        "وغرامة \u206675\u00a0000\u00a0€\u2069؛ المادة \u2066226-2-1\u2069"
    )
    with translation.override("ar"):
        html = show(library(), library().page("ar", "law")).html
    assert not re.search(r"(?<!\u2066)\b226-2-1", html)


def test_a_hotline_replaces_single_pages(tmp_path: Path) -> None:
    (tmp_path / "fr").mkdir()
    text = (PACKAGED / "fr" / "about.md").read_text("utf-8")
    (tmp_path / "fr" / "about.md").write_text(text.replace("Qui sommes-nous ?", "Notre maison"), "utf-8")
    known = Library([PACKAGED, tmp_path])
    assert known.page("fr", "about").title == "Notre maison"
    assert known.page("en", "about").title == "Who are we?"


def test_the_list_of_headings_is_spaced_as_the_headings_are() -> None:
    """A lone question mark stood at the beginning of a line."""
    with translation.override("fr"):
        for page in library().in_language("fr"):
            for heading in show(library(), page).headings:
                assert not re.search(r" [?!;:»]", heading.words), (page.key, heading.words)
