"""Documents are typeset by Typst from values only: text, never markup; tagged for all readers (PDF/UA-1).

The same template, values and moment give the same bytes. https://typst.app/docs/reference/pdf/
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import tempfile
from collections.abc import Mapping
from importlib import resources
from typing import Any

# Greek, Cyrillic, and the marks of print.
_SHAPES = {*range(0x391, 0x3CA), *range(0x400, 0x460), *map(ord, "–—‘’“”…€•")}


@functools.cache
def _fonts() -> Any:
    # Imported when it is first needed: most processes never make a document.
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def pdf(package: str, template: str, values: Mapping[str, Any], at: dt.datetime | None = None) -> bytes:
    """A document from a package's `data/<template>`; `at` is when the PDF says that it was made."""
    import typst

    source = (resources.files(package) / "data" / template).read_bytes()
    # Typst may read below its root: an empty folder, so that no template could ever show a file.
    with tempfile.TemporaryDirectory(prefix="disrupt-") as nothing:
        made = typst.compile(
            source,
            root=nothing,
            font_paths=_fonts(),
            sys_inputs={"values": json.dumps(values, ensure_ascii=False)},
            pdf_standards=["ua-1"],
            timestamp=int(at.timestamp()) if at else None,
        )
    assert isinstance(made, bytes)
    return made


def printable(text: str) -> str:
    """The text with “?” for what the fonts have no shape for: a document for all readers refuses those."""
    return "".join(_shape(character) for character in text)


def _shape(one: str) -> str:
    if one in "\u00a0\u202f":
        # The spaces that French has before a colon: no character for itself, but nothing to leave out.
        return "\u00a0"
    return one if one.isprintable() and (ord(one) < 0x250 or ord(one) in _SHAPES) else "?"
