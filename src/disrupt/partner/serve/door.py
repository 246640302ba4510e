"""Content fetched by its address, through a door that opens to public hosts only."""

from __future__ import annotations

import ipaddress
import socket
import time

import httpx

from disrupt.partner.serve.http import Refused

_SECONDS = 20.0
_HOPS = 3


def allowed(address: str) -> bool:
    """Whether an IP address is one of the public internet's."""
    found = ipaddress.ip_address(address)
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)


def _resolved(host: str, port: int) -> str:
    """One address of a host, all of which are public. Raises Refused."""
    try:
        found = {str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise Refused(400, "unknown_host", "the address' host is unknown") from error
    if not found or not all(allowed(address) for address in found):
        raise Refused(403, "private_address", "this address is not of the public internet")
    return sorted(found)[0]


def fetch(address: str, most_bytes: int) -> bytes:
    """The content at an address; redirects pass the door anew. Raises Refused."""
    deadline = time.monotonic() + _SECONDS
    for _ in range(_HOPS + 1):
        try:
            url = httpx.URL(address)
        except httpx.InvalidURL as error:
            raise Refused(400, "bad_address", "this is not an address") from error
        if url.scheme not in ("http", "https") or not url.host or url.userinfo:
            raise Refused(400, "bad_address", "an address begins with http:// or https:// and names a host")
        port = url.port or (443 if url.scheme == "https" else 80)
        # What was checked is what is connected to: a name may lead elsewhere a moment later.
        pinned = url.copy_with(host=_resolved(url.host, port))
        request = httpx.Request(
            "GET", pinned, headers={"host": url.netloc.decode()}, extensions={"sni_hostname": url.host}
        )
        try:
            with httpx.Client(timeout=5.0, trust_env=False) as client:
                answer = client.send(request, stream=True)
                if answer.is_redirect:
                    address = str(url.join(answer.headers["location"]))
                    continue
                if answer.status_code != 200:
                    raise Refused(502, "not_fetched", f"the address answered {answer.status_code}")
                return _read(answer, most_bytes, deadline)
        except (httpx.HTTPError, KeyError) as error:
            raise Refused(502, "not_fetched", "the address cannot be fetched") from error
    raise Refused(502, "not_fetched", "the address leads on and on")


def _read(answer: httpx.Response, most_bytes: int, deadline: float) -> bytes:
    pieces, size = [], 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > most_bytes:
            raise Refused(413, "media_too_large", f"content has at most {most_bytes:,} bytes")
        if time.monotonic() > deadline:
            raise Refused(504, "too_slow", "the address took too long")
        pieces.append(piece)
    return b"".join(pieces)
