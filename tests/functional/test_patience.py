"""A storm of requests, and answers that are lost: a running exchange, and the toolkit that asks it."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.cutting import CuttingProxy
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of

from disrupt.matching import Bank
from disrupt.partner.exchange import Exchange as Asking
from disrupt.partner.exchange import Opinion, Unreachable, Word
from disrupt.partner.exchange.asking import TRIES
from disrupt.partner.following.feed_client import FeedClient
from disrupt.partner.following.stopncii_client import StopNciiClient

ROTATING = ["exchange:key:rotate", "exchange:feed:read"]


class Storm:
    """Asks as fast as it can under one key, from several connections."""

    def __init__(self, url: str, key: str) -> None:
        self.statuses: dict[int, int] = {}
        self.told: set[str] = set()
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(url, key)) for _ in range(4)]

    def _ask(self, url: str, key: str) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=60) as client:
            while not self._ended.is_set():
                said = client.get(f"{url}/v1/feed", params={"after": 0, "limit": 1})
                self.statuses[said.status_code] = self.statuses.get(said.status_code, 0) + 1
                if said.status_code == 429:
                    self.told.add(said.headers["Retry-After"])
                    assert said.json()["error"]["code"] == "too_many_requests"

    @contextmanager
    def raging(self) -> Iterator[None]:
        for thread in self._threads:
            thread.start()
        try:
            limit = time.monotonic() + 60
            while not self.statuses.get(429) and time.monotonic() < limit:
                time.sleep(0.05)
            yield
        finally:
            self._ended.set()
            for thread in self._threads:
                thread.join()


def test_a_storm_is_told_to_wait_and_the_last_good_bank_stays_in_use(
    hotline: MakeHotline, tmp_path: Path
) -> None:
    exchange = Exchange(hotline, tmp_path)
    exchange.add("one", "two")
    assert exchange.sync().returncode == 0
    exchange.add("three")
    other = tmp_path / "other"
    exchange.hotline.run("manage", "partner", "add", "Other", "--key-file", str(other))
    storm = Storm(exchange.url, exchange.key)
    with storm.raging():
        began = time.monotonic()
        synced = exchange.sync()
        took = time.monotonic() - began
        # Who asks as one should is not told to wait because of another.
        with Asking(exchange.url, other.read_text().strip()) as calm:
            assert calm.page().last == 3
        entries = len(Bank.open(tmp_path / "bank"))
    assert set(storm.statuses) == {200, 429}, storm.statuses
    assert all(0 < int(text) <= 60 for text in storm.told)
    assert took < 90
    # It may get through between two others; where it does not, it says why, and nothing is lost.
    assert entries == (3 if synced.returncode == 0 else 2)
    assert synced.returncode == 0 or "429 (too many requests)" in synced.stderr
    time.sleep(1)
    assert exchange.sync().returncode == 0
    assert len(Bank.open(tmp_path / "bank")) == 3


@pytest.fixture
def losing(hotline: MakeHotline, tmp_path: Path) -> Iterator[tuple[Exchange, CuttingProxy]]:
    exchange = Exchange(hotline, tmp_path)
    exchange.add("one", "two")
    proxy = CuttingProxy(exchange.hotline.ports["exchange"])
    yield exchange, proxy
    proxy.close()


def test_a_new_key_is_told_again_when_its_answer_was_lost(losing: tuple[Exchange, CuttingProxy]) -> None:
    exchange, proxy = losing
    file = exchange.folder / "rotating"
    exchange.hotline.run("manage", "partner", "add", "Other", "--key-file", str(file), "--scopes", *ROTATING)
    old = file.read_text().strip()
    proxy.lose = TRIES
    with Asking(proxy.url, old) as asked, pytest.raises(Unreachable):
        asked.rotate_key()
    # As by a program that was stopped meanwhile, and begins anew a day later or less.
    proxy.lose = 1
    with Asking(proxy.url, old) as asked:
        fresh = asked.rotate_key()
    with Asking(exchange.url, fresh.key) as again:
        assert again.page().last == 2
    keys = exchange.hotline.run("manage", "partner", "list").stdout
    assert keys.count("exchange:key:rotate") == 2, "the old one and one new one"


def test_what_is_posted_is_done_once_and_counted_once(losing: tuple[Exchange, CuttingProxy]) -> None:
    exchange, proxy = losing
    with Asking(proxy.url, exchange.key) as asked:
        entry = asked.page().changes[0].id
        proxy.lose = 2
        taken = asked.feedback([Word(entry, Opinion.BLOCKED)])
        assert (taken.kept, taken.changed) == (1, 1)
        assert asked.feedback([Word(entry, Opinion.BLOCKED)]).changed == 0
    record = {
        "lastModtimestamp": 0, "signalType": "ImagePDQ", "hashValue": hex_of("proposed"),
        "CSPFeedbacks": [{"feedbackValue": "Blocked", "tags": []}],
    }  # fmt: skip
    with StopNciiClient(f"{proxy.url}/stopncii/v1", f"{exchange.key},{exchange.subscription}") as giving:
        proxy.lose = 2
        assert giving.tell("/SubmitHashes", {"count": 1, "hashRecords": [record]}) == {
            "count": 1,
            "changed": 1,
        }
    with FeedClient(proxy.url, exchange.key) as told:
        proxy.lose = 1
        said = told.tell("/v1/feedback", {"feedback": [{"entry": entry, "opinion": "not_blocked"}]})
        assert said == {"kept": 1, "changed": 1, "unknown": 0}


def test_the_command_that_tells_says_what_was_new(losing: tuple[Exchange, CuttingProxy]) -> None:
    """What came over the proxy is of its address: so is the bank."""
    exchange, proxy = losing
    exchange.url = proxy.url
    assert exchange.sync().returncode == 0
    entry = next(iter(Bank.open(exchange.folder / "bank").entries())).id
    command = exchange.sync_command()
    command[command.index("sync")] = "feedback"
    proxy.lose = 2
    done = subprocess.run(
        [*command, "--value", "blocked", entry], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"entries": 1, "hashes": 1, "changed": 1}
