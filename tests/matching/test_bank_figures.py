"""What the benchmark of a whole bank counts: every upload once, half of them beside the target."""

from __future__ import annotations

import io
import re
from pathlib import Path

import numpy as np
import pytest
from benchmarks.large import bank
from benchmarks.lookups import photograph
from benchmarks.tallies import Entries
from PIL import Image


@pytest.fixture
def photographs(tmp_path: Path) -> Path:
    for number, side in enumerate((300, 420, 500)):
        (tmp_path / f"{number}.jpg").write_bytes(photograph(side))
    return tmp_path


def test_photographs_are_of_a_megapixel(photographs: Path) -> None:
    made = bank.megapixels(photographs, 2)
    assert len(made) == 2
    for content in made:
        width, height = Image.open(io.BytesIO(content)).size
        assert abs(width * height - 1e6) < 1e4


def test_each_level_is_told_with_its_distribution(photographs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bank, "UPLOADS", dict.fromkeys(bank.TARGETS, 2))
    entries = Entries(np.zeros((10, 32), np.uint8), np.arange(10))
    rows = bank.look_ups(bank.megapixels(photographs, 2), entries, 10)
    assert len(rows) == len(bank.TARGETS)
    for row, target in zip(rows, bank.TARGETS.values(), strict=True):
        most, nearly_all = map(float, re.findall(r"p9\d ([\d.]+)", row.note))
        assert 0 < row.measured <= most + 0.05
        assert most <= nearly_all
        assert row.note.endswith("; 2 photographs")
        assert row.met is (None if target is None else row.measured <= target)
