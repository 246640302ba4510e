"""The marks of a stranger's page, in time that grows with its length whatever stands in it.

Python's own reader begins anew at each mark that does not end: a page of 2 MB could hold it for hours.
Browsers take what does not end for the end of the page (HTML Standard, 13.2.5), and so does this.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

# What stands in these is words, whatever it looks like.
_RAW = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
_BARE_START = re.compile(r"<([A-Za-z][^\s/>]{0,99})>")
_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})
_MARK = re.compile(r"<(?=[A-Za-z!?/])")
_NAME = re.compile(r"[^\s/>]{1,100}")
_GAP = re.compile(r"[\s/]*")
_ATTRIBUTE = re.compile(r"[^\s/>=]+|=[^\s/>=]*")
_EQUALS = re.compile(r"\s*=\s*")
_BARE = re.compile(r"[^\s>]*")
# Of a mark, and of a page; no page that people read has more.
_MOST_ATTRIBUTES, _MOST_MARKS = 200, 200_000


class Text(NamedTuple):
    """Words between two marks."""

    words: str


class Start(NamedTuple):
    """A mark that opens; of an attribute given twice the first counts."""

    tag: str
    attributes: Mapping[str, str] = _NO_ATTRIBUTES


class End(NamedTuple):
    """A mark that closes."""

    tag: str


Mark = Text | Start | End


def marks(text: str, *, xml: bool = False) -> Iterator[Mark]:
    """What a page, or with `xml` a feed, is made of, in order; never an error."""
    at = 0
    for _mark in range(_MOST_MARKS):
        found = _MARK.search(text, at)
        opened = found.start() if found else len(text)
        if opened > at:
            yield Text(_unescaped(text[at:opened]))
        if found is None:
            return
        following = text[opened + 1]
        if following in {"!", "?"}:
            end, words = _declaration(text, opened, xml=xml)
            if words:
                yield Text(words)
        elif following == "/":
            end = _after(text, ">", opened)
            if name := _NAME.match(text, opened + 2):
                yield End(name[0].lower())
        else:
            given: Mapping[str, str] = _NO_ATTRIBUTES
            if name := _BARE_START.match(text, opened):
                tag, end = name[1].lower(), name.end()
            else:
                name = _NAME.match(text, opened + 1)
                assert name is not None  # it begins with a letter
                tag, given = name[0].lower(), (found_in := dict[str, str]())
                end = _attributes(text, name.end(), found_in)
                if end > len(text):
                    return
            yield Start(tag, given)
            if tag in _RAW and not xml:
                until = re.compile(rf"</{re.escape(tag)}(?=[\s/>])", re.IGNORECASE).search(text, end)
                stop = until.start() if until else len(text)
                words = text[end:stop]
                yield Text(words if tag in {"script", "style"} else _unescaped(words))
                end = stop
        at = end


def _after(text: str, mark: str, start: int) -> int:
    """Where it goes on after this mark; beyond the end where there is none."""
    found = text.find(mark, start)
    return len(text) + 1 if found < 0 else found + len(mark)


def _declaration(text: str, opened: int, *, xml: bool) -> tuple[int, str]:
    """Where a comment or a declaration ends, and the words in it, if they count."""
    if text.startswith("<!--", opened):
        if text.startswith(("<!-->", "<!--->"), opened):
            return _after(text, ">", opened), ""
        return _after(text, "-->", opened + 4), ""
    if xml and text.startswith("<![CDATA[", opened):
        end = _after(text, "]]>", opened)
        return end, text[opened + 9 : end - 3] if end <= len(text) else ""
    return _after(text, ">", opened), ""


def _attributes(text: str, at: int, given: dict[str, str]) -> int:
    """Read a mark's attributes; where it goes on after its end, beyond the text where it has none."""
    while True:
        at = _past(_GAP, text, at)
        if at >= len(text):
            return len(text) + 1
        if text[at] == ">":
            return at + 1
        name = _ATTRIBUTE.match(text, at)
        assert name is not None  # neither a space, nor a slash, nor the end
        at, value = name.end(), ""
        if equals := _EQUALS.match(text, at):
            at = equals.end()
            quote = text[at : at + 1]
            if quote in {'"', "'"}:
                end = text.find(quote, at + 1)
                if end < 0:
                    return len(text) + 1
                value, at = text[at + 1 : end], end + 1
            else:
                end = _past(_BARE, text, at)
                value, at = text[at:end], end
        if len(given) < _MOST_ATTRIBUTES:
            given.setdefault(name[0].lower(), _unescaped(value))


def _past(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _unescaped(text: str) -> str:
    try:
        return html.unescape(text) if "&" in text else text
    except ValueError:  # a number of thousands of digits
        return text
