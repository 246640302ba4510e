"""A backup is really restored; public clients that know no log go on with their old cursors, and heal."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.exchange_scene import Exchange
from tests.functional.fill_bank import hex_of
from tests.functional.test_ncmec_client import Side as Ncmec
from tests.functional.test_ncmec_client import _in_utc as _in_utc
from tests.functional.test_tat_client import Side as Tat
from threatexchange.exchanges.clients.techagainstterrorism.api import TATHashListAPI
from threatexchange.exchanges.impl.stop_ncii_api import StopNCIICheckpoint, StopNCIISignalExchangeAPI
from threatexchange.signal_type.pdq.signal import PdqSignal

from disrupt.matching import Bank
from disrupt.partner.followed import FollowedList

EARLY = [f"early {number}" for number in range(30)]
LOST, NEW = [f"lost {number}" for number in range(7)], [f"new {number}" for number in range(12)]


def pdqs(*names: str) -> set[str]:
    return {hex_of(f"pdq {name}") for name in names}


class StopNcii:
    """The library's own exchange with its checkpoint, as its users keep them."""

    def __init__(self, exchange: Exchange) -> None:
        self.api = StopNCIISignalExchangeAPI(None, exchange.client())  # type: ignore[arg-type]  # unused
        self.kept: dict[str, str] = {}
        self.checkpoint: StopNCIICheckpoint | None = None

    def pages(self) -> Iterator[int]:
        """Take one page after the other, each with its checkpoint; how many records there were."""
        for delta in self.api.fetch_iter([PdqSignal], self.checkpoint):
            for (_, value), record in delta.updates.items():
                self.kept[value] = str(record)
            before, now = self.checkpoint, delta.checkpoint
            assert before is None or before.update_time <= now.update_time
            self.checkpoint = now
            yield len(delta.updates)

    def fetch(self, pages: int | None = None) -> None:
        """All of them, or so many."""
        for _ in itertools.islice(self.pages(), pages):
            pass

    @property
    def active(self) -> set[str]:
        """Withdrawn hashes stay with this client, disputed by us."""
        return {value for value, said in self.kept.items() if "-Disrupt" not in said}


def fire(exchange: Exchange, folder: Path) -> None:
    """The machine is lost; what was backed up is put on an empty one, which answers at the same address."""
    hotline = exchange.hotline
    hotline.kill("exchange")
    hotline.var.rename(folder / "gone")
    hotline.var.mkdir()
    erasures = ["--erasures", str(folder / "gone" / "erasures.log")]
    keys = ["--key", str(folder / "a.key"), "--whoever-made-it", "--no-head"]
    hotline.run("restore", str(folder / "saved.backup"), *keys, *erasures)
    (hotline.var / "log").mkdir()
    hotline.start("exchange")


def hashes_of(known: FollowedList) -> set[str]:
    return {row.tobytes().hex() for row in known.index.contents()[0]}


@pytest.mark.slow
@pytest.mark.usefixtures("_in_utc")
def test_every_client_goes_on_after_a_restored_backup(
    hotline: MakeHotline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    exchange = Exchange(hotline, tmp_path)
    monkeypatch.setattr(TATHashListAPI, "BASE_URL", f"{exchange.url}/tat/")
    exchange.add(*EARLY)
    public = exchange.hotline.run("backup-key", str(tmp_path / "a.key")).stdout
    (tmp_path / "operators").write_text(public)
    exchange.hotline.run(
        "backup", str(tmp_path / "saved.backup"), "--to", str(tmp_path / "operators"), "--needed", "1"
    )
    exchange.hotline.run("worker", "--once")
    exchange.add(*LOST)
    stopncii, tat, ncmec = StopNcii(exchange), Tat(exchange), Ncmec(exchange)
    stopncii.fetch()
    tat.fetch()
    ncmec.until(pdqs(*EARLY, *LOST))
    exchange.tx("config", "collab", "edit", "stop_ncii", "--create", "ours")
    assert "Up to date" in exchange.tx("fetch")
    assert exchange.sync().returncode == 0
    followed = FollowedList(exchange.url, exchange.key)
    followed.update()
    assert hashes_of(followed) == pdqs(*EARLY, *LOST)
    fire(exchange, tmp_path)
    # Nobody is refused, and nothing has come yet.
    stopncii.fetch()
    tat.fetch()
    assert "Up to date" in exchange.tx("fetch")
    # As many changes as were lost come, and one of the early ones is withdrawn.
    exchange.withdraw("early 3")
    exchange.add(*NEW)
    there = pdqs(*EARLY, *NEW) - pdqs("early 3")
    stopncii.fetch()
    assert stopncii.active - pdqs(*LOST) == there
    tat.fetch()
    assert {value for _, value in tat.kept} - pdqs(*LOST) == there
    ncmec.until(there | pdqs(*LOST))
    assert "Up to date" in exchange.tx("fetch")
    for name, said in (("new 11", "INVESTIGATION_SEED"), ("early 3", "-Disrupt")):
        shown = exchange.tx("match", "-S", "pdq", "-H", "--show-false-positives", "photo", "--",
                            hex_of(f"pdq {name}"))  # fmt: skip
        assert said in shown
    # Ours forget what was lost, too: they are told of which list they ask.
    assert followed.update()
    assert hashes_of(followed) == there
    followed.__exit__(None, None, None)
    told = exchange.sync()
    assert (told.returncode, "restored a backup" in told.stderr) == (0, True)
    assert {one.hex for entry in Bank.open(tmp_path / "bank").entries() for one in entry.pdq} == there
