"""Unsafe settings that the common checks stop."""

from __future__ import annotations

from typing import Any

from disrupt.hotline.common.checks import proxies_are_networks


def test_a_proxy_is_named_by_its_address(settings: Any) -> None:
    settings.PROXIES = ["127.0.0.0/8", "::1", "192.0.2.9"]
    assert proxies_are_networks(None) == []
    settings.PROXIES = ["proxy.example.org"]
    assert [error.id for error in proxies_are_networks(None)] == ["common.E005"]
