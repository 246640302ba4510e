"""A bank of ten million: seconds, memory and pauses (`python -m benchmarks.filling [--entries N]`).

Pages as an exchange writes them are read, their leaves added up, and banked, as a first sync does; then a
writer adds and withdraws while a reader looks up and takes in what changed. Told: the longest of each.
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.first_sync import PAGE, page_of
from disrupt.matching import Add, Bank, BankEntry, PdqValue, Withdraw
from disrupt.matching._bank._filling import Filling
from disrupt.protocol.columns import _scan
from disrupt.protocol.columns._warm import warm_columns
from disrupt.protocol.columns.page import Columns, grow, read_columns
from disrupt.protocol.merkle import Frontier

_DIGITS = np.frombuffer(b"0123456789abcdef", np.uint8)
_SOURCE = "https://exchange.example"
_AT_ONCE = 100


def pages(count: int) -> Iterator[bytes]:
    """Pages of PAGE additions, each with other ids, digests and hashes."""
    body = page_of(range(1, PAGE + 1), last=PAGE)
    first = read_columns(body)
    assert first is not None
    assert isinstance(first.changes, Columns)
    rows, rng = first.changes.changes, np.random.default_rng(7)
    in_id = np.array([place for place in range(36) if place not in (8, 13, 18, 23)])
    for _ in range(0, count, PAGE):
        text = np.frombuffer(body, np.uint8).copy()
        places = [
            rows[:, _scan.ID, None] + in_id,
            rows[:, _scan.SHA256, None] + np.arange(64),
            rows[:, _scan.MD5, None] + np.arange(32),
            first.changes.prints[:, _scan.HEX, None] + np.arange(64),
        ]
        for place in places:
            text[place] = _DIGITS[rng.integers(0, 16, place.shape, dtype=np.uint8)]
        yield text.tobytes()


class Watched:
    """The most memory of its own (not of mapped files) that this process has had while in use, in MB."""

    def __enter__(self) -> Watched:
        self.most, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()
        return self

    def _watch(self) -> None:
        while not self._over.wait(0.05):
            status = Path("/proc/self/status").read_text()
            kept = int(status.partition("RssAnon:")[2].split()[0])
            self.most = max(self.most, kept // 1024)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()


def filled(folder: Path, count: int) -> dict[str, Any]:
    """Make the bank; the making of the pages is not counted."""
    tree, took, processor, longest = Frontier(), 0.0, 0.0, 0.0
    with Watched() as watched, Filling(folder, _SOURCE) as filling:
        for number, body in enumerate(pages(count)):
            began, used = time.perf_counter(), time.process_time()
            page = read_columns(body)
            assert page is not None
            assert isinstance(page.changes, Columns)
            grow(tree, page.changes.leaves(lambda change: b""))
            filling.add_columns(page.changes.pictures(), 0, len(page.changes))
            if number % (100_000 // PAGE) == 0:
                filling.keep(str(number))
            longest = max(longest, time.perf_counter() - began)
            took += time.perf_counter() - began
            processor += time.process_time() - used
        began, used = time.perf_counter(), time.process_time()
        entries, _ = filling.finish(str(count))
        finish, finish_used = time.perf_counter() - began, time.process_time() - used
    return {
        "entries": entries,
        "seconds": round(took + finish),
        "of a processor": round(processor + finish_used),
        "of it, tables and index at the end": round(finish),
        "own memory at the peak, MB": watched.most,
        "with mapped files, MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def kept_up(folder: Path, batches: int) -> dict[str, Any]:
    """Batches of additions and withdrawals, and a reader beside."""
    writer, reader, over = Bank.open(folder), Bank.open(folder), threading.Event()
    looks, taken = [0.0], [0.0]
    rng = np.random.default_rng(8)

    def read() -> None:
        while not over.is_set():
            hashes: NDArray[np.uint8] = rng.integers(0, 256, (1, 32), dtype=np.uint8)
            began = time.perf_counter()
            reader.query_pdq(hashes, 31)
            looks.append(time.perf_counter() - began)
            began = time.perf_counter()
            reader.refresh()
            taken.append(time.perf_counter() - began)

    thread = threading.Thread(target=read)
    thread.start()
    written = []
    with Watched() as watched:
        for batch in range(batches):
            ids = [str(uuid.uuid4()) for _ in range(_AT_ONCE)]
            changes = [
                Add(BankEntry(one, "image", pdq=(PdqValue(rng.bytes(32).hex(), 90),), origin="examined"))
                for one in ids
            ]
            began = time.perf_counter()
            writer.apply([*changes, *(Withdraw(one) for one in ids[:10])], cursor=str(batch))
            written.append(time.perf_counter() - began)
    over.set()
    thread.join()
    return {
        "batches of 100": batches,
        "a batch, longest, ms": round(1000 * max(written)),
        "a batch, half of them, ms": round(1000 * float(np.median(written))),
        "a look-up beside, longest, ms": round(1000 * max(looks)),
        "a change taken in, longest, ms": round(1000 * max(taken)),
        "own memory at the peak, MB": watched.most,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000_000)
    parser.add_argument("--batches", type=int, default=300)
    args = parser.parse_args()
    warm_columns()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made, "bank")
        print(json.dumps(filled(folder, args.entries), indent=1), flush=True)
        print(json.dumps(kept_up(folder, args.batches), indent=1))


if __name__ == "__main__":
    main()
