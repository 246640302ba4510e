"""Rules of the house that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "disrupt"
TEXT = {".py", ".md", ".html", ".css", ".js", ".toml", ".json", ".po", ".sh", ".txt", ""}


MOST_LINES = 300


def _sources() -> list[Path]:
    return [p for p in sorted(SOURCE.rglob("*.py")) if "migrations" not in p.parts]


def _kept_files() -> Iterator[Path]:
    """The project's text files: what git tracks, or would."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and "vendor" not in path.parts and path.suffix in TEXT:
            yield path


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", _sources(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_a_module_opens_with_its_purpose(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    if tree.body:
        assert ast.get_docstring(tree), "a module opens with one sentence of purpose"


def test_no_pickle_and_no_signals() -> None:
    for path in _sources():
        for name in _imports(ast.parse(path.read_text("utf-8"))):
            assert not re.match(r"(pickle|shelve|marshal|dill|joblib)\b", name), path
            assert not re.match(r"django\.(db\.models|core|dispatch)\.?(signals|dispatcher|Signal)", name), (
                path
            )


def test_time_comes_from_the_clock() -> None:
    """Only the clock asks the system; the vault compares with file times, which no clock can move."""
    allowed = {"common/clock.py", "common/store/vault.py", "cases/retention.py"}
    for path in sorted((SOURCE / "hotline").rglob("*.py")):
        if "migrations" in path.parts or str(path.relative_to(SOURCE / "hotline")) in allowed:
            continue
        text = path.read_text("utf-8")
        assert not re.search(r"datetime\.now\(|timezone\.now\(|utcnow\(|date\.today\(", text), path


def test_words_that_never_appear() -> None:
    words = [
        "revenge " + "porn",
        "/" + "work/main",
        "pythonhosted" + ".org",
        "registry." + "npmjs",
        "deb." + "debian.org",
    ]
    for path in _kept_files():
        text = path.read_text("utf-8", errors="replace").lower()
        for word in words:
            assert word not in text, f"{path.relative_to(ROOT)} says “{word}”"


def test_every_setting_is_documented() -> None:
    names: set[str] = set()
    for path in (SOURCE / "hotline" / "processes").rglob("*.py"):
        names |= set(re.findall(r'env(?:_flag|_list|_hours|_days)?\(\s*"([A-Z_]+)"', path.read_text("utf-8")))
    documented = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert len(names) > 10
    assert {name for name in names if f"`DISRUPT_{name}`" not in documented} == set()


def test_every_decision_record_is_numbered_once() -> None:
    numbers = [p.name[:4] for p in sorted((ROOT / "docs" / "adr").glob("*.md"))]
    assert numbers
    assert len(numbers) == len(set(numbers))


def test_text_becomes_a_number_in_one_place() -> None:
    """`isdigit` before `int` let “²” through, and the page was an error 500."""
    # One counts the digits of a telephone number, the other looks at how a sentence begins.
    counting = {"common/numerals.py", "intake/asking/forms.py", "intake/library/readability.py"}
    for path in sorted((SOURCE / "hotline").rglob("*.py")):
        if str(path.relative_to(SOURCE / "hotline")) not in counting:
            assert not re.search(r"\.is(digit|decimal|numeric)\(", path.read_text("utf-8")), path


def test_no_file_is_too_long_to_read_at_a_sitting() -> None:
    """What outgrows three hundred lines is divided by what a visitor comes for."""
    counted = {".py", ".js", ".css", ".html"}
    long = {
        str(path.relative_to(ROOT))
        for path in _kept_files()
        if path.suffix in counted and len(path.read_text("utf-8").splitlines()) > MOST_LINES
    }
    assert long == set(), "divide it"
