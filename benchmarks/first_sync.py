"""The first fetch of a feed: entries a second, verified and on the disk (`python -m benchmarks.first_sync`).

The pages are made and signed beforehand and handed over as bytes: no network and no exchange is measured.
Seconds of the processor, and of the clock, which says less on a busy machine. An argument sets the count.
With `--tx`, unmodified `tx` takes in the same PDQs beside it, from a file: it verifies nothing.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from disrupt.matching import Bank
from disrupt.partner.following.feed_client import FeedClient
from disrupt.partner.sync import sync
from disrupt.protocol.columns._warm import warm_columns
from disrupt.protocol.merkle import Frontier, consistency, peaks_of
from disrupt.protocol.plain import Plain, read_bulk_page
from disrupt.protocol.signed_log import Head, LogPart

PAGE = 2000


def _digest(name: object, length: int = 64) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()[:length]


def _change(number: int) -> dict[str, Any]:
    return {
        "seq": number,
        "at": "2026-11-22T10:00:00Z",
        "action": "added",
        "id": str(uuid.UUID(_digest(("id", number), 32))),
        "kind": "image",
        "category": "ADU-DNCI",
        "origin": "examined",
        "minors": None,
        "jurisdiction": None,
        "sha256": _digest(number),
        "md5": _digest(number, 32),
        "pdq": [{"hex": _digest(("pdq", number)), "quality": 90, "role": "stored"}],
        "vpdq": [],
        "proof": {"salt": _digest(("salt", number), 32), "parts_salt": _digest(("parts", number), 32)},
    }


def write_feed(folder: Path, count: int) -> None:
    """A feed of so many entries, a file a page, each with its proof."""
    key, tree, nodes = Ed25519PrivateKey.generate(), Frontier(), dict[tuple[int, int], bytes]()
    starts = range(0, count, PAGE)
    for after in starts:
        end = min(count, after + PAGE)
        page: dict[str, Any] = json.loads(page_of(range(after + 1, end + 1), count))
        for change in read_bulk_page(page).changes:
            leaf = change.leaf() if isinstance(change, Plain) else None
            assert leaf is not None
            nodes.update(((level, index), value) for level, index, value in tree.add(leaf))
        Path(folder, str(after)).write_text(_written(page))

    def node(level: int, index: int) -> bytes:
        return nodes[level, index]

    bare = Head(count, tree.root(), "2026-11-22T10:00:00Z", (key.public_key().public_bytes_raw().hex(),))
    head = Head(count, bare.root, bare.at, bare.keys, (key.sign(bare.text()),))
    for after in starts:
        path = Path(folder, str(after))
        page = json.loads(path.read_bytes())
        proof = consistency(page["next"], count, node)
        page["log"] = LogPart(head, tuple(peaks_of(after, node)), tuple(proof)).to_wire()
        path.write_text(_written(page))


def page_of(numbers: range, last: int) -> bytes:
    """A page of these additions as an exchange writes it, without the log's part."""
    page: dict[str, Any] = {"format": "disrupt-feed/1", "changes": [_change(number) for number in numbers]}
    page |= {"next": numbers[-1], "last": last, "more": numbers[-1] < last}
    return _written(page).encode()


def _written(page: dict[str, Any]) -> str:
    """As an exchange writes it."""
    return json.dumps(page, separators=(",", ":"))


class _Stored(FeedClient):
    """Reads what `write_feed` wrote."""

    folder: Path

    def _patiently(self, method: str, path: str, **more: Any) -> tuple[int, httpx.Headers, bytes]:
        return 200, httpx.Headers(), Path(self.folder, str(more["params"]["after"])).read_bytes()


def _used(who: int) -> float:
    return resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime


def take_in_by_tx(count: int) -> tuple[float, float]:
    """Seconds of the processor and of the clock that `tx fetch` takes, its index included."""
    with tempfile.TemporaryDirectory() as made:
        listed = Path(made, "list.txt")
        listed.write_text("".join(f"pdq {_digest(('pdq', number))}\n" for number in range(1, count + 1)))
        tx = [sys.executable, "-c", "from threatexchange.cli.main import main; main()"]
        env = dict(os.environ, HOME=made)
        edit = ["config", "collab", "edit", "local_file", "--create", "Some list", "--filename", str(listed)]
        subprocess.run([*tx, *edit], env=env, check=True)
        clock, processor = time.perf_counter(), _used(resource.RUSAGE_CHILDREN)
        subprocess.run([*tx, "fetch", "--only-api", "local_file"], env=env, check=True)
        return _used(resource.RUSAGE_CHILDREN) - processor, time.perf_counter() - clock


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", nargs="?", type=int, default=200_000)
    parser.add_argument("--tx", action="store_true")
    args = parser.parse_args()
    count: int = args.count
    warm_columns()  # compiled at set-up (`disrupt warm`)
    with tempfile.TemporaryDirectory() as made:
        feed = Path(made, "feed")
        feed.mkdir()
        write_feed(feed, count)
        client = _Stored("http://127.0.0.1:9", "key")
        client.folder = feed
        with client:
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            clock, processor = time.perf_counter(), time.process_time()
            summary = sync(client, Path(made, "bank"), limit=PAGE)
            clock, processor = time.perf_counter() - clock, time.process_time() - processor
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        assert summary.entries == len(Bank.open(Path(made, "bank"))) == count
    print(
        f"{count:,} entries: {processor:.1f} s of processor ({count / processor:,.0f} a second), "
        f"{clock:.1f} s on the clock ({count / clock:,.0f} a second), {grown:.0f} MB more"
    )
    if args.tx:
        processor, clock = take_in_by_tx(count)
        print(
            f"tx: {processor:.1f} s of processor ({count / processor:,.0f} a second), "
            f"{clock:.1f} s on the clock ({count / clock:,.0f} a second)"
        )


if __name__ == "__main__":
    main()
