"""A real `disrupt serve` on loopback for a test."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
from PIL import Image
from tests.matching.pictures import photo

SOURCE = Path(__file__).parents[2] / "src"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port


@contextmanager
def serving(*arguments: str, key: str = "", ready: bool = True) -> Iterator[httpx.Client]:
    """Start it, wait until it is ready, give a client for it, and end it."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "disrupt.cli", "serve", "--port", str(port), *arguments],
        env=dict(os.environ, PYTHONPATH=str(SOURCE)),
    )
    headers = {"authorization": f"Bearer {key}"} if key else {}
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=120) as client:
            deadline = time.monotonic() + 180
            while True:
                assert process.poll() is None, "the server ended"
                assert time.monotonic() < deadline, "the server is never ready"
                try:
                    answer = client.get("/ready" if ready else "/live")
                    if answer.status_code == 200:
                        break
                except httpx.TransportError:
                    pass
                time.sleep(0.2)
            yield client
    finally:
        process.terminate()
        process.wait(60)


def png(seed: int) -> bytes:
    """A picture made in code, as an upload."""
    out = io.BytesIO()
    Image.fromarray(photo(seed, 160, 120)).save(out, "PNG")
    return out.getvalue()


def below(parent: int) -> list[int]:
    """The processes below one, however deep."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    found = {parent}
    while more := {child for child, above in parents.items() if above in found} - found:
        found |= more
    return sorted(found - {parent})


def processor_seconds(pid: int) -> float:
    """What a process has used so far, and those that it has seen end; 0 of one that is gone."""
    try:
        fields = (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def mapped(folder: Path) -> list[dict[str, int]]:
    """kB of each process below this one that maps a bank: of it in memory, its share, and its own alone.

    One that has not looked into what it maps (a new generation, or nobody asked it anything) has 0 of it in
    memory, and a row like the others.
    """
    told = []
    for pid in below(os.getpid()):
        sums, ours, maps = dict.fromkeys(("Rss", "Pss", "Private_Dirty", "Anonymous"), 0), False, False
        with suppress(OSError):
            for line in (Path("/proc") / str(pid) / "smaps").read_text().splitlines():
                words = line.split()
                if "-" in words[0] and not words[0].endswith(":"):
                    ours = len(words) > 5 and words[5].startswith(f"{folder}/")
                    maps = maps or ours
                elif ours and words[0][:-1] in sums:
                    sums[words[0][:-1]] += int(words[1])
        if maps:
            told.append(sums)
    return told


def over_many_connections(client: httpx.Client, texts: Sequence[str], connections: int = 32) -> None:
    """Look hashes up, some over each of many connections, so that every worker is asked."""
    for number in range(connections):
        with httpx.Client(base_url=client.base_url, headers=client.headers, timeout=120) as own:
            for text in texts[number::connections]:
                own.post("/v1/match", json={"pdq": text}).raise_for_status()
