"""Turns a page's Markdown into HTML that is safe by construction: short lists of tags, attributes and links.

HTML written in a page is shown as text. Links name a page (`page:key`), a place of the site (`site:form`), an
address among the values (`mail:hotline-email`), a telephone (`tel:`, `sms:`) or another site (`https:`).
Placeholders `{{ name }}` are left in place: library.show fills them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions.tables import TableExtension
from markdown.extensions.toc import TocExtension
from markdown.treeprocessors import Treeprocessor

from disrupt.hotline.intake.library.files import BadPage
from disrupt.hotline.intake.library.typography import spaced

_ALLOWED: dict[str, frozenset[str]] = {
    **dict.fromkeys(("p", "ul", "li", "strong", "em", "code", "blockquote", "hr", "br"), frozenset()),
    **dict.fromkeys(("tbody", "thead"), frozenset()),
    **dict.fromkeys(("h2", "h3"), frozenset({"id"})),
    **dict.fromkeys(("table", "tr", "td"), frozenset({"role", "data-label"})),
    "ol": frozenset({"start"}),
    "th": frozenset({"role", "scope"}),
    "a": frozenset({"href", "rel"}),
}  # fmt: skip
_LINK = re.compile(
    r"(?P<own>(?:page:[a-z0-9-]+|site:[a-z-]+)(?:#[\w-]+)?)\Z"
    r"|mail:(?P<mail>[a-z-]+)\Z|(?P<near>#[\w-]+|(?:tel|sms):\+?\d+)\Z|(?P<far>https://[a-z0-9.-]+(?:/[^\s\"<>]*)?)\Z"
)


@dataclass(frozen=True)
class Heading:
    """A heading of the second level: its id and its words (HTML)."""

    anchor: str
    words: str


@dataclass(frozen=True)
class Body:
    """A page's HTML, with its placeholders, and its headings of the second level."""

    html: str
    headings: tuple[Heading, ...]


class _House(Treeprocessor):
    """The rules of the house, applied to what Markdown made."""

    def __init__(self, md: Markdown, language: str, where: str) -> None:
        super().__init__(md)
        self.language, self.where = language, where

    def run(self, root: Element) -> None:
        for table in root.iter("table"):
            _label(table)
        for element in _below(root):
            if element.tag == "a":
                self._link(element)
            allowed = _ALLOWED.get(element.tag)
            if allowed is None:
                raise BadPage(f"{self.where}: pages have no <{element.tag}>. Headings begin at ##.")
            if extra := set(element.keys()) - allowed:
                raise BadPage(f"{self.where}: <{element.tag}> has no {', '.join(sorted(extra))} here.")
            element.text = spaced(element.text or "", self.language)
            element.tail = spaced(element.tail or "", self.language)

    def _link(self, element: Element) -> None:
        href = element.get("href", "")
        kind = _LINK.match(href)
        if kind is None:
            raise BadPage(f"{self.where}: this link cannot be used here: {href}")
        if kind["own"]:
            element.set("href", "{{ link " + href + " }}")
        elif kind["mail"]:
            element.set("href", "mailto:{{ " + kind["mail"] + " }}")
        elif kind["far"]:
            element.set("rel", "external noreferrer noopener")


def _below(root: Element) -> Iterator[Element]:
    for child in root:
        yield child
        yield from _below(child)


def _label(table: Element) -> None:
    """Name each cell after its column and each row by its first cell, so that a phone can show rows as cards.

    The roles keep it a table for screen readers when the style sheet lays it out otherwise.
    """
    names = ["".join(head.itertext()) for head in table.iter("th")]
    table.set("role", "table")
    for head in table.iter("th"):
        head.set("scope", "col")
        head.set("role", "columnheader")
    for row in table.iter("tr"):
        row.set("role", "row")
        for number, cell in enumerate(row.findall("td")):
            if number == 0:
                cell.tag = "th"
                cell.set("scope", "row")
                cell.set("role", "rowheader")
            else:
                cell.set("role", "cell")
                cell.set("data-label", names[number])


def render(text: str, language: str, where: str) -> Body:
    """Markdown into HTML; `where` names the page in messages. Raises BadPage."""
    md = Markdown(extensions=[TableExtension(), TocExtension(anchorlink=False), "sane_lists"])
    # HTML in a page is text; pictures and reference definitions have no use here.
    md.preprocessors.deregister("html_block")
    for name in ("html", "image_link", "image_reference", "short_image_ref", "autolink", "automail"):
        md.inlinePatterns.deregister(name)
    # After everything else (`toc` is 5), so that nothing is added behind its back.
    md.treeprocessors.register(_House(md, language, where), "house", 1)
    html = md.convert(text)
    found: list[dict[str, str]] = getattr(md, "toc_tokens", [])
    return Body(html, tuple(Heading(token["id"], token["name"]) for token in found))
