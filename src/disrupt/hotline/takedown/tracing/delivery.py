"""Content delivery networks as data: published ranges of addresses are proof, headers are hints (D12)."""

from __future__ import annotations

import datetime as dt
import functools
import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass

from disrupt.hotline.takedown import packaged
from disrupt.protocol.public_addresses import Address

_Net = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Network:
    """One content delivery network: its ranges, the headers that it likes to add, where abuse is reported."""

    name: str
    ranges: tuple[_Net, ...]
    headers: Mapping[str, str]
    form: str


@dataclass(frozen=True)
class Known:
    """A version of the list."""

    version: str
    checked_on: dt.date
    networks: tuple[Network, ...]


@functools.cache
def known() -> Known:
    raw = json.loads(packaged.versions_of("networks")[-1])
    networks = (
        Network(n["name"], tuple(map(ipaddress.ip_network, n["ranges"])), dict(n["headers"]), n["form"])
        for n in raw["networks"]
    )
    return Known(raw["version"], dt.date.fromisoformat(raw["checked_on"]), tuple(networks))


def by_range(address: Address) -> Network | None:
    """The network that has published this address as its own."""
    return next((one for one in known().networks if any(address in net for net in one.ranges)), None)


def by_headers(headers: Mapping[str, str]) -> Network | None:
    """The network that an answer's headers speak of: a hint, because the site writes them."""
    for one in known().networks:
        signs = one.headers.items()
        if signs and all(name in headers and part in headers[name].lower() for name, part in signs):
            return one
    return None
