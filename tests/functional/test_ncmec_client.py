"""The unmodified public client of NCMEC's hash sharing reads a running exchange, and speaks back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from tests.functional.servers import Hotline
from threatexchange.exchanges.clients.ncmec import hash_api
from threatexchange.exchanges.impl.ncmec_api import (
    NCMECCheckpoint,
    NCMECCollabConfig,
    NCMECSignalExchangeAPI,
)
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal

from disrupt.cli import main
from disrupt.matching import Bank

SIGNALS = [PdqSignal, VideoMD5Signal]


class Side:
    """What the client's user keeps between fetches: entries, and the last checkpoint."""

    def __init__(self, exchange: Exchange) -> None:
        base = SimpleNamespace(value=f"{exchange.url}/ncmec")
        self.config = NCMECCollabConfig(name="ours", environment=base)  # type: ignore[arg-type]  # has .value
        self.exchange = NCMECSignalExchangeAPI(self.config, exchange.subscription, exchange.key)
        self.client = hash_api.NCMECHashAPI(exchange.subscription, exchange.key, base)  # type: ignore[arg-type]
        self.entries: dict[str, Any] = {}
        self.checkpoint: NCMECCheckpoint | None = None

    def fetch(self) -> None:
        for delta in self.exchange.fetch_iter(SIGNALS, self.checkpoint):
            self.take(delta)

    def take(self, delta: Any) -> None:
        """What a page says, and where to go on from."""
        for name, new in delta.updates.items():
            merged = self.exchange.fetch_value_merge(self.entries.get(name), new)
            self.entries.pop(name, None)
            if merged is not None:
                self.entries[name] = merged
        self.checkpoint = delta.checkpoint

    @property
    def signs(self) -> set[str]:
        found = self.exchange.naive_convert_to_signal_type(SIGNALS, self.config, self.entries)
        return {sign for those in found.values() for sign in those}

    def until(self, wanted: set[str]) -> None:
        """The client leaves out the last five seconds: it is asked again until it has what there is."""
        limit = time.monotonic() + 60
        while time.monotonic() < limit:
            self.fetch()
            if self.signs == wanted:
                return
            time.sleep(0.3)
        assert self.signs == wanted


def ours(exchange: Exchange, tmp_path: Path) -> Bank:
    """The bank that our own command makes of the same list."""
    key = tmp_path / "ncmec-key"
    key.write_text(f"{exchange.subscription}:{exchange.key}")
    key.chmod(0o600)
    where = ["--url", f"{exchange.url}/ncmec", "--key-file", str(key), "--bank", str(tmp_path / "ncmec-bank")]
    assert main(["sync", "--protocol", "ncmec", *where]) == 0
    return Bank.open(tmp_path / "ncmec-bank")


@pytest.fixture
def _in_utc() -> Iterator[None]:
    """The client writes local time as if it were UTC."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setenv("TZ", "UTC")
        time.tzset()
        yield
    time.tzset()


@pytest.mark.slow
@pytest.mark.usefixtures("_in_utc")
def test_the_unmodified_client_fetches_matches_forgets_and_speaks_back(
    hotline: Callable[..., Hotline], tmp_path: Path
) -> None:
    exchange = Exchange(hotline, tmp_path)
    many = {f"picture {n}" for n in range(40)}
    exchange.add(*many)
    exchange.add("film", kind="video")
    side = Side(exchange)
    assert side.client.status().esp_name == "Platform"
    assert len(side.client.members()) == 2
    wanted = {hex_of(f"pdq {name}") for name in many} | {hex_of("film", 32)}
    side.until(wanted)
    exchange.withdraw("picture 3")
    exchange.add("new")
    wanted = wanted - {hex_of("pdq picture 3")} | {hex_of("pdq new")}
    exchange.hotline.kill("exchange")
    exchange.hotline.start("exchange")
    side.until(wanted)
    assert {entry.id for entry in ours(exchange, tmp_path).entries()} == {
        f"ncmec:{name}" for name in side.entries
    }
    (one,) = (entry for entry in side.entries.values() if entry.fingerprints.get("pdq") == hex_of("pdq new"))
    side.client.submit_upvote(one.member_id, one.id, hash_api.FingerprintType.pdq)
    given = side.client.feedback_reasons(hash_api.FingerprintType.pdq)
    lawful = next(guid for guid, name in given.items() if name == "lawful")
    side.client.submit_feedback(
        one.member_id, one.id, hash_api.FingerprintType.pdq, hash_api.FeedbackType.downvote, lawful
    )
    exchange.hotline.move_clock(days=31)
    exchange.withdraw("new")
    side.until(wanted - {hex_of("pdq new")})
    assert exchange.key not in exchange.hotline.log("exchange")
