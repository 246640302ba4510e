"""Names networks, so that limits know a crowd without knowing anybody: in memory only (D10, docs/adr/0011).

A network is a keyed hash of the first 24 bits of an IPv4 address, or the first 48 of an IPv6 address; the key
is random, is renewed each day and is never written. Nothing here reaches a disk or a log.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import secrets
import threading
from typing import NewType

from disrupt.hotline.common import clock

Network = NewType("Network", bytes)


class Networks:
    """Gives addresses names that mean nothing tomorrow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: dt.date | None = None
        self._key = b""

    def of(self, address: str) -> Network:
        """The network of an address; all that cannot be read are one."""
        today = clock.now().date()
        with self._lock:
            if today != self._day:
                self._day, self._key = today, secrets.token_bytes(32)
            key = self._key
        try:
            ip = ipaddress.ip_address(address.strip().strip("[]").partition("%")[0])
        except ValueError:
            prefix = b"unknown"
        else:
            if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped:
                ip = ip.ipv4_mapped
            prefix = ip.packed[:3] if ip.version == 4 else ip.packed[:6]
        return Network(hashlib.blake2b(prefix, key=key, digest_size=16).digest())


NETWORKS = Networks()
