"""`disrupt warm`: a process that may write nowhere finds every kernel compiled, also after a fork."""

from __future__ import annotations

import ctypes
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from PIL import Image, ImageOps
from tests.matching.pictures import bank_of, photo
from tests.partner.serving import below, free_port, processor_seconds
from tests.waiting import until

import disrupt
from disrupt.matching.guessing.plans import BUDGET
from disrupt.partner.shared.options import LEVELS

_FORKED = """
import os, sys
from disrupt.matching import Bank
from disrupt.matching.upload import find_file
from disrupt.fingerprint import default_sandbox
from disrupt.fingerprint._jit import loaded
bank = Bank.open("bank")
assert loaded() == type(loaded())(0, 0)  # importing compiles nothing and loads nothing
child = os.fork()
if child == 0:  # as a prefork server's worker, on its first request
    found = [len(find_file("upload.jpg", bank, level=level)) for level in ("fast", "standard", "thorough")]
    os._exit(loaded().compiled + default_sandbox().compiled if found == [1, 1, 1] else 99)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


@pytest.fixture(scope="module")
def image() -> Iterator[tuple[Path, dict[str, str]]]:
    """A container's read-only tree, with warm kernels, a bank and an upload; and its environment."""
    root = Path(tempfile.mkdtemp(prefix="disrupt-image-"))
    package = Path(disrupt.__file__).parent
    left_out = shutil.ignore_patterns("__pycache__")
    for part in ("fingerprint", "matching", "partner", "protocol"):
        shutil.copytree(package / part, root / "site/disrupt" / part, ignore=left_out)
    for file in package.glob("*.py"):
        shutil.copy(file, root / "site/disrupt")
    bank_of(root / "bank", {f"p{seed}": photo(seed) for seed in range(3)})
    ImageOps.expand(Image.fromarray(photo(1)), 40, "white").save(root / "upload.jpg")
    made = subprocess.run(
        [sys.executable, "-m", "disrupt.cli", "warm", "--cache", str(root / "kernels")],
        env=dict(os.environ, PYTHONPATH=str(package.parent)),
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert set(json.loads(made.stdout)) == {"compiled", "found", "seconds"}
    for folder, _, names in os.walk(root):
        Path(folder).chmod(0o555)
        for name in names:
            (Path(folder) / name).chmod(0o444)
    yield (
        root,
        {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(root / "site"),
            "HOME": str(root / "home"),  # is not there and cannot be made
            "DISRUPT_CACHE": str(root / "kernels"),
        },
    )
    for folder, _, _ in os.walk(root):
        Path(folder).chmod(0o755)
    shutil.rmtree(root)


def _obey_modes() -> None:
    """Give up the privilege by which root writes where nobody may."""
    cap_dac_override, drop = 1, 24
    ctypes.CDLL(None).prctl(drop, cap_dac_override, 0, 0, 0)


def read_only(command: list[str], root: Path, environment: dict[str, str]) -> tuple[int, str, str, float]:
    """Exit status, both outputs, and the seconds of processor time it and its children took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, env=environment, cwd=root, capture_output=True, text=True, timeout=300, check=False,
        preexec_fn=_obey_modes,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return done.returncode, done.stdout, done.stderr, after.ru_utime - before.ru_utime


def test_a_first_answer_in_a_read_only_tree(image: tuple[Path, dict[str, str]]) -> None:
    command = [sys.executable, "-m", "disrupt.cli", "match", "--bank", "bank", "upload.jpg"]
    begun = time.perf_counter()
    status, out, err, seconds = read_only(command, *image)
    clock = time.perf_counter() - begun
    assert status == 0, err
    assert [match["entry"] for match in json.loads(out)["matches"]] == ["p1"]
    print(f"{seconds:.2f} s of processor time to the first answer, {clock:.2f} s by the clock")
    # Two processes share it and run side by side; compiling takes half a minute.
    assert seconds < 5


def test_a_first_answer_over_http_in_a_read_only_tree(image: tuple[Path, dict[str, str]]) -> None:
    root, environment = image
    port, content = free_port(), (root / "upload.jpg").read_bytes()
    command = [sys.executable, "-m", "disrupt.cli", "serve"]
    begun = time.perf_counter()
    server = subprocess.Popen(
        [*command, "--bank", "bank", "--workers", "1", "--port", str(port)],
        env=environment, cwd=root, preexec_fn=_obey_modes,
    )  # fmt: skip
    try:
        found: list[str] = []

        def answers() -> bool:
            assert server.poll() is None, "the server ended"
            with suppress(httpx.TransportError):
                # The first that is taken at all waits for what it needs, and is not sent away.
                answer = httpx.post(f"http://127.0.0.1:{port}/v1/match", content=content, timeout=60)
                assert answer.status_code == 200, answer.text
                found[:] = [match["entry"] for match in answer.json()["matches"]]
            return bool(found)

        until(answers)
        clock = time.perf_counter() - begun
        seconds = sum(processor_seconds(pid) for pid in (server.pid, *below(server.pid)))
    finally:
        server.terminate()
        server.wait(60)
    print(f"{seconds:.2f} s of processor time to the first answer over HTTP, {clock:.2f} s by the clock")
    assert found == ["p1"]
    # Supervisor, worker, the decoders' ancestor and one decoder; compiling takes half a minute.
    assert seconds < 8


def test_a_prefork_worker_compiles_nothing(image: tuple[Path, dict[str, str]]) -> None:
    status, _, err, _ = read_only([sys.executable, "-c", _FORKED], *image)
    assert status == 0, err


def test_a_folder_that_anybody_may_write_to_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from disrupt.fingerprint._kernel_cache import folders

    source = Path(disrupt.__file__).parent / "matching" / "index.py"
    (tmp_path / "matching").mkdir()
    monkeypatch.setenv("DISRUPT_CACHE", str(tmp_path))
    assert folders(source)[0] == tmp_path / "matching"
    (tmp_path / "matching").chmod(0o777)
    assert tmp_path / "matching" not in folders(source)


def test_the_commands_know_every_level() -> None:
    assert dict(BUDGET) == LEVELS
