"""A bank made at once from a stream is the same as one that grew, and takes no memory for its size."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.matching.entries import content, film, pdq, picture

from disrupt.matching import Add, BadEntry, Bank, BankEntry, BankExists, BankMissing, Withdraw
from disrupt.matching._index._segment import SMALLEST_WITH_TABLES

_MANY = """
import sys, resource
from pathlib import Path
import numpy as np
from disrupt.matching import Bank, BankEntry, PdqValue
count = int(sys.argv[2])
def entries():
    rng = np.random.default_rng(0)
    for n in range(count):
        pdq = (PdqValue(rng.bytes(32).hex(), 90),)
        yield BankEntry(f"e{n}", "image", "ncii", origin="examined", sha256=f"{n:064x}", pdq=pdq)
Bank.load(sys.argv[1], [])
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
bank = Bank.load(sys.argv[1] + "2", entries())
assert len(bank) == count
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


def test_it_is_the_same_as_one_that_grew(tmp_path: Path) -> None:
    entries = [picture(n) for n in range(30)] + [film(1, 5), replace(picture(40), pdq=())]
    grown = Bank.create(tmp_path / "grown")
    grown.apply(map(Add, entries), cursor="7", source="https://a.example")
    grown.compact()
    loaded = Bank.load(tmp_path / "loaded", iter(entries), cursor="7", source="https://a.example")
    assert content(loaded) == content(grown)
    assert list(loaded.entries()) == list(grown.entries())
    assert (loaded.cursor, loaded.source) == (grown.cursor, grown.source)
    assert replace(loaded.stat(), path="", generation=0, bytes=0) == replace(
        grown.stat(), path="", generation=0, bytes=0
    )
    assert loaded.verify() == ()
    for text in (pdq(3), pdq(1002)):
        assert loaded.query_pdq([text], 0) == grown.query_pdq([text], 0) != ()
    assert [entry.id for entry in loaded.find_digest(md5=f"{40:032x}")] == ["e40"]


def test_the_last_of_an_id_counts_and_changes_go_on(tmp_path: Path) -> None:
    changed = replace(picture(0), category="other", pdq=picture(99).pdq)
    entries = [picture(0), picture(1), replace(picture(2), label="first"), changed, picture(2)]
    bank = Bank.load(tmp_path / "bank", entries)
    assert content(bank) == {"e0": changed, "e1": picture(1), "e2": picture(2)}
    assert bank.query_pdq([pdq(0)], 0) == ()
    assert [match.entry.id for match in bank.query_pdq([pdq(99)], 0)] == ["e0"]
    assert bank.verify() == ()
    bank.apply([Add(picture(5)), Withdraw("e1")])
    bank.compact()
    assert sorted(content(Bank.open(tmp_path / "bank", strict=True))) == ["e0", "e2", "e5"]
    assert bank.verify() == ()


def test_what_fails_leaves_no_bank(tmp_path: Path) -> None:
    def ends() -> Iterator[BankEntry]:
        yield picture(1)
        raise ConnectionError

    for entries, kind in ((ends(), ConnectionError), ([picture(1), BankEntry("", "image")], BadEntry)):
        with pytest.raises(kind):
            Bank.load(tmp_path / "bank", entries)
        with pytest.raises(BankMissing):
            Bank.open(tmp_path / "bank")
    Bank.load(tmp_path / "bank", [picture(1)])
    with pytest.raises(BankExists):
        Bank.load(tmp_path / "bank", [picture(2)])


def test_thousands_are_found_through_tables(tmp_path: Path) -> None:
    count = SMALLEST_WITH_TABLES + 900
    bank = Bank.load(tmp_path / "bank", (picture(n) for n in range(count)))
    assert bank.verify() == ()
    rng = np.random.default_rng(5)
    for number in rng.integers(0, count, 40).tolist():
        query = np.frombuffer(bytes.fromhex(pdq(number)), np.uint8).copy()
        query[rng.integers(0, 32, 20)] ^= 1
        assert f"e{number}" in [match.entry.id for match in bank.query_pdq(query[None], 31)]


def test_memory_does_not_hold_the_entries(tmp_path: Path) -> None:
    grew = []
    for count in (30_000, 90_000):
        done = subprocess.run(
            [sys.executable, "-c", _MANY, str(tmp_path / f"bank{count}"), str(count)],
            capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        grew.append(int(done.stdout) * (1 if sys.platform == "darwin" else 1024))
    # A bank of 10 million must stay under 1 GB: 90 bytes an entry. One held as an object takes a thousand.
    assert (grew[1] - grew[0]) / 60_000 < 250
