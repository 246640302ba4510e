"""What the tests of the sandbox share: the machines they are for, a picture, and a look at processes."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

import pytest
from tests.fingerprint import media

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="the sandbox is for Linux")
SECCOMP = pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="no filter for this processor"
)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


PICTURE = media.encode(media.scene(96, 128), "PNG")


def alive(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False
