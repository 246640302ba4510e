"""Promise: however a platform's bank is damaged, it never names a fingerprint that nobody banked.

Every file of a bank is spoiled in every way, with and without a trace in the file's time, as a disk that rots
leaves none. What is allowed: an error of ours, a bank that calls itself damaged, a bank made whole again.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from disrupt.errors import DisruptError
from disrupt.matching import Add, Bank, BankEntry, FrameValue, PdqValue, Withdraw
from disrupt.partner.bank.command import run
from disrupt.partner.sync import RESTARTING

COUNT = 40
Spoil = Callable[[bytearray, random.Random], None]


def entries() -> list[BankEntry]:
    chance = random.Random(5)

    def text(length: int = 64) -> str:
        return chance.randbytes(length // 2).hex()

    made = []
    for number in range(COUNT):
        pictures = (PdqValue(text(), 100), PdqValue(text(), 100, "upright"))
        frames = tuple(FrameValue(n, float(n), 100, text()) for n in range(3))
        is_video = number % 4 == 0
        made.append(
            BankEntry(
                id=f"entry-{number:03}",
                kind="video" if is_video else "image",
                origin="examined",
                sha256=text(),
                md5=text(32),
                pdq=() if is_video else pictures,
                vpdq=frames if is_video else (),
            )
        )
    return made


ENTRIES = entries()
BANKED = {entry.id: {value.hex for value in entry.hashes} for entry in ENTRIES}
QUERIES = np.array(
    [list(bytes.fromhex(value.hex)) for entry in ENTRIES for value in entry.hashes], np.uint8
) ^ np.uint8(1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bank with a snapshot, and a journal of three batches upon it."""
    bank = Bank.create(tmp_path_factory.mktemp("whole") / "bank", source="https://exchange.example")
    bank.apply([Add(entry) for entry in ENTRIES[: COUNT // 2]], cursor="20")
    bank.compact()
    bank.apply([Add(entry) for entry in ENTRIES[COUNT // 2 : -2]], cursor="38")
    bank.apply([Withdraw(entry.id) for entry in ENTRIES[::9]], cursor="43")
    bank.apply([Add(entry) for entry in ENTRIES[-2:]], cursor="45")
    bank.note_fetched(1.0e9)
    return bank.path


def one_bit(data: bytearray, chance: random.Random) -> None:
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def many_bits(data: bytearray, chance: random.Random) -> None:
    for _ in range(20):
        one_bit(data, chance)


def noise(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data[start : start + 64] = chance.randbytes(64)


def zeros(data: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(data))
    data[start : start + 512] = bytes(512)


def cut(data: bytearray, chance: random.Random) -> None:
    del data[chance.randrange(len(data)) :]


def check(bank: Bank) -> None:
    """Whatever is found was banked, under that name, at that distance."""
    for found in bank.query_pdq(QUERIES, 31):
        asked = np.frombuffer(bytes.fromhex(found.hex), np.uint8) ^ QUERIES[found.query]
        assert found.hex in BANKED[found.entry.id]
        assert int(np.bitwise_count(asked).sum()) == found.distance
    for entry in ENTRIES:
        assert entry.sha256 is not None
        assert all(found.id == entry.id for found in bank.find_digest(sha256=entry.sha256))


@pytest.mark.parametrize("traced", [True, False])
@pytest.mark.parametrize("spoil", [one_bit, many_bits, noise, zeros, cut])
@pytest.mark.parametrize("part", ["entries", "journal", "index", "tables", "manifest", "fetched"])
def test_no_match_is_wrong(whole: Path, tmp_path: Path, part: str, spoil: Spoil, traced: bool) -> None:
    chance = random.Random(f"{part} {spoil.__name__} {traced}")
    for _ in range(6):
        folder = tmp_path / "bank"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(whole, folder)
        path = next(folder.glob(f"{part}*"))
        before = path.stat()
        data = bytearray(path.read_bytes())
        spoil(data, chance)
        path.write_bytes(data)
        if not traced:
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        with suppress(DisruptError):
            check(Bank.open(folder))
        try:
            bank, _lost = Bank.recover(folder)
        except DisruptError:
            continue
        assert bank.verify() == ()
        check(bank)


def test_a_changed_digit_of_a_fingerprint_is_damage_and_repair_does_not_keep_it(
    whole: Path, tmp_path: Path
) -> None:
    folder = shutil.copytree(whole, tmp_path / "bank")
    path = next(folder.glob("entries-*"))
    old = ENTRIES[1].pdq[0].hex
    path.write_text(path.read_text().replace(old, ("0" if old[0] != "0" else "1") + old[1:]))
    assert Bank.open(folder).health(max_age=None).state == "damaged"
    bank, lost = Bank.recover(folder)
    assert any("checksum" in problem.reason for problem in lost)
    assert bank.get(ENTRIES[1].id) is None
    assert bank.get(ENTRIES[2].id) == ENTRIES[2]


def test_a_lost_commit_is_damage_and_no_silent_step_back(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "bank")
    path = next(folder.glob("journal-*"))
    path.write_bytes(path.read_bytes().replace(b'"cursor": "45"', b'"cursor": "95"'))
    bank = Bank.open(folder)
    assert (bank.cursor, bank.health(max_age=None).state) == ("43", "damaged")


def test_after_a_repair_that_dropped_something_the_feed_is_read_from_its_start(
    whole: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A withdrawal may be among what was lost: its entry must not match for ever."""
    folder = shutil.copytree(whole, tmp_path / "bank")
    path = next(folder.glob("journal-*"))
    path.write_bytes(path.read_bytes().replace(b'{"withdraw": "entry-009"}', b'{"withdraw": "entry-909"}'))
    assert run(argparse.Namespace(action="stat", bank=str(folder), repair=True, json=False)) == 0
    assert "reads the feed from its start" in capsys.readouterr().err
    assert Bank.open(folder).cursor == RESTARTING
