"""How much faster two workers of a Ray cluster look a catalogue up than one, beside a scan without a cluster.

`python -m benchmarks.on_ray [--photos N]`. The cluster is real: one node, then two, of one processor each, on
this machine, which should have nothing else to do. A rate is of the rows after the first fifth, so that what
starts once (nodes, processes, banks, decoders) is not in it; `seconds` is all of it but the nodes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.partner.serving import SOURCE

from benchmarks.serve import filled, photographs, spent

_STORE = 200 << 20


@contextmanager
def cluster(nodes: int) -> Iterator[str]:
    """The address of a cluster with so many nodes of one processor each."""
    from ray.cluster_utils import Cluster

    node = {"num_cpus": 1, "object_store_memory": _STORE, "include_dashboard": False}
    made = Cluster(initialize_head=True, head_node_args=node)
    try:
        for _ in range(nodes - 1):
            made.add_node(num_cpus=1, object_store_memory=_STORE)
        made.wait_for_nodes()
        yield made.address
    finally:
        made.shutdown()


def scanned(folder: Path, out: Path, photos: int, *more: str) -> dict[str, float]:
    """Run `disrupt scan`, and look at its rows as they come."""
    command = [sys.executable, "-m", "disrupt.cli", "scan", "--bank", str(folder / "bank"), "--level", "fast"]
    before, began = spent(), time.monotonic()
    begun = (0, began)
    with subprocess.Popen([*command, "--out", str(out), *more, str(folder / "photos")]) as scan:
        while scan.poll() is None:
            now = out.read_bytes().count(b"\n") if out.exists() else 0
            if not begun[0] and now >= photos / 5:
                begun = (now, time.monotonic())
            if now >= photos:
                break
            time.sleep(0.02)
        last, used = time.monotonic(), spent() - before
        if scan.wait() != 0:
            raise RuntimeError("the scan did not end well")
    return {
        "photos_a_second": (photos - begun[0]) / (last - begun[1]),
        "seconds": last - began,
        "processor_ms_a_photo": 1000 * used / photos,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=int, default=600, help="of 1 MP")
    parser.add_argument("--entries", type=int, default=50_000)
    args = parser.parse_args()
    os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(SOURCE)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "photos").mkdir()
        for number, content in enumerate(photographs(args.photos)):
            (folder / "photos" / f"{number}.jpg").write_bytes(content)
        filled(folder / "bank", args.entries)
        told: dict[str, Any] = {"photos": args.photos, "entries": args.entries}
        told["without a cluster, one decoder"] = scanned(folder, folder / "plain", args.photos, "--jobs", "1")
        for nodes in (1, 2):
            with cluster(nodes) as address:
                rows = folder / f"rows{nodes}"
                told[f"on a cluster of {nodes}"] = scanned(folder, rows, args.photos, "--ray", address)
        rates = [told[f"on a cluster of {nodes}"]["photos_a_second"] for nodes in (1, 2)]
        told["two are faster than one by"] = rates[1] / rates[0]
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
