"""The first fetch of a feed: entries a second, verified and on the disk (`python -m benchmarks.first_sync`).

The pages are made and signed beforehand and handed over as bytes: no network and no exchange is measured.
Seconds of the processor, and of the clock, which says less on a busy machine. An argument sets the count.
"""

from __future__ import annotations

import hashlib
import json
import resource
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
        changes = [_change(number) for number in range(after + 1, end + 1)]
        page: dict[str, Any] = {"format": "disrupt-feed/1", "changes": changes}
        page |= {"next": end, "last": count, "more": end < count}
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


def _written(page: dict[str, Any]) -> str:
    """As an exchange writes it."""
    return json.dumps(page, separators=(",", ":"))


class _Stored(FeedClient):
    """Reads what `write_feed` wrote."""

    folder: Path

    def _patiently(self, method: str, path: str, **more: Any) -> tuple[int, httpx.Headers, bytes]:
        return 200, httpx.Headers(), Path(self.folder, str(more["params"]["after"])).read_bytes()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
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


if __name__ == "__main__":
    main()
