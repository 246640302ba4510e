"""A scan on a Ray cluster of two nodes, of which one is killed half-way: each file has its row, once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.matching.pictures import bank_of, photo
from tests.waiting import until

from disrupt.cli import main

SOURCE = Path(__file__).parents[3] / "src"
FIRST = 24
SCAN = """
import sys
from disrupt.partner.scan import on_ray
from disrupt.cli import main
on_ray.TOGETHER, on_ray.BATCH = 24, 1
sys.exit(main(sys.argv[1:]))
"""

ray = pytest.importorskip("ray", reason="the extra ray is not installed")
pytestmark = [pytest.mark.slow, pytest.mark.alone]


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Two nodes on loopback; the first is the head, on which whoever asks connects."""
    from ray.cluster_utils import Cluster

    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    node = {"num_cpus": 1, "object_store_memory": 100 * 1024 * 1024, "include_dashboard": False}
    before = signal.getsignal(signal.SIGTERM)  # Ray takes it for itself
    made = Cluster(initialize_head=True, head_node_args=node)
    try:
        yield made
    finally:
        made.shutdown()
        signal.signal(signal.SIGTERM, before)


def rows(path: Path) -> list[dict[str, Any]]:
    whole = [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]
    return [json.loads(line) for line in whole] if path.exists() else []


def lookers() -> Counter[int]:
    """How many processes of the cluster look files up now, by the node (its raylet) that started them."""
    found: Counter[int] = Counter()
    for one in Path("/proc").iterdir():
        if one.name.isdigit():
            try:
                if b"ray::" in (one / "cmdline").read_bytes() and b"Looker" in (one / "cmdline").read_bytes():
                    found[int((one / "stat").read_text().rpartition(")")[2].split()[1])] += 1
            except OSError:
                continue
    return found


def test_a_node_that_is_killed_costs_no_row_and_makes_none_twice(cluster: Any, tmp_path: Path) -> None:
    bank_of(tmp_path / "bank", {f"p{seed}": photo(seed) for seed in range(2)})
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for seed in range(FIRST + 8):
        picture = photo(seed) if seed < 2 else photo(100 + seed, 160, 120)
        Image.fromarray(picture).save(folder / f"{seed:02}.jpg")
    (folder / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 not much of a picture")
    names = sorted(str(path) for path in folder.iterdir())
    lost = cluster.add_node(num_cpus=1, object_store_memory=100 * 1024 * 1024)
    cluster.wait_for_nodes()
    out = tmp_path / "out.jsonl"
    command = ["scan", "--ray", cluster.address, "--bank", str(tmp_path / "bank"), "--level", "fast"]
    with subprocess.Popen(
        [sys.executable, "-c", SCAN, *command, "--out", str(out), "--list", "-"], stdin=subprocess.PIPE
    ) as scan:
        assert scan.stdin is not None
        scan.stdin.write("\n".join(names[:FIRST]).encode() + b"\n")
        scan.stdin.flush()
        until(lambda: out.exists() and len(rows(out)) >= 2, seconds=180)
        if len(rows(out)) < FIRST:
            until(lambda: len(lookers()) == 2 or len(rows(out)) == FIRST, seconds=180)
        cluster.remove_node(lost, allow_graceful=False)
        scan.stdin.write("\n".join(names[FIRST:]).encode() + b"\n")
        scan.stdin.close()
        assert scan.wait(240) == 1, "one of the files cannot be read"
    found = rows(out)
    assert Counter(row["path"] for row in found) == Counter(names)
    by_name = {Path(row["path"]).name: row for row in found}
    assert by_name["00.jpg"]["matches"][0]["entry"] == "p0"
    assert by_name["broken.jpg"]["error"]["code"] == "unreadable_media"
    again = [*command[:1], *command[3:], "--out", str(out), str(folder)]
    assert main(again) == 0, "the same scan without the cluster: nothing is left"
    assert len(rows(out)) == len(names)


def test_no_cluster_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "1")
    monkeypatch.setenv("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    bank_of(tmp_path / "bank", {"p": photo(1)})
    common = [
        "scan",
        "--bank",
        str(tmp_path / "bank"),
        "--out",
        str(tmp_path / "out"),
        str(tmp_path / "bank"),
    ]
    assert main([*common, "--ray", "127.0.0.1:9"]) == 2
    assert "no Ray cluster answers there" in capsys.readouterr().err
    assert main([*common, "--ray", "auto", "--keep-prints", str(tmp_path / "prints")]) == 2
    assert os.environ["RAY_USAGE_STATS_ENABLED"] == "0"
