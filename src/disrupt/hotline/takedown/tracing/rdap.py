"""What a registry's answer (RDAP, RFC 9083) says: who holds a network or a name, and where abuse is reported.

The abuse contact is the entity with that role, wherever it stands in the tree: RIPE has it at the top, ARIN
and APNIC within the registrant.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.hotline.common.numerals import NotANumber, whole
from disrupt.hotline.common.outbound import BadAddress, check_address, one_line

_DEEPEST, _MOST = 6, 200


class BadAnswer(ValueError):
    """What came is no answer of a registry."""


@dataclass(frozen=True)
class Holding:
    """Who holds a network or a name. `key` is its prefix, or the name; `first` and `last` bound a network."""

    key: str
    name: str
    country: str
    contacts: tuple[str, ...]
    first: str = ""
    last: str = ""
    origins: tuple[int, ...] = ()


def hexadecimal(address: str) -> str:
    """An address of either family such that the order of the texts is the order of the numbers."""
    ip = ipaddress.ip_address(address)
    return f"{ip.version}{int(ip):032x}"


def network(raw: bytes) -> Holding:
    """The answer to a question for an address of the network. Raises BadAnswer."""
    told = _object(raw)
    try:
        first, last = str(told["startAddress"]), str(told["endAddress"])
        low, high = ipaddress.ip_address(first), ipaddress.ip_address(last)
        prefixes = list(ipaddress.summarize_address_range(low, high))
    except (KeyError, ValueError, TypeError):
        raise BadAnswer("It names no network.") from None
    name = _name_of(told, ("registrant",)) or str(told.get("name", ""))
    key = str(prefixes[0]) if len(prefixes) == 1 else f"{first}-{last}"
    return Holding(
        key[:100],
        one_line(name, 120),
        one_line(str(told.get("country", "")), 2).upper(),
        _abuse_in(told),
        hexadecimal(first),
        hexadecimal(last),
        _origins(told),
    )


# What registries call it: ARIN, LACNIC and those that follow them; RIPE and APNIC do not say.
_ORIGINS = ("arin_originas0_originautnums", "lacnic_originAutnum", "nicbr_autnum")


def _origins(told: Mapping[str, Any]) -> tuple[int, ...]:
    """The autonomous systems that are said to announce a network."""
    found: dict[int, None] = {}
    for name in _ORIGINS:
        given = told.get(name, [])
        for one in given if isinstance(given, list) else [given]:
            text = str(one).upper().removeprefix("AS")
            if len(text) <= 10:
                with contextlib.suppress(NotANumber):
                    found[whole(text)] = None
    return tuple(found)[:3]


def system(raw: bytes, number: str) -> Holding:
    """The answer to a question for an autonomous system. Raises BadAnswer."""
    told = _object(raw)
    name = _name_of(told, ("registrant",)) or str(told.get("name", ""))
    return Holding(
        number, one_line(name, 120), one_line(str(told.get("country", "")), 2).upper(), _abuse_in(told)
    )


def registration(raw: bytes, name: str) -> Holding:
    """The answer to a question for a registered name: its registrar. Raises BadAnswer."""
    told = _object(raw)
    registrars = [one for one in _entities(told) if "registrar" in _roles(one)]
    if not registrars:
        raise BadAnswer("It names no registrar.")
    return Holding(name, one_line(_name(registrars[0]), 120), "", _abuse_in(registrars[0]))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadAnswer("It is not JSON.") from None
    if not isinstance(told, dict):
        raise BadAnswer("It is no object.")
    return told


def _entities(told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every entity of the tree, the outer ones first, up to a number and a depth."""
    level: list[Any] = [told]
    count = 0
    for _depth in range(_DEEPEST):
        inner = [e for one in level if isinstance(one.get("entities"), list) for e in one["entities"]]
        level = [one for one in inner if isinstance(one, dict)]
        for one in level:
            count += 1
            if count > _MOST:
                return
            yield one


def _roles(entity: Mapping[str, Any]) -> list[Any]:
    roles = entity.get("roles")
    return roles if isinstance(roles, list) else []


def _abuse_in(told: Mapping[str, Any]) -> tuple[str, ...]:
    """The addresses of its abuse contacts, in their order; what no mail can be sent to is left out."""
    found: dict[str, None] = {}
    for entity in _entities(told):
        if "abuse" in _roles(entity):
            for address in _values(entity, "email"):
                try:
                    found[check_address(address.strip().removeprefix("mailto:"))] = None
                except BadAddress:
                    continue
    return tuple(found)[:5]


def _name_of(told: Mapping[str, Any], roles: tuple[str, ...]) -> str:
    for entity in _entities(told):
        if any(role in _roles(entity) for role in roles):
            return _name(entity)
    return ""


def _name(entity: Mapping[str, Any]) -> str:
    return next(iter(_values(entity, "fn")), "")


def _values(entity: Mapping[str, Any], wanted: str) -> Iterator[str]:
    """The values of a property, of a jCard (RFC 7095) or of a JSContact card (RFC 9553)."""
    card = entity.get("vcardArray")
    if isinstance(card, list) and len(card) > 1 and isinstance(card[1], list):
        for line in card[1]:
            if isinstance(line, list) and len(line) > 3 and line[0] == wanted and isinstance(line[3], str):
                yield line[3]
    newer = entity.get("jscard")
    if isinstance(newer, dict):
        if wanted == "fn" and isinstance(newer.get("name"), dict):
            yield str(newer["name"].get("full", ""))
        mails = newer.get("emails")
        if wanted == "email" and isinstance(mails, dict):
            yield from (
                str(one["address"]) for one in mails.values() if isinstance(one, dict) and "address" in one
            )
