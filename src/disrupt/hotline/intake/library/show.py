"""A page as it is shown: its Markdown once into HTML (kept in memory), its placeholders filled each time."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from disrupt.hotline.cases.categories import UnknownCategory
from disrupt.hotline.intake.library import values
from disrupt.hotline.intake.library.files import BadPage, Library, NoSuchPage, Page
from disrupt.hotline.intake.library.markup import Body, Heading, render
from disrupt.hotline.intake.library.typography import spaced

PLACEHOLDER = re.compile(r"\{\{\s*([a-z-]+)(?:\s+([^\s{}]+))?\s*\}\}")
_ALONE = re.compile(r"<p>(\{\{\s*[a-z-]+\s*\}\})</p>")


@dataclass(frozen=True)
class Shown:
    """What the template needs: plain texts, and safe HTML; `opening` is the box that some begin with."""

    page: Page
    title: str
    summary: str
    opening: SafeString
    html: SafeString
    headings: tuple[Heading, ...]


@functools.cache
def _body(page: Page) -> Body:
    return render(page.text, page.language, _file(page))


def address(library: Library, language: str, key: str) -> str:
    """The path of a page in the active language. Raises NoSuchPage."""
    return reverse("intake:help-page", args=[library.page(language, key).slug])


def _target(library: Library, page: Page, target: str) -> str:
    place, _hash, anchor = target.partition("#")
    kind, _colon, name = place.partition(":")
    try:
        path = address(library, page.language, name) if kind == "page" else reverse(f"intake:{name}")
    except (NoSuchPage, NoReverseMatch) as error:
        raise BadPage(f"{_file(page)}: nothing is at “{target}”.") from error
    return f"{path}#{anchor}" if anchor else path


def _fill(library: Library, page: Page, text: str) -> str:
    """Replace every placeholder by its value, escaped. Raises BadPage."""

    def one(found: re.Match[str]) -> str:
        name, argument = found[1], found[2]
        if name == "link" and argument:
            return escape(_target(library, page, argument))
        if argument and name in values.WITH_ARGUMENT:
            try:
                return escape(values.WITH_ARGUMENT[name](page.language, argument))
            except UnknownCategory as error:
                raise BadPage(f"{_file(page)}: {error.args[0]}") from error
        if not argument and name in values.VALUES:
            return escape(values.VALUES[name](page.language))
        raise _unknown(page, found[0])

    return PLACEHOLDER.sub(one, text)


def _file(page: Page) -> str:
    return f"{page.language}/{page.key}.md"


def _unknown(page: Page, placeholder: str) -> BadPage:
    return BadPage(f"{_file(page)}: there is no value {placeholder} (or it must stand alone).")


def show(library: Library, page: Page) -> Shown:
    """A page with everything filled in. Raises BadPage."""
    look_over(page)
    body = _body(page)
    pieces = []
    # A block is trusted HTML from our own templates: it is put in after, never searched for placeholders.
    for number, piece in enumerate(_ALONE.split(body.html)):
        name = piece.strip("{} ") if number % 2 else ""
        block = values.BLOCKS.get(name)
        if block:
            pieces.append(str(block(page.language)))
        else:
            pieces.append(_fill(library, page, f"<p>{piece}</p>" if number % 2 else piece))
    # Safe by construction: library.markup lets only short lists of tags, attributes and links through.
    html = "".join(pieces)
    box = html.partition("</blockquote>") if html.startswith("<blockquote>") else ("", "", html)
    return Shown(
        page,
        title=_plain(library, page, page.title),
        summary=_plain(library, page, page.summary),
        opening=mark_safe(box[0] + box[1]),  # noqa: S308
        html=mark_safe(box[2]),  # noqa: S308
        headings=tuple(
            Heading(h.anchor, mark_safe(spaced(_fill(library, page, h.words), page.language)))  # noqa: S308
            for h in body.headings
        ),
    )


def look_over(page: Page) -> None:
    """Read a page as `show` would, without needing an address for its links. Raises BadPage."""
    for text in (page.title, page.summary, _body(page).html):
        for found in PLACEHOLDER.finditer(text):
            name, argument = found[1], found[2]
            known = values.WITH_ARGUMENT if argument else {**values.VALUES, **values.BLOCKS}
            if name not in known and not (name == "link" and argument):
                raise _unknown(page, found[0])
        if "{{" in (rest := PLACEHOLDER.sub("", text)) or "}}" in rest:
            raise BadPage(f"{_file(page)}: a placeholder is not written {{{{ name }}}}.")


def _plain(library: Library, page: Page, text: str) -> SafeString:
    return mark_safe(spaced(_fill(library, page, escape(text)), page.language))  # noqa: S308  # escaped before and while filling
