"""Taking a reported address apart: its exact form, its ASCII form, its host.

Nothing is fetched or resolved here. IDNA 2008 (RFC 5891) with the UTS 46 mapping, as browsers do it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import idna

from disrupt.hotline.common.sites import is_ip


@dataclass(frozen=True)
class Place:
    """An address taken apart. `host` and `ascii` are ASCII; `host` is "" where there is none."""

    exact: str
    ascii: str
    host: str
    port: int | None
    is_ip: bool


def _is_control(character: str) -> bool:
    """Controls, line separators and invisible format characters (bidirectional overrides among them)."""
    return unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs"}


def exact(url: str) -> str:
    """The address as reported, on one line: what could break or disguise a line is percent-encoded."""
    return "".join(
        quote(c.encode("utf-8", "surrogatepass"), safe="") if _is_control(c) or c == " " else c
        for c in url.strip()
    )


def take_apart(url: str) -> Place:
    """Never raises: an address that cannot be parsed has no host, and is then a person's task."""
    clean = exact(url)
    try:
        parts = urlsplit(clean)
        host, port = _ascii_host(parts.hostname or ""), parts.port
    except ValueError:
        return Place(clean, _percent(clean), "", None, is_ip=False)
    if not host:
        return Place(clean, _percent(clean), "", None, is_ip=False)
    written = f"[{host}]" if ":" in host else host
    authority = written if port is None else f"{written}:{port}"
    rest = clean.split("://", 1)[-1]
    tail = rest[len(parts.netloc) :]
    ascii_form = f"{parts.scheme}://{authority}{_percent(tail)}"
    return Place(clean, ascii_form, host, port, is_ip(host))


_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalised(url: str) -> str:
    """One spelling for addresses that every client takes for the same; even the fragment may matter."""
    place = take_apart(url)
    if not place.host:
        return place.ascii
    scheme, _, rest = place.ascii.partition("://")
    authority, tail = re.match(r"([^/?#]*)(.*)", rest, re.DOTALL).groups()  # type: ignore[union-attr]
    if place.port == _DEFAULT_PORTS.get(scheme):
        authority = authority.rpartition(":")[0]
    if not tail.startswith("/"):
        tail = f"/{tail}"
    tail = re.sub(r"%[0-9a-fA-F]{2}", lambda m: m[0].upper(), tail)
    return f"{scheme}://{authority}{tail}"


def _percent(text: str) -> str:
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~-._")


def _ascii_host(host: str) -> str:
    """The host in ASCII, lower case, without a trailing dot; "" if it is no name."""
    host = host.rstrip(".")
    if not host or is_ip(host):
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        # Names with underscores exist in practice; anything else that is not letters, digits, - is refused.
        plain = host.lower()
        fine = plain.isascii() and all(c.isalnum() or c in "-_." for c in plain) and len(plain) <= 253
        return plain if fine else ""
