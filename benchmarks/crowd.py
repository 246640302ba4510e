"""So many uploads at once over real sockets to `disrupt serve` (`python -m benchmarks.crowd [--uploads N]`).

Every connection is open, and has sent all but the last byte of its request, before any is let go on. Told:
what was answered, how soon a probe is answered meanwhile, and whether everything is as usual afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import tempfile
import time
from collections import Counter
from pathlib import Path

import httpx
import numpy as np
from tests.matching.pictures import bank_of, photo
from tests.partner.serving import png, serving


async def crowd(
    host: str, port: int, uploads: int, content: bytes
) -> tuple[Counter[str], float, list[float]]:
    """What was answered, in how many seconds, and how long each probe took."""
    head = (
        f"POST /v1/match HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    ready, go, open_now = asyncio.Semaphore(200), asyncio.Event(), 0
    answers, probes = Counter[str](), list[float]()
    all_there = asyncio.Event()

    async def upload() -> None:
        nonlocal open_now
        try:
            async with ready:
                reader, writer = await asyncio.open_connection(host, port)
                writer.write(head.encode() + content[:-1])
                await writer.drain()
            open_now += 1
            if open_now == uploads:
                all_there.set()
            await go.wait()
            writer.write(content[-1:])
            answer = await reader.read()
            answers[answer[9:12].decode() or "closed"] += 1
            writer.close()
        except OSError as error:
            answers[type(error).__name__] += 1

    async def probe() -> None:
        async with httpx.AsyncClient(timeout=60) as client:
            while True:
                began = time.perf_counter()
                (await client.get(f"http://{host}:{port}/live")).raise_for_status()
                probes.append(time.perf_counter() - began)
                await asyncio.sleep(0.05)

    tasks = [asyncio.ensure_future(upload()) for _ in range(uploads)]
    waiting = asyncio.ensure_future(asyncio.wait_for(all_there.wait(), 25))
    await asyncio.wait({waiting})
    probing = asyncio.ensure_future(probe())
    began = time.perf_counter()
    go.set()
    await asyncio.gather(*tasks)
    took = time.perf_counter() - began
    probing.cancel()
    return answers, took, probes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--uploads", type=int, default=10_000)
    args = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with tempfile.TemporaryDirectory() as folder:
        bank_of(Path(folder, "bank"), {"p": photo(1, 160, 120)})
        with serving("--bank", str(Path(folder, "bank")), "--level", "gate", "--workers", "2") as client:
            content = png(1)
            url = client.base_url
            answers, took, probes = asyncio.run(crowd(url.host, url.port or 0, args.uploads, content))
            after = client.post("/v1/match", content=content)
            told = {
                "uploads at once": args.uploads,
                "answered": dict(answers),
                "seconds": round(took, 1),
                "a probe meanwhile, ms": {
                    name: round(1000 * float(np.percentile(probes or [0], part)))
                    for name, part in (("p50", 50), ("p99", 99))
                },
                "an upload afterwards": [after.status_code, after.json()["action"]],
            }
    print(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
