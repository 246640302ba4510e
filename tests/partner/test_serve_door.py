"""The door through which a server fetches content: open to public hosts only."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from disrupt.partner.serve.door import allowed, fetch
from disrupt.partner.serve.http import Refused

_HOUSE = [
    *("10.0.0.1", "127.0.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1", "192.168.7.7"),
    *("::1", "fd00::1", "fe80::1", "::ffff:192.168.0.1", "2002:7f00:1::"),
]


@pytest.mark.parametrize("address", _HOUSE)
def test_it_is_shut_to_addresses_of_the_house(address: str) -> None:
    assert not allowed(address)
    assert allowed("93.184.216.34")
    assert allowed("2606:2800:220:1:248:1893:25c8:1946")


def test_a_name_that_leads_into_the_house_as_well_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def both(*_: Any, **__: Any) -> list[Any]:
        return [(2, 1, 6, "", ("93.184.216.34", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    with pytest.raises(Refused) as caught:
        fetch("http://rebound.example/x", 1000)
    assert (caught.value.status, caught.value.code) == (403, "private_address")


@pytest.mark.parametrize("address", ["ftp://a.example/", "http://user:word@a.example/", "http:///x", "x", ""])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(Refused) as caught:
        fetch(address, 1000)
    assert caught.value.code == "bad_address"
