"""docs/ as a site: every link leads somewhere, nothing is fetched from elsewhere, and it needs no network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from scripts.site_hooks import at_home

ROOT = Path(__file__).resolve().parents[2]
FETCHED = re.compile(r"<(?:script|img|link|iframe)\b[^>]*?\b(?:src|href)=\"((?:https?:)?//[^\"]+)", re.I)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make site` does: a link that leads nowhere stops it."""
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder)))
    return folder


def test_every_page_is_there(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs").with_suffix("") for path in (ROOT / "docs").rglob("*.md")}
    assert {path.relative_to(site).with_suffix("") for path in site.rglob("*.html")} >= pages
    assert "https" not in (site / "index.html").read_text("utf-8").split("<title>")[0]


def test_a_reader_is_told_to_nobody_else(site: Path) -> None:
    for path in (*site.rglob("*.html"), *site.rglob("*.css")):
        text = path.read_text("utf-8")
        assert FETCHED.findall(text) == [], path
        assert not re.search(r"url\(['\"]?(?:https?:)?//", text), path
    assert FETCHED.findall('<script defer src="//elsewhere.example/x.js">')


def test_links_that_leave_the_pages_become_words() -> None:
    page = ROOT / "docs" / "operating.md"
    assert at_home("[law](law.md#days)", page) == "[law](law.md#days)"
    assert at_home("[SECURITY.md](../SECURITY.md)", page) == "`SECURITY.md`"
    assert at_home("[that](../src/disrupt/cli.py)", page) == "that (`src/disrupt/cli.py`)"
    assert at_home("[pages](docs/pages.md)", ROOT / "README.md") == "[pages](pages.md)"
    assert at_home("[gone](../gone.md) [out](https://example.org)", page) == (
        "[gone](../gone.md) [out](https://example.org)"
    ), "of what is not there the build says so"
