"""The table of rooms in docs/architecture.md names every room of the house, and no other."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "disrupt"
# What belongs to one room only has no line of its own.
INNER = {"migrations", "management", "commands", "templatetags", "views", "models"}


def test_the_table_names_every_room() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text("utf-8")
    named = re.findall(r"^\| `([a-z_/]+)` \|", page.split("## The rooms")[1].split("\n## ")[0], re.MULTILINE)
    there = {
        str(path.parent.relative_to(SOURCE))
        for path in SOURCE.rglob("__init__.py")
        if path.parent != SOURCE and not INNER & set(path.parent.relative_to(SOURCE).parts)
    }
    assert len(named) == len(set(named))
    assert set(named) == there
