"""What somebody may write into a page: nothing unsafe gets through, and mistakes are named."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import strategies as st

from disrupt.hotline.intake.checks import pages_are_whole
from disrupt.hotline.intake.library import files
from disrupt.hotline.intake.library.files import PACKAGED, BadPage, Library, library, read_page
from disrupt.hotline.intake.library.markup import render
from disrupt.hotline.intake.library.show import look_over, show

TOP = "---\nslug: a-page\nsection: site\norder: 1\nchecked: 2026-11-22\ntitle: A\ntab: a\nsummary: S\n---\n"


def html(text: str, language: str = "en") -> str:
    return render(text, language, "en/test.md").html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div>\n\n<style>p{}</style>\n\n</div>",
        "- <iframe src='https://example.org'></iframe>",
        "> <a href='javascript:x'>y</a>",
        "`<script>`",
        "    <script>in code</script>"[4:],
        "&lt;b&gt; <b>x</b>",
        "<!-- <script>x</script> -->",
        "<https://example.org/>",
    ],
)
def test_html_in_a_page_is_text(text: str) -> None:
    made = html(text)
    for tag in ("<script", "<img", "<iframe", "<style", "<div", "<a ", "<b>", "<!--"):
        assert tag not in made


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "http://example.org/",
        "//example.org/",
        "/fr/form/",
        "JaVaScRiPt:alert(1)",
        "page:Faq",
        "mailto:a@example.org",
        "https://example.org\" onclick=\"x",
        "",
    ],
)  # fmt: skip
def test_links_are_of_known_kinds_only(target: str) -> None:
    with pytest.raises(BadPage, match="cannot be used"):
        html(f"[words]({target})" if target else "[words]()")


def test_links_of_every_kind() -> None:
    made = html(
        "[a](page:faq#x) [b](site:form) [c](tel:3018) [d](https://example.org/a) [e](mail:hotline-email)"
    )
    assert 'href="{{ link page:faq#x }}"' in made
    assert 'href="{{ link site:form }}"' in made
    assert 'href="tel:3018"' in made
    assert '<a href="https://example.org/a" rel="external noreferrer noopener">' in made
    assert 'href="mailto:{{ hotline-email }}"' in made


def test_pictures_are_not_let_in() -> None:
    assert "<img" not in html("![words](https://example.org/a.png)")


def test_the_first_level_belongs_to_the_title() -> None:
    with pytest.raises(BadPage, match="##"):
        html("# Too big")


def test_a_table_names_its_cells() -> None:
    made = html("| What | When |\n|---|---|\n| Files | Never |\n")
    assert '<th scope="row" role="rowheader">Files</th>' in made.replace(
        'role="rowheader" scope="row"', 'scope="row" role="rowheader"'
    )
    assert 'data-label="When"' in made
    with pytest.raises(BadPage, match="style"):
        html("| What | When |\n|:-:|---|\n| Files | Never |\n")


def test_french_spaces_do_not_break() -> None:
    made = html("Vraiment ? Oui : « bien » ; 75 000 € et 3 jours !", "fr")
    assert "Vraiment\u202f?" in made
    assert "Oui\u00a0:" in made
    assert "«\u00a0bien\u00a0»\u202f;" in made
    assert "75\u202f000\u00a0€" in made
    assert "3\u00a0jours\u202f!" in made
    assert "\u202f" not in html("Really ? 75 000", "en")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("no fields", "begin with a line"),
        (TOP.replace("title: A\n", ""), "title"),
        (TOP.replace("title: A", "title: A\ncolour: red"), "colour"),
        (TOP.replace("title: A", "title:"), "title"),
        (TOP.replace("title: A", "just words"), "name: value"),
        (TOP.replace("title: A", "title: A\ntitle: B"), "once"),
        (TOP.replace("a-page", "Été !"), "slug"),
        (TOP.replace("section: site", "section: cellar"), "cellar"),
        (TOP.replace("2026-11-22", "yesterday"), "yesterday"),
        (TOP.replace("order: 1", "order: first"), "first"),
    ],
)
def test_a_mistake_on_top_is_named(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text(text, "utf-8")
    with pytest.raises(BadPage, match=rf"fr/page\.md: .*{says}"):
        read_page(path, "fr")


@pytest.mark.parametrize(
    "text",
    ["{{ keep-everything }}", "{{ penalty NO-SUCH }}", "{{ penalty }}", "x {{ law-table }}", "{{ Faq }}",
     "{{ open", "[a](page:no-such)", "[a](site:no-such)", "[a](mail:no-such)"],
)  # fmt: skip
def test_an_unknown_placeholder_or_target_is_refused(text: str) -> None:
    page = dataclasses.replace(library().page("en", "faq"), text=text)
    with pytest.raises(BadPage, match=r"en/faq\.md"):
        show(library(), page)


@pytest.mark.parametrize("field", ["title", "summary"])
def test_placeholders_on_top_are_looked_over_too(field: str) -> None:
    with pytest.raises(BadPage):
        look_over(dataclasses.replace(library().page("en", "faq"), **{field: "{{ nothing }}"}))
    page = dataclasses.replace(library().page("en", "faq"), **{field: "<b>{{ hotline-name }}"})
    assert getattr(show(library(), page), field) == "&lt;b&gt;Disrupt"


def test_a_value_never_becomes_a_placeholder_or_html(settings: Any) -> None:
    settings.HOTLINE_NAME = "{{ hotline-email }}<script>"
    page = dataclasses.replace(library().page("en", "faq"), text="{{ hotline-name }}\n")
    assert show(library(), page).html == "<p>{{ hotline-email }}&lt;script&gt;</p>"


def test_a_set_with_a_hole_is_refused(tmp_path: Path) -> None:
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "more.md").write_text(TOP, "utf-8")
    with pytest.raises(BadPage, match=r"fr: these pages are missing: more\."):
        Library([PACKAGED, tmp_path])
    (tmp_path / "fr").mkdir()
    (tmp_path / "fr" / "more.md").write_text(TOP.replace("a-page", "donnees"), "utf-8")
    with pytest.raises(BadPage, match="same slug"):
        Library([PACKAGED, tmp_path])


def test_the_pages_that_came_along_can_be_shown() -> None:
    for pages in library().pages.values():
        for page in pages.values():
            look_over(page)


def test_a_portal_with_a_bad_page_does_not_start(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert pages_are_whole(None) == []
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "faq.md").write_text(TOP + "{{ nonsense }}\n", "utf-8")
    settings.PAGES_FOLDER = tmp_path
    files.library.cache_clear()
    try:
        assert [found.id for found in pages_are_whole(None)] == ["intake.E003"]
    finally:
        settings.PAGES_FOLDER = None
        files.library.cache_clear()


def test_a_real_hotline_is_reminded_to_say_who_it_is(settings: Any) -> None:
    settings.INSECURE_LOOPBACK = False
    assert [found.id for found in pages_are_whole(None)] == ["intake.W001"]
    settings.LEGAL_PUBLISHER = settings.LEGAL_DIRECTOR = settings.LEGAL_HOST = "Somebody"
    assert pages_are_whole(None) == []


def test_a_language_without_pages_is_found(settings: Any) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("eo", "Esperanto")]
    (error,) = pages_are_whole(None)
    assert "eo" in str(error.msg)


_PIECES = st.sampled_from(
    [
        "<script>", "</p>", "<b onclick=x>", "[a](", "](", ")", "javascript:", "page:faq", "https://example.org",
        '"', "'", "<", ">", "&", "&#60;", "&lt;", "`", "```\n", "|", "\n|---|---|\n", "\n", "\n\n", "> ",
        "- ", "1. ", "7. ", "## ", "**", "_", "{{ hotline-name }}", "{{", "}}", "![", "[x]: https://example.org\n",
        "\\", "\x02", "\x03", "é", "word ", " ",
    ]
)  # fmt: skip


@hypothesis.settings(max_examples=300, deadline=None, derandomize=True)
@hypothesis.given(st.lists(_PIECES, max_size=30).map("".join))
def test_whatever_is_written_only_known_tags_come_out(text: str) -> None:
    """Or the page is refused."""
    try:
        made = html(text)
    except BadPage:
        return
    for tag in re.findall(r"<(/?[a-zA-Z!][^>]*)>", made):
        assert re.fullmatch(
            r"/?(p|ul|ol|li|strong|em|code|blockquote|h[23]|table|thead|tbody|tr|th|td|hr|br|a)"
            r"( (id|role|scope|data-label|href|rel|start)=\"[^\"<>]*\")*( /)?",
            tag,
        ), made
    assert not re.search(r"href=\"(?!https://|tel:|sms:|#|mailto:|\{\{ link )", made)
