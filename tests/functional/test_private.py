"""A running exchange is asked without being told what for, by the toolkit, over its own wire."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.fill_bank import hex_of
from tests.functional.test_exchange import Exchange
from tests.waiting import until

from disrupt.partner.exchange import Exchange as Client
from disrupt.partner.exchange import SyncError
from disrupt.partner.private.asking import OtherKey, PrivateList
from disrupt.protocol.private.bands import NEAR


def test_it_is_asked_and_not_told(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    key_file = tmp_path / "private.key"
    asked = ("manage", "partner", "key", "issue", "Platform", "--key-file", str(key_file))
    exchange.hotline.run(*asked, "--scopes", "exchange:private:ask")
    exchange.add("one", "two")
    one, other = (bytes.fromhex(hex_of(f"pdq {name}")) for name in ("one", "three"))
    near = (int.from_bytes(one, "big") ^ 0b101 ^ 1 << 70 ^ 1 << 140).to_bytes(32, "big")
    with Client(exchange.url, key_file.read_text().strip(), timeout=120) as client:
        known = PrivateList(client)

        def size() -> int:
            known.update()
            return len(known)

        until(lambda: size() == 8, "both entries are tagged")
        exact, changed, nothing = known.look_up([one, near, other])
        assert (len(exact), exact, nothing) == (1, changed, ())
        assert exact[0].about.category == "ADU-DNCI"
        assert known.look_up([near], NEAR) == [exact]
        exchange.withdraw("one")
        until(lambda: size() == 4, "what is withdrawn has no tag")
        assert known.look_up([one]) == [()]
        with pytest.raises(OtherKey):
            PrivateList(client, "00" * 32).update()
        assert one.hex() not in exchange.hotline.log("exchange")
        exchange.hotline.stop("exchange")
        with pytest.raises(SyncError):
            known.look_up([one])
