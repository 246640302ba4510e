"""What a page says of itself: title, words, pictures, forms; kept by nobody."""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urljoin

from disrupt.hotline.takedown.checks import hidden
from disrupt.hotline.takedown.checks.markup import End, Start, Text, marks
from disrupt.hotline.takedown.hosts import exact

_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "head"})
_MOST_MEDIA, _SHINGLE, _SKETCH = 40, 4, 200
# Of a page without end its beginning tells it apart.
_MOST_WORDS = 8000
# The longest address of a picture that is followed.
_LONGEST = 2000
# What Python knows beside them: halves of characters, minutes for a long text, errors whatever one asks for.
_NOBODYS = frozenset(
    {"unicode_escape", "raw_unicode_escape", "utf-7", "punycode", "idna", "undefined", "unicode-escape"}
)
_CHARSET = re.compile(rb"charset=[\"']?([A-Za-z0-9_-]{2,40})", re.IGNORECASE)


@dataclass
class Page:
    """A page taken apart."""

    title: str = ""
    heading: str = ""
    text: str = ""
    media: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    """Pictures that none of its marks names; most are a site's ornaments."""
    asks_password: bool = False
    scripts: int = 0
    refresh: str = ""

    @property
    def pictures(self) -> list[str]:
        """All of them, those of its marks first."""
        return list(dict.fromkeys([*self.media, *self.hidden]))[:_MOST_MEDIA]


class _Reader:
    def __init__(self, base: str) -> None:
        self.page, self._base = Page(), base
        self._silent, self._within, self._holds = 0, "", ""
        self._words: list[str] = []

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        if tag == "script":
            is_data = "ld+json" in given.get("type", "").lower()
            self.page.scripts += not is_data
            self._holds = "data" if is_data else ""
        elif tag == "style":
            self._holds = "styles"
        if "url(" in given.get("style", ""):
            self._hide(hidden.in_styles(given["style"]))
        if tag in _SILENT and tag != "head":
            self._silent += 1
        elif tag in {"title", "h1"}:
            self._within = tag
        elif tag == "input" and given.get("type", "").lower() == "password":
            self.page.asks_password = True
        elif tag == "meta":
            self._meta(given)
        elif tag == "link" and "image_src" in given.get("rel", ""):
            self._add(given.get("href", ""))
        elif tag in {"img", "source", "video", "audio", "embed"}:
            for name in ("src", "data-src", "poster"):
                self._add(given.get(name, ""))
            for one in given.get("srcset", "").split(","):
                self._add(one.strip().partition(" ")[0])

    def _meta(self, given: Mapping[str, str]) -> None:
        if given.get("property", given.get("name", "")).lower() in {"og:image", "og:video", "twitter:image"}:
            self._add(given.get("content", ""))
        if given.get("http-equiv", "").lower() == "refresh":
            self.page.refresh = given.get("content", "").partition("=")[2].strip(" '\"")

    def _add(self, address: str) -> None:
        if len(self.page.media) < _MOST_MEDIA and (whole := self._whole(address)):
            self.page.media.append(whole)

    def _hide(self, addresses: Iterable[str]) -> None:
        for address in addresses:
            if len(self.page.hidden) < _MOST_MEDIA and (whole := self._whole(address)):
                self.page.hidden.append(whole)

    def _whole(self, address: str) -> str:
        """An address of a picture as it is followed; "" for one that is none."""
        if not address or address.startswith("data:"):
            return ""
        try:
            whole = exact(urljoin(self._base, address.strip()))
        except ValueError:
            return ""
        return whole if len(whole) <= _LONGEST else ""

    def end(self, tag: str) -> None:
        self._holds = ""
        if tag in _SILENT and tag != "head":
            self._silent = max(0, self._silent - 1)
        if tag == self._within:
            self._within = ""

    def words(self, data: str) -> None:
        if self._holds:
            self._hide(hidden.in_data(data) if self._holds == "data" else hidden.in_styles(data))
            self._holds = ""
        if self._silent:
            return
        if self._within == "title":
            self.page.title += data
            return
        if self._within == "h1":
            self.page.heading += f" {data}"
        self._words.append(data)

    def done(self) -> Page:
        page = self.page
        page.text = " ".join(" ".join(self._words).split())
        page.title, page.heading = " ".join(page.title.split()), " ".join(page.heading.split())
        return page


def read(body: bytes, content_type: str, base: str) -> Page:
    """Take a page apart; nonsense gives a page with little in it, never an error."""
    found = _CHARSET.search(content_type.encode("latin-1", "replace")) or _CHARSET.search(body[:2048])
    text = decoded(body, found[1].decode() if found else "utf-8")
    reader = _Reader(base)
    for mark in marks(text):
        match mark:
            case Text(words):
                reader.words(words)
            case Start(tag, given):
                reader.start(tag, given)
            case End(tag):
                reader.end(tag)
    return reader.done()


def decoded(body: bytes, named: str) -> str:
    """The words of what a stranger sent, in the encoding that they name, if it is one of pages and mails."""
    try:
        known = codecs.lookup(named).name
        return body.decode("utf-8" if known in _NOBODYS else known, "replace")
    except (LookupError, ValueError):
        return body.decode("utf-8", "replace")


def is_page(content_type: str, body: bytes) -> bool:
    """Whether it is a page of words, or a file."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind in {"text/html", "application/xhtml+xml"}:
        return True
    return not kind and body.lstrip()[:1] == b"<"


@dataclass(frozen=True)
class Shape:
    """What two answers are compared by: where they led, words in fours, pictures; all as digests."""

    status: int
    landed: str
    words: tuple[str, ...]
    media: tuple[str, ...]
    digest: str

    def as_data(self) -> dict[str, object]:
        return {
            "status": self.status,
            "landed": self.landed,
            "words": list(self.words),
            "media": list(self.media),
            "digest": self.digest,
        }

    @classmethod
    def from_data(cls, data: dict[str, object]) -> Shape:
        found = json.loads(json.dumps(data))
        return cls(
            found["status"], found["landed"], tuple(found["words"]), tuple(found["media"]), found["digest"]
        )


def _digests(values: Iterable[str], most: int) -> tuple[str, ...]:
    found = {hashlib.blake2b(value.encode("utf-8", "replace"), digest_size=8).hexdigest() for value in values}
    return tuple(sorted(found)[:most])


def shape_of(status: int, landed: str, page: Page | None, body: bytes) -> Shape:
    """The shape of an answer; `landed` is the path where it led, "" for the address itself."""
    words = page.text.lower().split(maxsplit=_MOST_WORDS)[:_MOST_WORDS] if page else []
    fours = (" ".join(words[n : n + _SHINGLE]) for n in range(max(1, len(words) - _SHINGLE + 1)))
    return Shape(
        status,
        landed,
        _digests(fours, _SKETCH) if words else (),
        _digests(page.media if page else (), _MOST_MEDIA),
        hashlib.sha256(body).hexdigest(),
    )


def likeness(one: Shape, other: Shape) -> float:
    """How alike the words of two answers are, from 0 to 1 (Broder's resemblance on bottom-k sketches)."""
    a, b = set(one.words), set(other.words)
    if not a or not b:
        return 1.0 if a == b else 0.0
    both = set(sorted(a | b)[:_SKETCH])
    return len(a & b & both) / len(both)
