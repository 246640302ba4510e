"""Nothing of a content is left in memory: not in a decoder, not in the process that had it decoded."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.fingerprint.media import film, scene

from disrupt.hotline.common.store import growing, vault

pytestmark = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="reads the memory of other processes: root on Linux"
)
PROCESSES = "import disrupt.hotline.__main__ as m; m.main(['manage', 'check', '--list-tags']); {}"


def bitmap(canaries: list[bytes]) -> bytes:
    """A BMP, whose pixels lie in the file as they are; a canary every 20,000 bytes."""
    pixels = bytearray(scene(480, 640).tobytes())
    for number, canary in enumerate(canaries):
        pixels[20_000 * number : 20_000 * number + len(canary)] = canary
    head = b"BM" + (54 + len(pixels)).to_bytes(4, "little") + bytes(4) + (54).to_bytes(4, "little")
    sizes = (40).to_bytes(4, "little") + (640).to_bytes(4, "little") + (480).to_bytes(4, "little")
    return head + sizes + (1).to_bytes(2, "little") + (24).to_bytes(2, "little") + bytes(24) + bytes(pixels)


def uploaded(content: bytes) -> str:
    """As the portal seals what arrives in pieces."""
    vault_id, mark = growing.begin(len(content))
    with growing.Growing(vault_id, mark) as target:
        for at in range(0, len(content), 65536):
            target.write(content[at : at + 65536])
        return target.keep()


def processes_of(pid: int) -> list[int]:
    """A process and all that it started, directly or not."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += processes_of(int(child))
    return found


def memory_of(pid: int) -> bytes:
    parts = []
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:  # noqa: PTH123
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            start, end = (int(one, 16) for one in span.split("-"))
            if "r" not in rights or "[v" in line:
                continue
            memory.seek(start)
            try:
                parts.append(memory.read(end - start))
            except OSError:
                continue
    return b"".join(parts)


def test_no_decoder_and_no_worker_remembers_a_content() -> None:
    canaries = [secrets.token_bytes(24) for _ in range(40)]
    moving = film(seconds=2) + b"".join(canaries)
    contents = [bitmap(canaries[:20]), bitmap(canaries[20:]), moving]
    names = [uploaded(contents[0]), vault.deposit([contents[1]]), uploaded(contents[2])]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.promises.memory_reader", *names],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == "done\n"
        time.sleep(0.5)  # a decoder that was let go ends
        looked_at = {pid: memory_of(pid) for pid in processes_of(reader.pid)}
        assert len(looked_at) >= 2, "the worker, and the ancestor of its decoders"
        assert min(map(len, looked_at.values())) > 20_000_000
        left = {pid: sum(canary in memory for canary in canaries) for pid, memory in looked_at.items()}
        assert left == dict.fromkeys(looked_at, 0)


def test_the_search_would_find_them() -> None:
    kept = np.frombuffer(secrets.token_bytes(64), np.uint8)
    assert bytes(kept) in memory_of(os.getpid())


def test_every_process_keeps_its_memory_to_itself_and_writes_no_core() -> None:
    ask = (
        "import ctypes, resource; "
        "print('PRIVATE', ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), resource.getrlimit(resource.RLIMIT_CORE))"
    )
    bare = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert "PRIVATE 1" in bare.stdout, "else this test shows nothing"
    done = subprocess.run(
        [sys.executable, "-c", PROCESSES.format(ask)], capture_output=True, text=True, check=True
    )
    assert "PRIVATE 0 (0, 0)" in done.stdout
