"""The door: a page of the public network is fetched, and nothing behind our own walls can be.

Each name is resolved once; every address that it has must be public; the connection goes to the very address
that was checked, so that a name that changes its mind (DNS rebinding) gains nothing. Redirects are followed
by hand, each through the same door. No cookies, no proxies, no referrer; credentials only where `call` speaks
to a service of our choice; one deadline for all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urljoin, urlsplit

import idna
from django.conf import settings

from disrupt.hotline.common.outbound import names
from disrupt.hotline.common.outbound.egress import Egress
from disrupt.hotline.common.outbound.errors import (
    ByDesign,
    Forbidden,
    NotConnected,
    TooManyRedirects,
    Unreachable,
)
from disrupt.hotline.common.outbound.pace import Manner, Pace
from disrupt.hotline.common.outbound.wire import Limits, Request, Response, Watch, exchange
from disrupt.hotline.common.sites import site_of
from disrupt.protocol.public_addresses import Address, is_public, read

_PORTS = {"http": 80, "https": 443}
# No resolver may be asked for the first (RFC 7686).
_OTHER_NETWORK, _OTHER_SCHEMES = ".onion", frozenset({"ipfs", "ipns", "dweb", "magnet"})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_ADDRESSES = 3
_PAGES = "text/html,application/xhtml+xml,*/*;q=0.5"
# Who sends us on, usually to a page of their own, is called again after the usual pause.
_PATIENCE = 5.0


# What was agreed with a host; None where it is the usual.
Manners = Callable[[str], Manner | None]


def _usual(_host: str) -> Manner | None:
    return None


@dataclass(frozen=True)
class Place:
    """Where a request goes: an address of the web taken apart, the host in ASCII."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.target}"


@dataclass(frozen=True)
class Fetched:
    """What was fetched, from where in the end, and through which addresses it went there."""

    url: str
    response: Response
    hops: tuple[tuple[str, int], ...]
    address: Address


@dataclass(frozen=True)
class Door:
    """Fetches pages. `resolve` is the system's; a test that plays the name server gives its own."""

    resolve: names.Resolve = names.system
    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    egress: Egress | None = None
    manner: Manners = _usual

    def addresses(self, url: str) -> list[Address]:
        """The public addresses of a page's host. Raises Forbidden, NoSuchName, NameTrouble."""
        return self._checked(take_apart(url), Watch(self.limits))

    def get(
        self,
        url: str,
        limits: Limits | None = None,
        *,
        patience: float = 0.0,
        accept: str = _PAGES,
        more: Mapping[str, str] | None = None,
    ) -> Fetched:
        """Fetch a page and follow where it sends; wait so long for a turn. Raises DoorError.

        `more`: header fields of the first request only: they are about the page that was asked for.
        """
        watch = Watch(limits or self.limits)
        place = take_apart(url)
        hops: list[tuple[str, int]] = []
        while True:
            head = {**_head(place, accept), **({} if hops else more or {})}
            response, address = self._one(place, watch, _PATIENCE if hops else patience, head)
            hops.append((place.url, response.status))
            onward = response.headers.get("location", "")
            if response.status not in _REDIRECTS or not onward:
                return Fetched(place.url, response, tuple(hops), address)
            following = take_apart(urljoin(place.url, onward.strip()))
            if place.scheme == "https" and following.scheme == "http":
                # Never from safe to unsafe: what it says is the answer.
                return Fetched(place.url, response, tuple(hops), address)
            if len(hops) > watch.limits.redirects or following.url in {seen for seen, _status in hops}:
                raise TooManyRedirects("It was sent on and on, or in a circle.")
            place = following

    def call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes = b"", *, patience: float = 0.0
    ) -> Fetched:
        """One request to a service that we chose: nothing that it says leads elsewhere. Raises DoorError."""
        place, watch = take_apart(url), Watch(self.limits)
        head = {**_head(place, "*/*"), **headers}
        if body:
            head["Content-Length"] = str(len(body))
        response, address = self._one(place, watch, patience, head, method, body)
        return Fetched(place.url, response, ((place.url, response.status),), address)

    def _one(
        self,
        place: Place,
        watch: Watch,
        patience: float,
        head: Mapping[str, str],
        method: str = "GET",
        body: bytes = b"",
    ) -> tuple[Response, Address]:
        addresses = self._checked(place, watch)
        asked = watch.monotonic()
        manner = self.manner(place.host)
        with self.pace.turn(f"site:{site_of(place.host)}", patience, manner) as of_site:
            watch.paused(watch.monotonic() - asked)
            for number, address in enumerate(addresses[:_MOST_ADDRESSES], 1):
                with self.pace.turn(f"address:{address}", patience, manner) as of_address:
                    secure = place.scheme == "https"
                    request = Request(
                        address, place.port, place.host, place.target, secure, head, method, body,
                        self.egress,
                    )  # fmt: skip
                    try:
                        response = exchange(request, watch)
                    except NotConnected:
                        if number < len(addresses[:_MOST_ADDRESSES]):
                            continue
                        raise
                    for turn in (of_site, of_address):
                        turn.heard(response.status, response.headers.get("retry-after", ""))
                    return response, address
        raise Unreachable("There is no connection.")

    def _checked(self, place: Place, watch: Watch) -> list[Address]:
        """The addresses of a place, every one of them public. Raises Forbidden, NoSuchName, NameTrouble."""
        try:
            found = [read(place.host)]
        except ValueError:
            found = self.resolve(place.host, min(10.0, watch.left()))
        allowed = f"{place.host}:{place.port}" in _reachable()
        if not allowed and place.port not in _PORTS.values():
            raise Forbidden("Not a port of the web.")
        if not found or not (allowed or all(is_public(address) for address in found)):
            raise Forbidden("Not an address of the public network.")
        return found


def _reachable() -> frozenset[str]:
    """What a demonstration or a test may reach on this machine: `127.0.0.1:8080`; nothing in service."""
    return frozenset(settings.REACHABLE if settings.INSECURE_LOOPBACK else ())


def take_apart(url: str) -> Place:
    """An address of the web. Raises Forbidden, ByDesign."""
    try:
        parts = urlsplit(url.strip())
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        raise Forbidden("This is no address of the web.") from None
    scheme = parts.scheme.lower()
    if scheme in _OTHER_SCHEMES or host.endswith(_OTHER_NETWORK):
        raise ByDesign("It is on a network that is not the web's.")
    if scheme not in _PORTS or not host:
        raise Forbidden("This is no address of the web.")
    target = quote(parts.path or "/", safe="/%!$&'()*+,;=:@~-._")
    if parts.query:
        target += "?" + quote(parts.query, safe="/?%!$&'()*+,;=:@~-._[]")
    return Place(scheme, host, port or _PORTS[scheme], target)


def _ascii(host: str) -> str:
    host = host.rstrip(".")
    try:
        return str(read(host))
    except ValueError:
        pass
    try:
        return idna.encode(host, uts46=True).decode() if host else ""
    except idna.IDNAError:
        plain = host.lower()
        if not all(c.isalnum() or c in "-_." for c in plain) or not plain.isascii() or len(plain) > 253:
            raise ValueError(host) from None
        return plain


def _head(place: Place, accept: str) -> Mapping[str, str]:
    host = f"[{place.host}]" if ":" in place.host else place.host
    port = "" if place.port == _PORTS[place.scheme] else f":{place.port}"
    return {
        "Host": f"{host}{port}",
        "User-Agent": f"Disrupt/1 (+{settings.PORTAL_URL})",
        "Accept": accept,
        "Accept-Encoding": "identity",
        "Connection": "close",
    }
