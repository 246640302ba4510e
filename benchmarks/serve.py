"""Photos a second through `disrupt serve`, beside the matcher of `tx` on the same photos in the same run.

And how long answers take while the bank is exchanged below it, and what its processes hold of the bank:
`python -m benchmarks.serve [--photos N] [--entries N] [--requests N]`. Clients share the machine with the
server, as they do not in use; processor time a photo (of the server's processes alone) is what other loads
spare.
"""

from __future__ import annotations

import argparse
import io
import json
import multiprocessing
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tests.matching.pictures import photo
from tests.partner.serving import below, mapped, over_many_connections, processor_seconds, serving

from disrupt.matching import Add, Bank, BankEntry, PdqValue, Withdraw
from disrupt.partner.serve.engine import FOLLOW_SECONDS


def photographs(count: int) -> list[bytes]:
    """JPEGs of 1 MP."""
    made = []
    for seed in range(count):
        out = io.BytesIO()
        Image.fromarray(photo(1000 + seed, 1200, 900)).save(out, "JPEG", quality=85)
        made.append(out.getvalue())
    return made


def filled(folder: Path, entries: int) -> list[str]:
    """A bank of random hashes; the hashes."""
    rows = np.random.default_rng(1).integers(0, 256, (entries, 32), dtype=np.uint8)
    texts = [row.tobytes().hex() for row in rows]
    Bank.load(
        folder,
        (
            BankEntry(f"e{n}", "image", "ncii", origin="examined", pdq=(PdqValue(text, 100),))
            for n, text in enumerate(texts)
        ),
    )
    return texts


def spent() -> float:
    """Seconds of a processor that all processes below this one have used so far."""
    return sum(map(processor_seconds, below(os.getpid())))


def served(bank: Path, photos: list[bytes], level: str) -> dict[str, float]:
    """Rate and cost at a level, four clients at once."""
    with serving("--bank", str(bank), "--workers", "2", "--jobs", "1", "--level", level) as client:
        for content in photos[:8]:
            client.post("/v1/match", content=content).raise_for_status()
        queue, lock = [*photos], threading.Lock()
        before, began = spent(), time.monotonic()

        def ask() -> None:
            import httpx

            with httpx.Client(base_url=client.base_url, timeout=120) as own:
                while True:
                    with lock:
                        if not queue:
                            return
                        content = queue.pop()
                    own.post("/v1/match", content=content).raise_for_status()

        threads = [threading.Thread(target=ask) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - began
        used = spent() - before
    return {"photos_a_second": len(photos) / took, "processor_ms_a_photo": 1000 * used / len(photos)}


def _change(folder: Path, texts: list[str], ended: Any, begun: Any) -> None:
    """Put entries in and take them out again, and fold the journal now and then, until told to end."""
    os.nice(10)
    bank, round_ = Bank.open(folder), 0
    while not ended.is_set():
        made = [BankEntry(f"n{n}", "image", "ncii", pdq=(PdqValue(t, 100),)) for n, t in enumerate(texts)]
        bank.apply([Withdraw(one.id) for one in made] if round_ % 2 else [Add(one) for one in made])
        if round_ % 5 == 4:
            bank.compact()
        begun.set()
        round_ += 1
        ended.wait(0.2)


def while_exchanged(folder: Path, requests: int) -> dict[str, Any]:
    """Milliseconds of a look-up by a hash: as usual, and while entries and generations change below it."""
    rows = np.random.default_rng(7).integers(0, 256, (requests, 32), dtype=np.uint8)
    texts = [row.tobytes().hex() for row in rows]

    def asked(client: Any) -> dict[str, float]:
        took = []
        for text in texts:
            began = time.perf_counter()
            client.post("/v1/match", json={"pdq": text}).raise_for_status()
            took.append(1000 * (time.perf_counter() - began))
        return {name: float(np.percentile(took, part)) for name, part in (("p50", 50), ("p99", 99))}

    with serving("--bank", str(folder), "--workers", "2", "--jobs", "1", "--level", "gate") as client:
        asked(client)
        told: dict[str, Any] = {"usual, ms": asked(client)}
        # In a process of its own, as nice as the unit of `disrupt sync` makes it.
        around = multiprocessing.get_context("spawn")
        ended, begun = around.Event(), around.Event()
        writer = around.Process(target=_change, args=(folder, texts[:100], ended, begun))
        generation = Bank.open(folder).stat().generation
        writer.start()
        begun.wait(120)
        try:
            told["while it changes, ms"] = asked(client)
        finally:
            ended.set()
            writer.join()
        told["generations meanwhile"] = Bank.open(folder).stat().generation - generation
        told["bank, MB on the disk"] = Bank.open(folder).stat().bytes >> 20
        told["bank in each worker, MB"] = held_by_each(client, folder, texts)
    return told


def held_by_each(client: Any, folder: Path, texts: list[str]) -> list[dict[str, float]]:
    """MB of the bank's newest files that each worker holds, once all have looked in them.

    The look-ups before went over one connection, to one worker; and what was written last has been mapped
    anew, and is read from the disk by the next look-up only.
    """
    time.sleep(5 * FOLLOW_SECONDS)
    over_many_connections(client, texts)
    return [{name: kb / 1024 for name, kb in one.items()} for one in mapped(folder)]


def of_tx(hashes: list[str], photos: list[bytes]) -> dict[str, float]:
    """`tx`'s own matcher in one process: hash, then look the hash up."""
    from threatexchange.signal_type.pdq.signal import PdqSignal

    index = PdqSignal.get_index_cls().build([(text, number) for number, text in enumerate(hashes)])
    before, began = time.process_time(), time.monotonic()
    for content in photos:
        index.query(PdqSignal.hash_from_bytes(content))
    took, used = time.monotonic() - began, time.process_time() - before
    return {"photos_a_second": len(photos) / took, "processor_ms_a_photo": 1000 * used / len(photos)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=300)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=1000, help="for the time of an answer")
    args = parser.parse_args()
    photos = photographs(args.photos)
    with tempfile.TemporaryDirectory() as folder:
        hashes = filled(Path(folder) / "bank", args.entries)
        told: dict[str, Any] = {"entries": args.entries, "photos": args.photos}
        told["tx, one process"] = of_tx(hashes, photos)
        for level in ("gate", "fast", "standard", "thorough"):
            told[f"serve, {level}, two processes"] = served(Path(folder) / "bank", photos, level)
        told["while the bank is exchanged"] = while_exchanged(Path(folder) / "bank", args.requests)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
