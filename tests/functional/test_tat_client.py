"""The public client of Tech Against Terrorism's hash list reads a running exchange.

Its base address is a constant of its class, so no configuration points it here: the test sets the constant,
and changes nothing else.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.functional.conftest import MakeHotline
from tests.functional.cutting import CuttingProxy
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from threatexchange.exchanges.clients.techagainstterrorism.api import TATHashListAPI
from threatexchange.exchanges.impl.techagainstterrorism_api import TATCheckpoint, TATSignalExchangeAPI
from threatexchange.signal_type.md5 import VideoMD5Signal
from threatexchange.signal_type.pdq.signal import PdqSignal

from disrupt.hotline.exchange.tat.views import PAGE

SIGNALS = [PdqSignal, VideoMD5Signal]


class Side:
    """What the client's user keeps between fetches: signals, and the last checkpoint."""

    def __init__(self, exchange: Exchange) -> None:
        self.api = TATSignalExchangeAPI(exchange.subscription, exchange.key)
        self.kept: dict[tuple[str, str], Any] = {}
        self.checkpoint: TATCheckpoint | None = None

    def pages(self) -> Iterator[None]:
        """Take one page after the other, each with its checkpoint."""
        for delta in self.api.fetch_iter(SIGNALS, self.checkpoint):
            for signal, record in delta.updates.items():
                if record is None:
                    self.kept.pop(signal, None)
                else:
                    self.kept[signal] = record
            self.checkpoint = delta.checkpoint
            yield

    def fetch(self, pages: int = 1000) -> int:
        """Take so many pages, then crash; how many there were."""
        return sum(1 for _ in itertools.islice(self.pages(), pages))


def pdq(name: str) -> tuple[str, str]:
    return "pdq", hex_of(f"pdq {name}")


def test_the_client_reads_the_list(
    hotline: MakeHotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(hotline, tmp_path)
    monkeypatch.setattr(TATHashListAPI, "BASE_URL", f"{exchange.url}/tat/")
    side = Side(exchange)
    assert side.fetch() == 1
    assert side.kept == {}
    exchange.add("one", "two")
    exchange.add("film", kind="video")
    side.fetch()
    assert side.kept.keys() == {pdq("one"), pdq("two"), ("video_md5", hex_of("film", 32))}
    index = PdqSignal.get_index_cls().build([(text, text) for kind, text in side.kept if kind == "pdq"])
    near = f"{int(hex_of('pdq one'), 16) ^ 0b111:064x}"
    assert [found.metadata for found in index.query(near)] == [hex_of("pdq one")]
    # A withdrawal, and a client that was away for a month.
    exchange.withdraw("one")
    exchange.hotline.move_clock(days=31)
    exchange.add("three")
    side.fetch()
    assert side.kept.keys() == {pdq("two"), pdq("three"), ("video_md5", hex_of("film", 32))}
    # Who comes later is not shown what was withdrawn before.
    late = Side(exchange)
    late.fetch()
    assert late.kept.keys() == side.kept.keys()
    # It crashes after a page of several, and goes on where it was; what is withdrawn meanwhile goes.
    many = [f"picture {n}" for n in range(PAGE + 20)]
    exchange.add(*many)
    assert side.fetch(pages=1) == 1
    assert PAGE <= len(side.kept) < len(many)
    exchange.withdraw("two", many[3])
    assert side.fetch() >= 1
    assert side.kept.keys() == {*map(pdq, many), pdq("three"), ("video_md5", hex_of("film", 32))} - {
        pdq(many[3])
    }
    assert side.fetch() == 1
    # Nobody else comes in.
    with pytest.raises(requests.HTTPError, match="401"):
        TATHashListAPI(exchange.subscription, "dsr_000000000000_" + "0" * 64).fetch_hashes()
    # Restored from a backup: the client is told, and begins anew.
    exchange.change(["empty"])
    exchange.add("four")
    with pytest.raises(requests.HTTPError, match="409"):
        side.fetch()
    anew = Side(exchange)
    anew.fetch()
    assert anew.kept.keys() == {pdq("four")}


@pytest.mark.slow
def test_the_server_is_killed_in_mid_page_and_the_client_goes_on(
    hotline: MakeHotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(hotline, tmp_path)
    monkeypatch.setattr(TATHashListAPI, "BASE_URL", f"{exchange.url}/tat/")
    many = [f"picture {n}" for n in range(3 * PAGE)]
    exchange.add(*many)
    side = Side(exchange)
    pages = side.pages()
    next(pages)
    assert 0 < len(side.kept) < len(many)
    exchange.withdraw(many[0], many[-1])
    exchange.add("new")
    exchange.hotline.kill("exchange")
    with pytest.raises(requests.ConnectionError):
        next(pages)
    assert 0 < len(side.kept) < len(many), "what it had stays in use"
    # Cut off in the midst of an answer: half a page is none.
    exchange.hotline.start("exchange")
    proxy = CuttingProxy(exchange.hotline.ports["exchange"])
    try:
        monkeypatch.setattr(TATHashListAPI, "BASE_URL", f"{proxy.url}/tat/")
        pages = side.pages()
        before = dict(side.kept)
        proxy.lose = 100
        with pytest.raises(requests.ConnectionError):
            next(pages)
        assert side.kept == before
    finally:
        proxy.close()
    monkeypatch.setattr(TATHashListAPI, "BASE_URL", f"{exchange.url}/tat/")
    side.fetch()
    assert side.kept.keys() == {*map(pdq, many[1:-1]), pdq("new")}
