"""Reads one web address that a person types: forgiving about form, strict about what is kept."""

from __future__ import annotations

import enum
import re
import unicodedata
from urllib.parse import quote, urlsplit, urlunsplit

import idna

LONGEST = 2048

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d+(?:/|$))", re.IGNORECASE)
# “https:” as it is mistyped or cut off when copied: `https//`, `ttps://`, `https:\\`, `hxxps://`.
_MISTYPED = re.compile(
    r"^h{0,2}(?:t{1,3}|xx)p(s?)(?:[:;]{1,2}[/\\]{0,3}|[/\\]{2})(?=[^\s/\\])", re.IGNORECASE
)
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
# Without “https://”, in the midst of words: a host and a path, or a host that says so.
_LIKE = re.compile(r"(?:www\.[^\s/]+|[^\s/@:]+\.[^\s/@:.]{2,}/)", re.IGNORECASE)
# It looks at a row of commas once: at each of a million it would hold the portal for hours.
_BETWEEN = re.compile(r"(?<![,;|])[,;|]+(?=https?://)", re.IGNORECASE)
_EMAIL = re.compile(r"(?:mailto:)?[^\s/@:]+@[^\s/@:]+\Z", re.IGNORECASE)
_FILE = re.compile(
    r"[^/?#]+\.(?:jpe?g|png|gif|webp|heic|heif|bmp|mp4|mov|avi|mkv|webm|pdf|docx?)\Z", re.IGNORECASE
)
_FOLDER = re.compile(r"[a-z]:[/\\]|file:|/(?:storage|sdcard|home|users|var|private)/|content:", re.IGNORECASE)
# What surrounds an address in a message, and never ends one.
_MOST_AROUND = 100
_AROUND = "<>\"'`«»“”‘’,;|*"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_PART = re.compile(r"[^\s/?#@:%\\\[\]<>\"'()]+\Z")
_DEFAULT_PORT = {"http": 80, "https": 443}


class Why(enum.StrEnum):
    """Why a text is not the address of a page."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    EMAIL = "email"
    FILE = "file"
    NOT_WEB = "not_web"
    WORDS = "words"
    BROKEN = "broken"
    TOO_MUCH = "too_much"


class NotAnAddress(ValueError):
    """What was typed is not the address of a page; `why` is what it looks like instead."""

    def __init__(self, why: Why) -> None:
        super().__init__(f"This is not the address of a page: {why}.")
        self.why = why


def clean(typed: str) -> str:
    """The address in full, e.g. `example.org/a` as `https://example.org/a`. Raises NotAnAddress.

    The host is kept as machines write it (`xn--...`), so that the same page is one address and a letter of
    another alphabet deceives nobody; what cannot be seen is kept percent-encoded, because it may matter.
    """
    text = _strip(_CONTROL.sub("", typed[: 2 * LONGEST]))
    if not text or len(text) > LONGEST:
        raise NotAnAddress(Why.TOO_LONG if text else Why.EMPTY)
    if _EMAIL.match(text):
        raise NotAnAddress(Why.EMAIL)
    if _FOLDER.match(text) or (_FILE.match(text) and not _SCHEME.match(text)):
        raise NotAnAddress(Why.FILE)
    text = _with_scheme(text.replace("[.]", "."))
    try:
        parts = urlsplit(text)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        raise NotAnAddress(Why.BROKEN) from None
    scheme = parts.scheme.lower()
    if not host:
        raise NotAnAddress(Why.WORDS if _is_words(typed) else Why.BROKEN)
    user = f"{_quoted(parts.netloc.rpartition('@')[0])}@" if "@" in parts.netloc else ""
    shown = f"[{host}]" if ":" in host else host
    if port is not None and port != _DEFAULT_PORT[scheme]:
        shown = f"{shown}:{port}"
    rest = (_quoted(part) for part in (parts.path or "/", parts.query, parts.fragment))
    url = urlunsplit((scheme, f"{user}{shown}", *rest))
    if len(url) > LONGEST:
        raise NotAnAddress(Why.TOO_LONG)
    return url


def _strip(text: str) -> str:
    """Without what surrounds an address: quotes, brackets, what cannot be seen."""
    for _round in range(_MOST_AROUND):
        before, text = text, _trim_unseen(text.strip().strip(_AROUND)).lstrip("(")
        for opening, closing in ("()", "[]"):
            spare = min(text.count(closing) - text.count(opening), len(text) - len(text.rstrip(closing)))
            text = text[: len(text) - max(spare, 0)]
        if text == before:
            break
    return text


def _trim_unseen(text: str) -> str:
    start, end = 0, len(text)
    while start < end and _UNSEEN.match(text[start]):
        start += 1
    while end > start and _UNSEEN.match(text[end - 1]):
        end -= 1
    return text[start:end]


def _with_scheme(text: str) -> str:
    """Raises NotAnAddress when the text names another scheme, such as javascript."""
    mistyped = _MISTYPED.match(text)
    if mistyped:
        rest = text[mistyped.end() :].replace("\\", "/")
        return f"http{mistyped[1].lower()}://{rest}"
    if _SCHEME.match(text):
        raise NotAnAddress(Why.WORDS if re.match(r"[^:/]+:(?!/)\s", text) else Why.NOT_WEB)
    return f"https://{text.lstrip('/')}"


def _quoted(text: str) -> str:
    """Letters of every alphabet stay; spaces, quotes, brackets and what cannot be seen are encoded."""
    return "".join(
        quote(c)
        if c in ' <>"{}|\\^`'
        or (not c.isascii() and unicodedata.category(c) in {"Cf", "Cc", "Zs", "Zl", "Zp", "Cs"})
        else c
        for c in text
    )


def _host(host: str) -> str:
    """The host as machines write it; empty when it is none."""
    if ":" in host:  # urlsplit has checked what stands in brackets
        return host
    host = _UNSEEN.sub("", host).rstrip(".")
    if not host.isascii():
        try:
            host = idna.encode(host, uts46=True).decode()
        except idna.IDNAError:
            return ""
    if not _PART.match(host) or not ("." in host.strip(".") or host == "localhost"):
        return ""
    fits = all(0 < len(label) <= 63 for label in host.split(".")) and len(host) <= 253
    return host if fits else ""


def _is_words(typed: str) -> bool:
    """Whether somebody wrote words or a name rather than something like an address."""
    return "/" not in typed and "." not in typed.strip().strip(".")


def split(pasted: str) -> list[str]:
    """The addresses in a pasted text: one a line, or several, or in the midst of a message."""
    return [piece for line in pasted.splitlines() for piece in pieces(line)]


def pieces(line: str) -> list[str]:
    """What may be addresses in one line: what begins like one, else what looks like one, else every word."""
    words = _BETWEEN.sub(" ", line).split()
    webs = [_WEB.findall(word) for word in words]
    sure = [
        found or ([word] if _LIKE.match(word.lstrip(_AROUND + "(")) else [])
        for found, word in zip(webs, words, strict=True)
    ]
    found = [one for some in sure for one in some] or words
    return [piece for word in found if (piece := _ending(word))]


def _ending(word: str) -> str:
    """Without the full stop, the comma or the bracket of the sentence it stands in."""
    if len(word) > 2 * LONGEST:
        return word  # it is none, and will be refused for its length
    return _strip(_strip(word).rstrip(".!"))


def distinct(addresses: list[str]) -> tuple[str, ...]:
    """Each address once, in the order in which they came."""
    return tuple(dict.fromkeys(addresses))
