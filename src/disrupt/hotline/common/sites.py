"""Whose site a host is of: the name that somebody registered.

After the ICANN half of the Public Suffix List (https://publicsuffix.org): its private half names hosting
platforms, and a customer's own subdomain is not who runs the machine.
"""

from __future__ import annotations

import functools
import ipaddress

from publicsuffixlist import PublicSuffixList

# Names that are not on the public network (RFC 6761, RFC 6762, RFC 7686).
_NOT_PUBLIC = ("onion", "local", "localhost", "internal", "invalid", "test", "example", "alt", "arpa")


@functools.cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList(only_icann=True, accept_unknown=False)


def is_ip(host: str) -> bool:
    """Whether a host is an address of the network, not a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def registrable(host: str) -> str:
    """The name that somebody registered (`b.co.uk` of `a.b.co.uk`); "" for anything else."""
    if not host or is_ip(host) or host.rpartition(".")[2] in _NOT_PUBLIC:
        return ""
    return _suffixes().privatesuffix(host) or ""


def site_of(host: str) -> str:
    """The registered name, else the host itself."""
    return registrable(host) or host
