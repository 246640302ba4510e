"""What registries answer is read, and the ranges of delivery networks are networks."""

from __future__ import annotations

import datetime as dt
import ipaddress
import json

import pytest

from disrupt.hotline.takedown.tracing import delivery, rdap


def test_the_order_of_addresses_is_the_order_of_their_texts() -> None:
    texts = [rdap.hexadecimal(a) for a in ("9.0.0.1", "10.0.0.1", "255.255.255.255", "::1", "ff::")]
    assert texts == sorted(texts)
    with pytest.raises(ValueError, match="appear"):
        rdap.hexadecimal("nothing")


def test_newer_cards_are_read() -> None:
    desk = {"name": {"full": "D"}, "emails": {"1": {"address": "a@b.example"}}}
    raw = {
        "startAddress": "2001:db8::",
        "endAddress": "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
        "entities": [{"roles": ["abuse"], "jscard": desk}],
    }
    found = rdap.network(json.dumps(raw).encode())
    assert (found.key, found.contacts) == ("2001:db8::/32", ("a@b.example",))


def test_the_ranges_are_networks_and_dated() -> None:
    known = delivery.known()
    assert known.checked_on >= dt.date(2026, 11, 1)
    assert delivery.by_range(ipaddress.ip_address("104.16.1.1")).name == "Cloudflare"  # type: ignore[union-attr]
    assert delivery.by_range(ipaddress.ip_address("2a04:4e42::1")).name == "Fastly"  # type: ignore[union-attr]
    assert delivery.by_range(ipaddress.ip_address("8.8.8.8")) is None
    assert delivery.by_headers({"server": "cloudflare"}) is None, "one of two signs"
