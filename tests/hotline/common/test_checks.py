"""Unsafe settings that the common checks stop."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from disrupt.hotline.common.checks import proxies_are_networks, retentions_end


def test_a_proxy_is_named_by_its_address(settings: Any) -> None:
    settings.PROXIES = ["127.0.0.0/8", "::1", "192.0.2.9"]
    assert proxies_are_networks(None) == []
    settings.PROXIES = ["proxy.example.org"]
    assert [error.id for error in proxies_are_networks(None)] == ["common.E005"]


@pytest.mark.parametrize(
    "name", ["KEEP_PERSONAL_DATA", "KEEP_ABANDONED", "KEEP_WITHDRAWN", "KEEP_PARTNERS_WORDS"]
)
def test_a_time_of_retention_is_a_time(settings: Any, name: str) -> None:
    for good in (0, 30, 3660):
        setattr(settings, name, dt.timedelta(days=good))
        assert retentions_end(None) == []
    for bad in (-1, 3661):
        setattr(settings, name, dt.timedelta(days=bad))
        (error,) = retentions_end(None)
        assert error.id == "common.E007"
        assert error.msg.startswith("DISRUPT_")
