"""Content fetched by its address, through a door that opens to public hosts only."""

from __future__ import annotations

import asyncio
import socket

import httpx

from disrupt.partner.serve.http import Refused
from disrupt.protocol.public_addresses import is_public, read

_SECONDS = 20.0
_HOPS = 3
_PORTS = frozenset({80, 443})


def allowed(address: str) -> bool:
    """Whether an IP address, and the one that stands in it, are the public internet's."""
    return is_public(read(address))


async def _resolved(host: str, port: int) -> str:
    """One address of a host, all of which are public. Raises Refused."""
    try:
        told = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found = {str(info[4][0]) for info in told}
    except (OSError, ValueError, OverflowError) as error:
        raise Refused(400, "unknown_host", "the address' host is unknown") from error
    if not found or not all(allowed(address) for address in found):
        raise Refused(403, "private_address", "this address is not of the public internet")
    return sorted(found)[0]


async def fetch(address: str, most_bytes: int) -> bytes:
    """The content at an address; redirects pass the door anew. Raises Refused.

    One deadline holds for names, heads and bodies: a server that sends a byte now and then ends with it.
    """
    try:
        async with asyncio.timeout(_SECONDS), httpx.AsyncClient(timeout=5.0, trust_env=False) as client:
            for _ in range(_HOPS + 1):
                found = await _one(client, address, most_bytes)
                if isinstance(found, bytes):
                    return found
                address = found
    except TimeoutError as error:
        raise Refused(504, "too_slow", "the address took too long") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise Refused(502, "not_fetched", "the address cannot be fetched") from error
    raise Refused(502, "not_fetched", "the address leads on and on")


def _taken_apart(address: str) -> tuple[httpx.URL, int]:
    """An address and its port. Raises Refused."""
    try:
        url = httpx.URL(address)
        host = url.host
    except (httpx.InvalidURL, ValueError) as error:  # also what IDNA and UTF-8 cannot write
        raise Refused(400, "bad_address", "this is not an address") from error
    if url.scheme not in ("http", "https") or not host or url.userinfo:
        raise Refused(400, "bad_address", "an address begins with http:// or https:// and names a host")
    port = url.port or (443 if url.scheme == "https" else 80)
    if port not in _PORTS:
        raise Refused(403, "bad_port", "an address is fetched from the ports of the web only: 80 and 443")
    return url, port


async def _one(client: httpx.AsyncClient, address: str, most_bytes: int) -> bytes | str:
    """The content, or where a redirect leads. Raises Refused, httpx.HTTPError."""
    url, port = _taken_apart(address)
    # What was checked is what is connected to: a name may lead elsewhere a moment later.
    pinned = url.copy_with(host=await _resolved(url.host, port))
    headers = {"host": url.netloc.decode(), "accept-encoding": "identity"}
    request = httpx.Request("GET", pinned, headers=headers, extensions={"sni_hostname": url.host})
    answer = await client.send(request, stream=True)
    try:
        if answer.is_redirect and "location" in answer.headers:
            return str(url.join(answer.headers["location"]))
        if answer.status_code != 200:
            raise Refused(502, "not_fetched", f"the address answered {answer.status_code}")
        if answer.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
            # Unpacking is where bombs go off: a coding in a coding makes gigabytes of one packet.
            raise Refused(
                502, "not_fetched", "the address sends content that is packed, which nobody asked for"
            )
        pieces, size = [], 0
        async for piece in answer.aiter_raw():
            size += len(piece)
            if size > most_bytes:
                raise Refused(413, "media_too_large", f"content has at most {most_bytes:,} bytes")
            pieces.append(piece)
        return b"".join(pieces)
    finally:
        await answer.aclose()
