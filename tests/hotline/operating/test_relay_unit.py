"""Who fetches other hotlines' lists has the network; who takes them in has the database; nobody has both."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from disrupt.hotline.operating.installing import others, units


def test_who_fetches_other_lists_has_neither_settings_nor_keys_nor_a_database() -> None:
    text = others.relay(PurePosixPath("/opt/disrupt/bin/disrupt-hotline"))
    assert re.findall("EnvironmentFile|Credential|postgres|IPAddress", text) == []
    (taking,) = (service for service in units.SERVICES if service.name == "taking")
    assert "IPAddressDeny=any" in units.unit(taking, PurePosixPath("/opt/disrupt/bin/disrupt-hotline"))
    assert set(taking.keys) == {"taking"}
