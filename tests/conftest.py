"""Fixtures that every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

REFERENCE = Path(
    os.environ.get("DISRUPT_REFERENCE", Path(__file__).resolve().parents[2] / "shared" / "reference")
)


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of real photographs, films and published hashes; the test is skipped where it is absent."""
    if not (REFERENCE / "pdq.csv").exists():
        pytest.skip(f"no reference data at {REFERENCE}: set DISRUPT_REFERENCE to its folder")
    return REFERENCE
