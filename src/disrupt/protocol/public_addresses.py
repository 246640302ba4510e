"""Which addresses of the network a door leads to: public ones, and nothing that leads back into a house.

An address inside another one counts as what it leads to: IPv4-mapped, 6to4 (RFC 3056), Teredo (RFC 4380),
NAT64 (RFC 6052). Source of the list: IANA special-purpose address registries, RFC 6890.
"""

from __future__ import annotations

import ipaddress

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
# Beside what `is_global` knows, in any version of Python that we run on.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "::/96",
        "::ffff:0:0:0/96",
        "64:ff9b:1::/48",
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


def read(text: str) -> Address:
    """An address as the resolver writes it. Raises ValueError."""
    return ipaddress.ip_address(text.partition("%")[0])


def inside(address: Address) -> Address:
    """What an address leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether it is an address of the public network, and what it leads to as well."""
    leads_to = inside(address)
    if leads_to is not address:
        return is_public(leads_to)
    return address.is_global and not any(address in network for network in _NEVER)
