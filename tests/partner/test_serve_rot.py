"""A bank that rots under a running `disrupt serve`: told, answered from what is left, good when mended."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import httpx
import pytest
from tests.matching.pictures import bank_of, photo
from tests.partner.serving import below, png, serving
from tests.waiting import until

from disrupt.cli import main

pytestmark = pytest.mark.functional


def state(client: httpx.Client) -> tuple[int, str]:
    """Whether it is ready, and how its bank is; nothing where a worker died with the question."""
    try:
        answer = client.get("/ready")
    except httpx.TransportError:
        return 0, ""
    return answer.status_code, answer.json().get("banks", {}).get("bank", {}).get("state", "")


def action(client: httpx.Client, seed: int) -> str:
    try:
        answer = client.post("/v1/match?level=gate", content=png(seed))
    except httpx.TransportError:
        return "died"
    told: str = answer.json().get("action") or answer.json()["code"]
    return told


@pytest.mark.slow
def test_a_bank_that_rots_is_told_and_mended(tmp_path: Path) -> None:
    bank = bank_of(tmp_path / "bank", {name: photo(seed, 160, 120) for seed, name in enumerate("abc")})
    bank.compact()
    path = bank.path
    lost = bank.get("a")
    assert lost is not None
    with serving("--bank", str(path), "--workers", "1") as client:
        # A digit of one hash becomes another, and no time of a file tells of it.
        (entries,) = path.glob("entries-*.jsonl")
        times = entries.stat()
        content = entries.read_bytes()
        place = content.index(lost.pdq[0].hex.encode())
        with entries.open("r+b") as file:
            file.seek(place)
            file.write(b"0" if content[place : place + 1] != b"0" else b"1")
        os.utime(entries, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert action(client, 0) == "bad_entry"
        until(lambda: state(client) == (503, "damaged"))
        told = client.get("/ready").json()["banks"]["bank"]["reasons"]
        assert told[0].startswith(f"bank/{entries.name}: ")
        assert str(tmp_path) not in str(told), "whoever asks is not told where it is on this machine"
        assert action(client, 1) == "block"
        assert main(["bank", "stat", "--repair", str(path)]) == 0
        until(lambda: state(client) == (200, "clean"))
        assert [action(client, seed) for seed in range(3)] == ["none", "block", "block"]
        # The index is cut short while it is mapped: who reads there dies, and somebody answers all the same.
        (index,) = path.glob("index-*.bin")
        os.truncate(index, 4096)
        until(lambda: action(client, 1) == "block" and state(client) == (503, "damaged"))
        assert [action(client, seed) for seed in range(3)] == ["none", "block", "block"]
        assert main(["bank", "stat", "--repair", str(path)]) == 0
        until(lambda: state(client) == (200, "clean"))
        assert [action(client, seed) for seed in range(3)] == ["none", "block", "block"]


@pytest.mark.slow
def test_no_worker_outlives_its_supervisor(tmp_path: Path) -> None:
    """Else the port would be held, and who starts the server again would be told that it is taken."""
    path = bank_of(tmp_path / "bank", {"a": photo(0, 160, 120)}).path
    before = set(below(os.getpid()))
    with serving("--bank", str(path)) as client:
        started = set(below(os.getpid())) - before
        (supervisor,) = (pid for pid in started if _parent(pid) == os.getpid())
        assert len(started) > 1
        os.kill(supervisor, signal.SIGKILL)
        until(lambda: not any(_lives(pid) for pid in started))
        with pytest.raises(httpx.TransportError):
            client.get("/live")


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _parent(pid: int) -> int:
    return int(_stat(pid)[1])


def _lives(pid: int) -> bool:
    try:
        return _stat(pid)[0] != "Z"
    except FileNotFoundError:
        return False
