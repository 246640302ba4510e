"""On a first visit the style is in the page, by its hash; afterwards it is a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.template import Context, Template
from django.test import Client, RequestFactory
from tests.hotline.intake.visit.test_pages import HEADERS, check_headers

from disrupt.hotline.intake.templatetags.sheets import NoSuchSheet, written_small

SHEETS = ("portal", "forms", "library")


def test_a_first_visit_has_its_style_at_once(client: Client, db: None) -> None:
    response = client.get("/en/")
    page = response.content.decode()
    assert page.count("<style>") == 1
    check_headers(response, "home")
    assert "'sha256-" in response.headers["Content-Security-Policy"]
    links = re.findall(r'<link rel="stylesheet"[^>]*>', page)
    assert links == ['<link rel="stylesheet" href="/static/intake/portal.css" media="not all">']
    assert page.index(links[0]) > page.index("</footer>"), "after everything that is seen"


@pytest.mark.parametrize("name", ["session", "csrf", "files"])
def test_whoever_has_a_cookie_of_ours_has_the_file_in_the_cache(client: Client, db: None, name: str) -> None:
    client.cookies[name] = "x"
    response = client.get("/en/")
    page = response.content.decode()
    assert "<style" not in page
    assert '<link rel="stylesheet" href="/static/intake/portal.css">' in page
    assert response.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


@pytest.mark.parametrize("name", SHEETS)
def test_a_sheet_written_small_says_the_same(name: str) -> None:
    small = written_small(f"intake/{name}.css")
    whole = Path(str(finders.find(f"intake/{name}.css"))).read_text("utf-8")
    assert len(small) < len(whole)
    assert "</" not in small
    assert "/*" not in small
    bare = re.sub(r"/\*.*?\*/", "", whole, flags=re.DOTALL)
    assert re.sub(r"\s", "", small) == re.sub(r"\s", "", bare)
    # Between two selectors a space means “inside”.
    for spaced in re.findall(r"\.bar :focus-visible|\.choice label span|\.text h3|input:focus-visible", bare):
        assert spaced in small


def test_a_sheet_that_is_not_there_is_named() -> None:
    with pytest.raises(NoSuchSheet, match=r"intake/none\.css"):
        Template("{% load sheets %}{% sheet 'intake/none.css' %}").render(
            Context({"request": RequestFactory().get("/")})
        )
