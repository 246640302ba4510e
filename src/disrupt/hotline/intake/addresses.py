"""Reads the web addresses that a person types or pastes: forgiving about form, strict about what is kept."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

LONGEST = 2048

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:(?!\d+(?:/|$))", re.IGNORECASE)
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
# What surrounds an address in a message, and never ends one.
_AROUND = "<>\"'`«»“”‘’,;"
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_PART = re.compile(r"[^\s/?#@:%\\\[\]<>\"'()]+\Z")


class NotAnAddress(ValueError):
    """What was typed is not the address of a page: it has no host name, or is not http(s)."""


def clean(typed: str) -> str:
    """The address in full, e.g. `example.org/a` as `https://example.org/a`. Raises NotAnAddress."""
    text = _UNSEEN.sub("", typed).strip().strip(_AROUND).strip().replace(" ", "%20")
    if not text or len(text) > LONGEST:
        raise NotAnAddress("An address has between 1 and 2048 characters.")
    if not _SCHEME.match(text):
        text = f"https://{text.lstrip('/')}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAnAddress("This is not the address of a page.") from None
    if parts.scheme.lower() not in {"http", "https"} or not _is_host(host):
        raise NotAnAddress("This is not the address of a page.")
    user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
    shown = f"[{host}]" if ":" in host else host
    netloc = f"{user}{shown}{f':{port}' if port is not None else ''}"
    return urlunsplit((parts.scheme.lower(), netloc, parts.path or "/", parts.query, parts.fragment))


def _is_host(host: str) -> bool:
    if ":" in host:  # urlsplit has checked what stands in brackets
        return True
    if not _PART.match(host) or not ("." in host.strip(".") or host == "localhost"):
        return False
    try:
        host.rstrip(".").encode("idna")
    except UnicodeError:
        return False
    return True


def split(pasted: str) -> list[str]:
    """The addresses in a pasted text: one a line, or several, or in the midst of a message."""
    found: list[str] = []
    for line in pasted.splitlines():
        webs = _WEB.findall(line)
        found += webs or [word for word in line.split() if word.strip(_AROUND)]
    return [word.lstrip(_AROUND).rstrip(_AROUND + ".") for word in found]


def distinct(addresses: list[str]) -> tuple[str, ...]:
    """Each address once, in the order in which they came."""
    return tuple(dict.fromkeys(addresses))
