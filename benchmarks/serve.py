"""Photos a second through `disrupt serve`, beside the matcher of `tx` on the same photos in the same run.

`python -m benchmarks.serve [--photos N] [--entries N]`. Clients share the machine with the server, as they do
not in use; processor time a photo (of the server's processes alone) is the figure that other loads spare.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tests.matching.pictures import photo
from tests.partner.serving import serving

from disrupt.matching import Add, Bank, BankEntry, PdqValue

_TICK = os.sysconf("SC_CLK_TCK")


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
    bank = Bank.create(folder)
    for start in range(0, entries, 20_000):
        bank.apply(
            Add(BankEntry(f"e{start + n}", "image", "ncii", origin="examined", pdq=(PdqValue(text, 100),)))
            for n, text in enumerate(texts[start : start + 20_000])
        )
    bank.compact()
    return texts


def processor_seconds(parent: int) -> float:
    """What the processes below `parent` have used so far."""
    parents: dict[int, int] = {}
    used: dict[int, float] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry.name)] = int(fields[1])
            used[int(entry.name)] = (int(fields[11]) + int(fields[12])) / _TICK
    below = {parent}
    while True:
        more = {child for child, above in parents.items() if above in below} - below
        if not more:
            return sum(used.get(pid, 0.0) for pid in below - {parent})
        below |= more


def served(bank: Path, photos: list[bytes], level: str) -> dict[str, float]:
    """Rate and cost at a level, four clients at once."""
    with serving("--bank", str(bank), "--workers", "2", "--jobs", "1", "--level", level) as client:
        for content in photos[:8]:
            client.post("/v1/match", content=content).raise_for_status()
        queue, lock = [*photos], threading.Lock()
        before, began = processor_seconds(os.getpid()), time.monotonic()

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
        used = processor_seconds(os.getpid()) - before
    return {"photos_a_second": len(photos) / took, "processor_ms_a_photo": 1000 * used / len(photos)}


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
    args = parser.parse_args()
    photos = photographs(args.photos)
    with tempfile.TemporaryDirectory() as folder:
        hashes = filled(Path(folder) / "bank", args.entries)
        told: dict[str, Any] = {"entries": args.entries, "photos": args.photos}
        told["tx, one process"] = of_tx(hashes, photos)
        for level in ("fast", "standard"):
            told[f"serve, {level}, two processes"] = served(Path(folder) / "bank", photos, level)
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
