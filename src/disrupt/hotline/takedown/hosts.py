"""Taking a reported address apart: its exact form, its ASCII form, its host and who registered the name.

Nothing is fetched or resolved here. IDNA 2008 (RFC 5891) with the UTS 46 mapping, as browsers do it;
registrable names after the ICANN half of the Public Suffix List (https://publicsuffix.org): its private half
names hosting platforms, and `abuse@` a customer's own subdomain could reach the very uploader.
"""

from __future__ import annotations

import functools
import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import idna
from publicsuffixlist import PublicSuffixList

# Names that receive no mail on the public network (RFC 6761, RFC 6762, RFC 7686).
_NO_MAIL = ("onion", "local", "localhost", "internal", "invalid", "test", "example", "alt", "arpa")


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
    return Place(clean, ascii_form, host, port, _is_ip(host))


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


def site_of(host: str) -> str:
    """Whose site a host is of: the registered name, else the host itself."""
    return registrable(host) or host


def _percent(text: str) -> str:
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~-._")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _ascii_host(host: str) -> str:
    """The host in ASCII, lower case, without a trailing dot; "" if it is no name."""
    host = host.rstrip(".")
    if not host or _is_ip(host):
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        # Names with underscores exist in practice; anything else that is not letters, digits, - is refused.
        plain = host.lower()
        fine = plain.isascii() and all(c.isalnum() or c in "-_." for c in plain) and len(plain) <= 253
        return plain if fine else ""


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)


def registrable(host: str) -> str:
    """The name that somebody registered (`b.co.uk` of `a.b.co.uk`); "" for anything else."""
    if not host or _is_ip(host) or host.rpartition(".")[2] in _NO_MAIL:
        return ""
    return _suffixes().privatesuffix(host) or ""
