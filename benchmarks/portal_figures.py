"""The page of figures of the portal, docs/portal-figures.md: each benchmark writes its own section."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.report import machine

PAGE = Path(__file__).resolve().parents[1] / "docs" / "portal-figures.md"
_HEAD = """# Figures of the portal

Measured by hand on a shared, noisy machine: `python -m benchmarks.portal_paint --write` and
`python -m benchmarks.portal_load --write` each write their section anew. The tests hold what cannot be noisy:
bytes, answers before the first paint, headers (`tests/functional/test_flow_light.py`).
"""


def write_section(title: str, text: str) -> None:
    """Put the section in place of the one with the same title, or at the end."""
    page = PAGE.read_text("utf-8") if PAGE.exists() else _HEAD
    section = f"## {title}\n\n{datetime.now(UTC):%Y-%m-%d}. {machine()}.\n\n{text.strip()}\n"
    found = re.search(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    if found:
        rest = page[found.end() :]
        page = page[: found.start()] + section + ("\n" if rest else "") + rest
    else:
        page = f"{page.rstrip()}\n\n{section}"
    PAGE.write_text(page, "utf-8")
