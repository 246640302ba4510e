"""Asking the registries (RDAP): which one knows is read from IANA's lists (RFC 9224), kept for a day.

Who holds a network is kept by its prefix for a week, so that thousands of addresses on one network ask once.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import json
import threading
from collections.abc import Callable, Iterator

from django.conf import settings
from django.db.models import QuerySet

from disrupt.hotline.common import clock
from disrupt.hotline.common.numerals import NotANumber, whole
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.takedown.models import Holder
from disrupt.hotline.takedown.tracing import rdap

KEPT, KEPT_UNKNOWN, LISTS_KEPT = dt.timedelta(days=7), dt.timedelta(hours=1), dt.timedelta(days=1)
_ACCEPT = "application/rdap+json, application/json;q=0.9"
_PATIENCE = 20.0
NETWORK, NAME, SYSTEM = "network", "name", "autnum"

_lists: dict[str, tuple[dt.datetime, list[tuple[list[str], str]]]] = {}
_lock = threading.Lock()


class NobodyKnows(Exception):
    """No registry says who holds it."""


def holder_of_network(address: str, door: Door) -> Holder | None:
    """Who holds the network that an address is of; None where no registry says. Raises DoorError."""
    at = rdap.hexadecimal(address)
    known = _fresh().filter(kind=NETWORK, first__lte=at, last__gte=at).order_by("-first", "last").first()
    if known is None:
        unknown = rdap.Holding(address, "", "", (), at, at)
        known = _ask(NETWORK, address, f"ip/{address}", rdap.network, unknown, door)
    return known if known.name or known.contacts else None


def registrar_of(name: str, door: Door) -> Holder | None:
    """The registrar of a registered name; None where no registry says. Raises DoorError."""
    known = _fresh().filter(kind=NAME, key=name).first()
    if known is None:
        unknown = rdap.Holding(name, "", "", ())
        known = _ask(NAME, name, f"domain/{name}", lambda raw: rdap.registration(raw, name), unknown, door)
    return known if known.name or known.contacts else None


def holder_of_system(number: int, door: Door) -> Holder | None:
    """Who runs an autonomous system; None where no registry says. Raises DoorError."""
    key = str(number)
    known = _fresh().filter(kind=SYSTEM, key=key).first()
    if known is None:
        unknown = rdap.Holding(key, "", "", ())
        known = _ask(SYSTEM, key, f"autnum/{key}", lambda raw: rdap.system(raw, key), unknown, door)
    return known if known.name or known.contacts else None


def _fresh() -> QuerySet[Holder]:
    return Holder.objects.filter(until__gt=clock.now())


def _ask(
    kind: str, what: str, path: str, read: Callable[[bytes], rdap.Holding], unknown: rdap.Holding, door: Door
) -> Holder:
    holding, kept = unknown, KEPT_UNKNOWN
    try:
        fetched = door.get(_server_for(kind, what, door) + path, patience=_PATIENCE, accept=_ACCEPT)
        if fetched.response.status == 200:
            holding, kept = read(fetched.response.body), KEPT
        elif fetched.response.status != 404:
            raise errors.BadAnswer("The registry did not say.")
    except (NobodyKnows, rdap.BadAnswer):
        pass
    fields = {
        "name": holding.name,
        "country": holding.country,
        "contacts": list(holding.contacts),
        "first": holding.first,
        "last": holding.last,
        "origins": list(holding.origins),
        "until": clock.now() + kept,
    }
    holder, _made = Holder.objects.update_or_create(kind=kind, key=holding.key, defaults=fields)
    return holder


def _server_for(kind: str, what: str, door: Door) -> str:
    """The registry that knows, by the longest entry that fits. Raises NobodyKnows, DoorError."""
    if kind == NAME:
        ending = what.rpartition(".")[2]
        found = [server for entries, server in _list("dns.json", door) if ending in entries]
        if not found:
            raise NobodyKnows(ending)
        return found[0]
    if kind == SYSTEM:
        for entries, one in _list("asn.json", door):
            if any(_within(whole(what), entry) for entry in entries):
                return one
        raise NobodyKnows(what)
    ip = ipaddress.ip_address(what)
    best, server = -1, ""
    for entries, one in _list(f"ipv{ip.version}.json", door):
        for entry in entries:
            net = ipaddress.ip_network(entry, strict=False)
            if net.version == ip.version and ip in net and net.prefixlen > best:
                best, server = net.prefixlen, one
    if not server:
        raise NobodyKnows(what)
    return server


def _within(number: int, entry: str) -> bool:
    first, _dash, last = entry.partition("-")
    try:
        return whole(first) <= number <= whole(last or first)
    except NotANumber:
        return False


def _list(name: str, door: Door) -> list[tuple[list[str], str]]:
    """One of IANA's lists: entries, and the server for them. Raises NobodyKnows, DoorError."""
    if not settings.RDAP_LISTS:
        raise NobodyKnows(name)
    address, now = settings.RDAP_LISTS.rstrip("/") + "/" + name, clock.now()
    with _lock:
        kept = _lists.get(address)
        if kept is not None and kept[0] <= now < kept[0] + LISTS_KEPT:
            return kept[1]
        fetched = door.get(address, patience=_PATIENCE, accept=_ACCEPT)
        if fetched.response.status != 200:
            raise errors.BadAnswer("The list of registries cannot be had.")
        try:
            found = list(_services(json.loads(fetched.response.body)))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise errors.BadAnswer("The list of registries cannot be read.") from None
        _lists[address] = (now, found)
        return found


def _services(raw: dict[str, list[list[list[str]]]]) -> Iterator[tuple[list[str], str]]:
    for entries, servers in raw["services"]:
        best = sorted(servers, key=lambda server: not server.startswith("https:"))
        if best:
            yield list(entries), best[0].rstrip("/") + "/"


def forgettable() -> Iterator[int]:
    """What is not relied on any more."""
    return Holder.objects.filter(until__lte=clock.now()).values_list("pk", flat=True).iterator()


def forget(pk: int) -> None:
    Holder.objects.filter(pk=pk, until__lte=clock.now()).delete()
