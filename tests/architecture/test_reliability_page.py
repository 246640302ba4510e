"""docs/reliability.md claims nothing without a test that is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_each_row_names_tests_that_are_there() -> None:
    page = (ROOT / "docs" / "reliability.md").read_text("utf-8")
    lines = [
        line for line in page.splitlines() if line.startswith("| ") and not line.startswith("| what fails")
    ]
    rows = [line for line in lines if not line.startswith("| reported of")]
    assert len(rows) > 20
    for row in rows:
        named = re.findall(r"`(tests/[\w/]+\.py)`", row.rpartition(" | ")[2])
        assert named, row
        for path in named:
            assert (ROOT / path).is_file(), path
