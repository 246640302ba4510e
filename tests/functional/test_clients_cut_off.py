"""Public clients are cut off in mid-page, by their own end or the server's, and come back after a month."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import requests
from tests.functional.conftest import MakeHotline
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from tests.functional.test_ncmec_client import SIGNALS
from tests.functional.test_ncmec_client import Side as Ncmec
from tests.functional.test_ncmec_client import _in_utc as _in_utc
from tests.functional.test_restored_clients import StopNcii, pdqs

from disrupt.hotline.exchange.ncmec.views import SIZE

MANY = [f"picture {number}" for number in range(2000)]


def stale(client: StopNcii) -> bool:
    """A month ago by the client's own clock."""
    checkpoint: Any = client.checkpoint
    checkpoint.last_fetch_time -= 31 * 86_400
    return bool(checkpoint.is_stale())


@pytest.mark.slow
def test_stopncii_cut_off_in_mid_page_and_away_for_a_month(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    exchange.add(*MANY)
    client = StopNcii(exchange)
    # The client ends after its first page: what it kept is where it goes on.
    client.fetch(pages=1)
    assert 0 < len(client.kept) < len(MANY)
    exchange.withdraw(MANY[0], MANY[-1])
    exchange.add("new")
    # The server is killed after the next page; the client is told so by its library.
    pages = client.pages()
    next(pages)
    exchange.hotline.kill("exchange")
    with pytest.raises(requests.ConnectionError):
        next(pages)
    exchange.hotline.start("exchange")
    client.fetch()
    wanted = pdqs(*MANY[1:-1], "new")
    assert client.active == wanted
    assert pdqs(MANY[-1]).isdisjoint(client.kept), "it never had that one"
    # A month: what is withdrawn is erased here, and the client begins anew by its own rule.
    exchange.withdraw(MANY[1])
    exchange.hotline.move_clock(days=31)
    exchange.hotline.run("worker", "--once")
    assert stale(client)
    anew = StopNcii(exchange)
    anew.fetch()
    assert set(anew.kept) == wanted - pdqs(MANY[1])


@pytest.mark.slow
def test_tx_killed_at_any_moment_goes_on(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    exchange.add(*MANY)
    exchange.tx("config", "collab", "edit", "stop_ncii", "--create", "ours")
    for delay in (1.0, 2.0, 3.0):
        with subprocess.Popen(
            [str(Path(sys.executable).with_name("tx")), "fetch"],
            env=exchange.tx_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        ) as running:  # fmt: skip
            time.sleep(delay)
            os.kill(running.pid, signal.SIGKILL)
    assert "Up to date" in exchange.tx("fetch")
    for name in (MANY[0], MANY[-1]):
        shown = exchange.tx("match", "-S", "pdq", "-H", "photo", "--", hex_of(f"pdq {name}"))
        assert "(ours)" in shown


@pytest.mark.slow
@pytest.mark.usefixtures("_in_utc")
def test_ncmec_cut_off_in_mid_page_and_away_for_a_month(hotline: MakeHotline, tmp_path: Path) -> None:
    exchange = Exchange(hotline, tmp_path)
    names = [f"picture {number}" for number in range(SIZE + 200)]
    exchange.add(*names)
    side = Ncmec(exchange)
    side.client.status()
    limit = time.monotonic() + 60
    # Windows without entries come first; then a page that has a next one, where the client ends.
    while side.checkpoint is None or side.checkpoint.paging_info is None:
        assert time.monotonic() < limit
        for delta in side.exchange.fetch_iter(SIGNALS, side.checkpoint):
            side.take(delta)
            if delta.checkpoint.paging_info:
                break
        else:
            time.sleep(0.5)
    assert 0 < len(side.entries) <= SIZE
    exchange.withdraw(names[0])
    exchange.add("new")
    exchange.hotline.kill("exchange")
    with pytest.raises(requests.ConnectionError):
        side.fetch()
    exchange.hotline.start("exchange")
    side.until(pdqs(*names[1:], "new"))
    # Its numbers are for ever: after a month it goes on, and hears of a withdrawal that was erased here.
    exchange.withdraw(names[1])
    exchange.hotline.move_clock(days=31)
    exchange.hotline.run("worker", "--once")
    side.until(pdqs(*names[2:], "new"))
