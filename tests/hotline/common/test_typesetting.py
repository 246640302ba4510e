"""What strangers type into a document is text in it: no markup, no character that stops it, no long wait."""

from __future__ import annotations

import datetime as dt
import re
import sys

import pytest

from disrupt.hotline.common.typesetting import printable
from disrupt.hotline.takedown.notices.compose import Line, Section
from disrupt.hotline.takedown.notices.document import printed

AT = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
EVERYTHING = "".join(sorted({printable(chr(code)) for code in range(sys.maxunicode + 1)}))
HOSTILE = (
    '#panic("canary")',
    '#read("/etc/passwd") #include "/etc/passwd" #image("/etc/passwd") #import "@preview/x:1.0.0": *',
    "#sys.inputs.values",
    "$ #while true {} $",
    "*bold* _it_ `raw` ``` <label> @reference https://forum.example/ = heading\n- list\n+ list / term: x",
    "\\u{1F512} \\ ] [ } { ) ( \" ' // comment /* comment",
    "\ud800 half \udfff, \x00 NUL, \u202e override, \ufeff mark, \u0085 next, \u2028 line, \U000e0041 tag",
    "👩‍👩‍👧 漢字 ׃עברית العربية z̸̢͈̎a̷͎l̵g̶o",
    EVERYTHING,
)


def made(text: str, *, exact: bool = False) -> bytes:
    """A document in which a stranger's words stand everywhere."""
    sections = [Section(text[:200], (Line(text, exact=exact), Line("after it")))]
    return printed(text[:200] or "?", sections, "N-1", "en", AT, author=text[:200])


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("text", HOSTILE)
def test_words_of_strangers_are_only_words(text: str, exact: bool) -> None:
    document = made(text, exact=exact)
    assert document.startswith(b"%PDF-")
    assert not re.search(rb"/(?:URI|JavaScript|Launch|EmbeddedFile)\b", document)
    assert b"root:" not in document


@pytest.mark.slow
def test_words_without_end_are_set_all_the_same() -> None:
    for text in ("a" * 200_000, "[" * 50_000, "a " * 50_000, "\n" * 50_000, "-\u00ad" * 20_000):
        assert made(text).startswith(b"%PDF-")
