"""A running exchange answers look-ups, follows its bank without a restart, and hears of a revoked key."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.fill_bank import hex_of
from tests.functional.test_exchange import Exchange

from disrupt.partner.followed import FollowedList
from disrupt.partner.following.feed_client import Refused, Unreachable


def test_a_running_exchange_answers_look_ups_and_follows_its_bank(
    hotline: MakeHotline, tmp_path: Path
) -> None:
    exchange = Exchange(hotline, tmp_path)
    key_file = exchange.folder / "match.key"
    scopes = ["--scopes", "exchange:match:ask"]
    exchange.hotline.run(
        "manage", "partner", "key", "issue", "Platform", "--key-file", str(key_file), *scopes
    )
    key = key_file.read_text().strip()
    headers = {"Authorization": f"Bearer {key}"}

    def ask(*names: str) -> list[str]:
        looks = [{"pdq": hex_of(f"pdq {name}")} for name in names]
        answer = httpx.post(f"{exchange.url}/v1/match", json={"look_ups": looks}, headers=headers, timeout=30)
        return [one["action"] for one in answer.json()["answers"]] if answer.is_success else [answer.text]

    def until(wanted: list[str], *names: str) -> None:
        limit = time.monotonic() + 20
        while (said := ask(*names)) != wanted and time.monotonic() < limit:
            time.sleep(0.1)
        assert said == wanted

    exchange.add("one")
    until(["block", "none"], "one", "two")
    # What is small and plain is answered in the server's loop, which says so by what it does not say.
    with httpx.Client(headers=headers, timeout=30) as client:
        for name in ("one", "two", "one"):
            quick = client.post(f"{exchange.url}/v1/match", json={"pdq": hex_of(f"pdq {name}")})
            slow = client.post(
                f"{exchange.url}/v1/match", json={"pdq": hex_of(f"pdq {name}"), "md5": "0" * 32}
            )
            assert "server" in slow.headers
            assert "server" not in quick.headers
            assert quick.json() == slow.json()
    exchange.add("two")
    until(["block", "block"], "one", "two")
    exchange.withdraw("one")
    until(["none", "block"], "one", "two")
    exchange.hotline.run("manage", "partner", "key", "revoke", key.split("_")[1])
    limit = time.monotonic() + 20
    while "revoked_key" not in (said := ask("two"))[0] and time.monotonic() < limit:
        time.sleep(0.1)
    assert "revoked_key" in said[0]
    assert hex_of("pdq one") not in exchange.hotline.log("exchange")


def test_the_toolkit_follows_the_binary_list(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    exchange.add("one", "two")
    exchange.add("film", kind="video")
    one = np.frombuffer(bytes.fromhex(hex_of("pdq one")), np.uint8).reshape(1, 32)
    with FollowedList(exchange.url, exchange.key) as known:
        assert known.update()
        assert len(known) == 5
        (found,) = known.query(one)
        assert (found.number, found.distance, found.role, found.about.kind) == (1, 0, "stored", "image")
        exchange.withdraw("one")
        exchange.add("three")
        limit = time.monotonic() + 20
        while known.seq < 5 and time.monotonic() < limit:
            known.update()
        assert known.query(one) == []
        assert len(known) == 5
        exchange.hotline.stop("exchange")
        with pytest.raises(Unreachable):
            known.update()
        assert len(known) == 5, "what is known stays in use"
        exchange.hotline.start("exchange")
        assert not known.update()
    with FollowedList(exchange.url, "dsr_000000000000_" + "0" * 64) as unknown, pytest.raises(Refused):
        unknown.update()


def test_a_platform_proves_its_chain_with_the_test_picture(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    picture = tmp_path / "test.png"
    command = [sys.executable, "-m", "disrupt.cli"]
    subprocess.run([*command, "test-picture", str(picture)], check=True, timeout=60)

    def action() -> str:
        assert exchange.sync().returncode == 0
        look = [*command, "match", "--bank", str(tmp_path / "bank"), str(picture)]
        done = subprocess.run(look, capture_output=True, text=True, timeout=120)
        return str(json.loads(done.stdout)["action"])

    exchange.add("one")
    assert action() == "none"
    exchange.hotline.run("manage", "test_entry", "on")
    assert action() == "block"
    exchange.hotline.run("manage", "test_entry", "off")
    assert action() == "none"
