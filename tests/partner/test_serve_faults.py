"""A bad day of `disrupt serve` and `disrupt scan`: a crowd, poisoned files, another bank, a full disk."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tests.fingerprint.test_fuzz import FORMATS, mutate, seed_of
from tests.matching.pictures import bank_of, photo
from tests.partner.guarding import jpeg
from tests.partner.serving import SOURCE, png, serving
from tests.waiting import until

from disrupt.cli import main
from disrupt.partner.serve.app import App
from disrupt.partner.serve.settings import Settings


@pytest.mark.slow
def test_ten_thousand_uploads_at_once_are_answered_within_bounds(tmp_path: Path) -> None:
    bank_of(tmp_path / "bank", {"p": photo(1, 160, 120)})
    most, content = 4 << 20, png(1)
    app = App(Settings({"bank": str(tmp_path / "bank")}, "", "gate", held_bytes=most))
    statuses, peak = Counter[int](), 0
    scope = {"type": "http", "method": "POST", "path": "/v1/match", "query_string": b"", "headers": []}

    async def life(kind: str) -> None:
        async def receive() -> MutableMapping[str, Any]:
            return {"type": f"lifespan.{kind}"} if kinds else await asyncio.Event().wait() or {}

        async def send(message: MutableMapping[str, Any]) -> None:
            assert message["type"] == f"lifespan.{kind}.complete"
            kinds.clear()

        kinds = [kind]
        task = asyncio.ensure_future(app._lifespan(receive, send))
        while kinds:
            await asyncio.sleep(0.01)
        task.cancel()

    async def upload() -> None:
        sent = False

        async def receive() -> MutableMapping[str, Any]:
            nonlocal sent, peak
            if sent:
                await asyncio.Event().wait()
            sent = True
            await asyncio.sleep(0)
            peak = max(peak, app._held.now)
            return {"type": "http.request", "body": content, "more_body": False}

        async def send(message: MutableMapping[str, Any]) -> None:
            if "status" in message:
                statuses[message["status"]] += 1

        await app(dict(scope), receive, send)

    async def crowd() -> None:
        await life("startup")
        try:
            await asyncio.to_thread(until, lambda: app.engine.ready)
            await asyncio.gather(*(upload() for _ in range(10_000)))
        finally:
            await life("shutdown")

    asyncio.run(crowd())
    assert statuses.total() == 10_000
    assert set(statuses) == {200, 503}
    assert statuses[200] >= app.settings.waiting
    assert peak <= most + len(content)
    assert (app._held.now, app.engine.under_way) == (0, 0)


@pytest.mark.slow
def test_poisoned_files_and_a_bank_that_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "bank"
    bank_of(path, {"old": photo(1, 160, 120)})
    with serving("--bank", str(path), "--workers", "1", "--jobs", "2") as client:
        outcomes = Counter[int]()
        for number, name in enumerate(FORMATS):
            chance, content = np.random.default_rng(number), seed_of(name)
            for _ in range(5):
                answer = client.post("/v1/match?level=gate", content=mutate(content, chance))
                outcomes[answer.status_code] += 1
                assert answer.json()["action"] in ("none", "review")
        assert set(outcomes) <= {200, 413, 422}
        assert outcomes[422] > 5, "the mutations are too gentle to test anything"
        assert action(client, 1) == "block"
        # Another bank in its place: what it has counts, and what it has not does not.
        bank_of(tmp_path / "next", {"new": photo(2, 160, 120)})
        path.rename(tmp_path / "before")
        (tmp_path / "next").rename(path)
        until(lambda: action(client, 2) == "block")
        until(lambda: action(client, 1) == "none")


def action(client: httpx.Client, seed: int) -> str:
    told: str = client.post("/v1/match?level=gate", content=png(seed)).json()["action"]
    return told


FULL = """
import resource, sys
from disrupt.cli import main
main(["warm"])  # so that nothing is compiled, and kept, under the limit
resource.setrlimit(resource.RLIMIT_FSIZE, (6000, 6000))  # no file grows further: as on a disk that is full
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_scan_goes_on_after_a_full_disk(tmp_path: Path) -> None:
    bank_of(tmp_path / "bank", {"p": photo(1, 160, 120)})
    content = jpeg(photo(2, 96, 72))
    assert len(content) < 6000
    for number in range(80):
        (tmp_path / "uploads").mkdir(exist_ok=True)
        (tmp_path / "uploads" / f"{number:02}.jpg").write_bytes(content)
    scan = ["scan", "--bank", str(tmp_path / "bank"), "--level", "gate", "--out", str(tmp_path / "rows")]
    scan += [str(tmp_path / "uploads")]
    done = subprocess.run(
        [sys.executable, "-c", FULL, *scan],
        env={**os.environ, "PYTHONPATH": str(SOURCE), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert "disrupt scan: File too large" in done.stderr
    assert main(scan) == 0
    told = [json.loads(line)["path"] for line in (tmp_path / "rows").read_text().splitlines()]
    assert sorted(told) == sorted(map(str, (tmp_path / "uploads").iterdir()))
