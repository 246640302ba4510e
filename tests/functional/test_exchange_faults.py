"""A running exchange under what is feared: a crowd, keys that end in between, clocks that jump."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from tests.functional.postgres import PostgreSQL
from tests.functional.postgres import database as database

from disrupt.matching import Bank
from disrupt.partner.following.feed_client import FeedClient, Refused
from disrupt.protocol.feed import Added

WRITERS, READERS, EACH = 20, 50, 10
CHANGES = WRITERS * (EACH + len(range(0, EACH, 3)))


def read(exchange: Exchange, limit: int, done: threading.Event) -> list[int]:
    """The numbers of all changes that a reader is given until there are no more to come."""
    seen: list[int] = []
    with FeedClient(exchange.url, exchange.key, tries=50) as client:
        while True:
            last = done.is_set()
            page = client.page(seen[-1] if seen else 0, limit)
            if page is not None:
                seen += [change.seq for change in page.changes]
            if last and (page is None or not page.more):
                return seen
            time.sleep(0.2)


@pytest.mark.slow
def test_twenty_write_and_fifty_read_and_nobody_misses_a_change(
    hotline: MakeHotline, database: PostgreSQL, tmp_path: Path
) -> None:
    exchange = Exchange(lambda *names: hotline(*names, DISRUPT_DATABASE=database.url), tmp_path)
    done = threading.Event()
    settings = {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.exchange.settings"}
    script = str(Path(__file__).with_name("many_writers.py"))
    with ThreadPoolExecutor(READERS) as pool:
        reading = [pool.submit(read, exchange, 5 + number, done) for number in range(READERS)]
        try:
            subprocess.run(
                [sys.executable, script, str(WRITERS), str(EACH)],
                env=exchange.hotline.for_scripts | settings, check=True, timeout=300,
            )  # fmt: skip
        finally:
            done.set()
        for one in reading:
            assert one.result() == list(range(1, CHANGES + 1))


def refused_within(client: FeedClient, after: int, seconds: float) -> str:
    """How a key is refused that was good a moment ago."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            client.page(after, 10)
        except Refused as error:
            return error.code
        client.forget()
    return ""


def test_a_key_that_ends_between_two_pages_and_the_last_good_bank(
    hotline: MakeHotline, tmp_path: Path
) -> None:
    exchange = Exchange(hotline, tmp_path)
    exchange.add(*(f"picture {number}" for number in range(30)))
    assert exchange.sync().returncode == 0
    exchange.add("new")
    with FeedClient(exchange.url, exchange.key) as client:
        assert len(getattr(client.page(0, 10), "changes", ())) == 10
        exchange.hotline.move_clock(days=400)
        assert refused_within(client, 10, 1) == "expired_key"
        exchange.hotline.move_clock(days=-400)
        assert len(getattr(client.page(10, 10), "changes", ())) == 10
        exchange.hotline.run("manage", "partner", "key", "revoke", exchange.key.split("_")[1])
        assert refused_within(client, 20, 1) == "revoked_key"
    told = exchange.sync()
    assert (told.returncode, "this key was revoked: ask the hotline for a new one" in told.stderr) == (
        1,
        True,
    )
    bank = Bank.open(tmp_path / "bank")
    assert (len(bank), bank.cursor, bank.verify()) == (30, "30", ())
    assert bank.find_digest(sha256=hex_of("picture 3"))


def test_a_clock_that_jumps_by_a_day_or_a_year(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    for number, days in enumerate((1, -2, 300, -300)):
        exchange.add(f"before {number}")
        exchange.hotline.move_clock(days=days)
        exchange.add(f"after {number}")
        told = exchange.sync()
        assert (told.returncode, told.stderr) == (0, "")
    with FeedClient(exchange.url, exchange.key) as client:
        page = client.page(0, 100)
    assert page is not None
    assert [change.seq for change in page.changes] == list(range(1, 9))
    assert all(isinstance(change, Added) for change in page.changes)
    assert len(Bank.open(tmp_path / "bank")) == 8
