"""Private files: whole or absent, mode 0600, and keys that are made once."""

from __future__ import annotations

import concurrent.futures
import os
from pathlib import Path

import pytest

from disrupt.hotline.common import keys
from disrupt.hotline.common.checks import keys_are_private
from disrupt.hotline.common.store import files


def test_keys_are_made_once_and_private(tmp_path: Path) -> None:
    keys.create_all(tmp_path)
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    keys.create_all(tmp_path)
    assert before == {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert all(p.stat().st_mode & 0o777 == 0o600 for p in before)
    assert len(set(before.values())) == len(before)


def test_processes_that_start_together_agree(tmp_path: Path) -> None:
    path = tmp_path / "one.key"
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(lambda _: files.create_private(path, os.urandom(16)), range(32)))
    assert seen == {path.read_bytes()}
    assert [p.name for p in tmp_path.iterdir()] == ["one.key"]


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    files.write_private(path, b"old")

    def full(fd: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space"):
        files.write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


def test_a_readable_key_stops_the_start(settings: object, tmp_path: Path) -> None:
    settings.KEYS_FOLDER = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings
    keys.create_all(tmp_path)
    assert keys_are_private(None) == []
    (tmp_path / "review" / "review.key").chmod(0o644)
    assert [error.id for error in keys_are_private(None)] == ["common.E001"]
