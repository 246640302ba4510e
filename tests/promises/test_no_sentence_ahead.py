"""Promise: no page says that a site is checked or reminded while no code looks at it again."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOTLINE = ROOT / "src" / "disrupt" / "hotline"
TOLD = HOTLINE / "intake"
# States that only a look at the page could bring about, and what a person would read of them.
STATES = re.compile(r"(?:ItemState|S)\.(?:REMOVED|HOST_REMINDED|BACK_ONLINE)\b")
SENTENCES = (
    r"we check whether it does",
    r"and we check\b",
    r"check that (?:it|the content) is gone",
    r"we remind (?:them|the site)",
    r"\*\*we check\*\*",
    r"vérifi\w+ que c’est parti",
    r"et nous vérifions\. nous faisons un rappel",
    r"nous faisons un rappel",
    r"\*\*nous vérifions\*\*",
)


def deed() -> bool:
    """Whether any code brings an item into such a state."""
    tables = {"cases/states.py", "intake/following/wording.py"}
    sources = [
        path.read_text("utf-8")
        for path in HOTLINE.rglob("*.py")
        if str(path.relative_to(HOTLINE)) not in tables and "demo" not in path.parts
    ]
    return any(re.search(r"advance\([^)]*" + STATES.pattern, text, re.DOTALL) for text in sources)


def test_it_is_said_only_where_it_is_done() -> None:
    if deed():
        return
    pages = [*TOLD.rglob("*.md"), *TOLD.rglob("*.html"), *TOLD.rglob("*.po"), *TOLD.rglob("*.py")]
    assert len(pages) > 80
    for path in pages:
        text = " ".join(path.read_text("utf-8").replace('"\n"', "").lower().split())
        for sentence in SENTENCES:
            assert not re.search(sentence, text), f"{path.relative_to(ROOT)} says “{sentence}”"


def test_every_promise_names_a_test_that_is_there() -> None:
    page = (ROOT / "docs" / "promises.md").read_text("utf-8")
    rows = re.findall(r"^\| ([A-Z]+) \|.*\| `([^`]+)` \|$", page, re.MULTILINE)
    assert len(rows) >= 5
    assert len({name for name, _test in rows}) == len(rows)
    for _name, test in rows:
        assert (ROOT / test).is_file(), test
