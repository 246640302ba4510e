"""What the tests of `disrupt sync` share: the bank that it fills, and answers of the server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.partner.feed_server import Answer

from disrupt.matching import Bank

Sync = Callable[..., int]


def bank(tmp_path: Path) -> Bank:
    return Bank.open(tmp_path / "bank", strict=True)


def ids(tmp_path: Path) -> set[str]:
    return {entry.id for entry in bank(tmp_path).entries()}


def answered(body: object, status: int = 200) -> Answer:
    return Answer(status, body if isinstance(body, bytes) else json.dumps(body).encode())
