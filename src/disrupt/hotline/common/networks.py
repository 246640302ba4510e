"""Names networks, so that limits know a crowd without knowing anybody: in memory only (D10, docs/adr/0011).

A network is a keyed hash of the first 24 bits of an IPv4 address, or the first 48 of an IPv6 address; the key
is random, is renewed each day and is never written. Nothing here reaches a disk or a log.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import ipaddress
import secrets
import threading
from collections.abc import Callable
from typing import NewType

from django.conf import settings

from disrupt.hotline.common import clock

Network = NewType("Network", bytes)


_Net = ipaddress.IPv4Network | ipaddress.IPv6Network


@functools.cache
def _nets(texts: tuple[str, ...]) -> tuple[_Net, ...]:
    return tuple(ipaddress.ip_network(text, strict=False) for text in texts)


def read(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address as clients, proxies and sockets write it; None for what is none."""
    try:
        ip = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
    except ValueError:
        return None
    return ip.ipv4_mapped or ip if isinstance(ip, ipaddress.IPv6Address) else ip


def origin(peer: str, forwarded: str) -> str:
    """Where a request comes from: who connected, or, behind our own proxy only, whom it named last.

    What stands before in `X-Forwarded-For` was said by the client. A peer without an address is a Unix
    socket. Raises ValueError when settings.PROXIES holds what is no network (common.E005).
    """
    if not settings.BEHIND_PROXY or not forwarded:
        return peer
    ip = read(peer)
    if peer and (ip is None or not any(ip in net for net in _nets(tuple(settings.PROXIES)))):
        return peer
    return forwarded.rpartition(",")[2]


class Networks:
    """Gives addresses names that mean nothing tomorrow; `key` is asked for once a day."""

    def __init__(self, key: Callable[[dt.date], bytes] = lambda _day: secrets.token_bytes(32)) -> None:
        self._new_key = key
        self._lock = threading.Lock()
        self._day: dt.date | None = None
        self._key = b""

    def of(self, address: str) -> Network:
        """The network of an address; all that cannot be read are one."""
        today = clock.now().date()
        with self._lock:
            if today != self._day:
                self._day, self._key = today, self._new_key(today)
            key = self._key
        ip = read(address)
        prefix = b"unknown" if ip is None else ip.packed[: 3 if ip.version == 4 else 6]
        return Network(hashlib.blake2b(prefix, key=key, digest_size=16).digest())


NETWORKS = Networks()
