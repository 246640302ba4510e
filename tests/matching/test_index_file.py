"""Saved indexes come back as they were, and what is wrong with a file is said."""

from __future__ import annotations

import hashlib
import json
import os
import struct
from pathlib import Path

import numpy as np
import pytest
from tests.matching.test_index import flipped, random_hashes, rows

from disrupt.matching import HammingIndex, IndexFileError
from disrupt.matching._bank import _container


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "index"
    HammingIndex.from_hashes(random_hashes(5000), ids=np.arange(5000)[::-1]).save(path)
    return path


def test_a_saved_index_answers_the_same(saved: Path) -> None:
    before = HammingIndex.from_hashes(random_hashes(5000), ids=np.arange(5000)[::-1])
    after = HammingIndex.load(saved)
    queries = flipped(random_hashes(5000)[:200], 25)
    assert rows(after.query(queries)) == rows(before.query(queries))
    assert len(after) == 5000
    after.verify()


def test_a_loaded_index_can_be_changed_and_the_file_stays(saved: Path) -> None:
    digest = hashlib.sha256(saved.read_bytes()).digest()
    index = HammingIndex.load(saved)
    index.remove(np.arange(100))
    index.add(random_hashes(3, seed=8))
    assert index.query(random_hashes(3, seed=8)).entry.tolist() == [5000, 5001, 5002]
    assert hashlib.sha256(saved.read_bytes()).digest() == digest
    index.save(saved)  # over the very file that is mapped
    again = HammingIndex.load(saved)
    again.verify()
    assert len(again) == len(index) == 4903
    assert again.query(random_hashes(3, seed=8)).entry.tolist() == [5000, 5001, 5002]


@pytest.mark.parametrize("count", [0, 1])
def test_tiny_indexes_can_be_saved(tmp_path: Path, count: int) -> None:
    HammingIndex.from_hashes(random_hashes(count)).save(tmp_path / "tiny")
    index = HammingIndex.load(tmp_path / "tiny")
    index.verify()
    assert rows(index.query(random_hashes(1))) == [(0, 0, 0)][:count]


def test_every_truncation_is_told(saved: Path, tmp_path: Path) -> None:
    whole = saved.read_bytes()
    cut = tmp_path / "cut"
    for length in [0, 5, 8, 20, 47, 60, 500, 5000, 100_000, len(whole) // 2, len(whole) - 4096]:
        cut.write_bytes(whole[:length])
        with pytest.raises(IndexFileError, match="truncated"):
            HammingIndex.load(cut)


def test_another_kind_of_file_is_told(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(b"\x80\x04\x95 a pickle, say" * 100)
    with pytest.raises(IndexFileError, match="not a file of disrupt"):
        HammingIndex.load(other)
    _container.write_arrays(other, "something-else", {}, {"x": np.arange(3)})
    with pytest.raises(IndexFileError, match="'something-else'"):
        HammingIndex.load(other)


def test_a_newer_version_is_told(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[8:12] = struct.pack("<I", 99)
    saved.write_bytes(content)
    with pytest.raises(IndexFileError, match="upgrade"):
        HammingIndex.load(saved)


def test_an_altered_directory_is_told(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[60] ^= 1
    saved.write_bytes(content)
    with pytest.raises(IndexFileError, match="directory was altered"):
        HammingIndex.load(saved)


def test_arrays_that_do_not_belong_together_are_told(saved: Path) -> None:
    file = _container.open_arrays(saved, "hamming-index")
    arrays = {**file.arrays, "positions": file.arrays["positions"][:-1].copy()}
    _container.write_arrays(saved, "hamming-index", file.meta, arrays)
    with pytest.raises(IndexFileError, match="belong together"):
        HammingIndex.load(saved)


def test_altered_content_is_told_by_verify_and_never_read_outside(saved: Path) -> None:
    text = saved.read_bytes()
    directory = json.loads(text[48 : 48 + struct.unpack_from("<I", text, 12)[0]])
    for name, place in directory["arrays"].items():
        content = bytearray(text)
        size = int(np.prod(place["shape"])) * np.dtype(place["dtype"]).itemsize
        content[place["offset"] : place["offset"] + size] = b"\xff" * size
        saved.write_bytes(content)
        index = HammingIndex.load(saved)
        with pytest.raises(IndexFileError, match=f"'{name}' was altered"):
            index.verify()
        try:
            index.query(random_hashes(5000)[:50], 31)
        except IndexFileError as error:
            assert "contradicts itself" in str(error)  # noqa: PT017  # either outcome is right; a crash is not


def test_a_failed_write_leaves_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        HammingIndex.from_hashes(random_hashes(10)).save(saved)
    assert saved.read_bytes() == before
    assert [p.name for p in saved.parent.iterdir()] == ["index"]


def test_verify_needs_a_file() -> None:
    with pytest.raises(IndexFileError, match="not loaded from a file"):
        HammingIndex().verify()
