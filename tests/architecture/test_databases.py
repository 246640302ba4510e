"""Which tests are run on PostgreSQL too: those that ask a database, and none of those is left out."""

from __future__ import annotations

import sys
from pathlib import Path
from subprocess import run

import pytest
from tests.databases import StartedUnmarked, asks_a_database, no_process, speaks_of_either

ROOT = Path(__file__).parents[2]


class Item:
    """As much of one of pytest's as is asked."""

    def __init__(self, file: str, *marks: str, fixtures: tuple[str, ...] = ()) -> None:
        self.nodeid, self.path = f"{file}::test_it", ROOT / file
        self.marks, self.fixturenames = marks, fixtures

    def get_closest_marker(self, name: str) -> str | None:
        return name if name in self.marks else None


QUIET = "tests/hotline/common/test_codes.py"


@pytest.mark.parametrize(
    ("item", "both"),
    [
        (Item(QUIET), False),
        (Item(QUIET, "django_db"), True),
        (Item(QUIET, fixtures=("make_case", "db")), True),
        (Item("tests/hotline/operating/test_grants.py"), True),  # skipped where there is no PostgreSQL
        (Item("tests/hotline/processes/test_upgrade.py"), True),  # starts a process that migrates
        (Item("tests/protocol/test_feed.py", "django_db"), False),  # the toolkit knows no database
    ],
)
def test_who_may_be_answered_otherwise(item: pytest.Item, both: bool) -> None:
    assert asks_a_database(item) is both


def test_every_file_that_names_a_database_of_a_kind_is_among_them() -> None:
    for file in (ROOT / "tests" / "hotline").rglob("test_*.py"):
        text = file.read_text("utf-8")
        if "PostgreSQL" in text or "import subprocess" in text:
            assert speaks_of_either(file), file


@pytest.mark.parametrize("marks", [(), ("database",)])
def test_a_process_is_for_those_that_run_on_both(marks: tuple[str, ...]) -> None:
    command = [sys.executable, "-c", ""]
    with no_process(Item(QUIET, *marks)):  # type: ignore[arg-type]  # as much of one as is asked
        if marks:
            assert run(command, check=True).returncode == 0
        else:
            with pytest.raises(StartedUnmarked, match="mark the test"):
                run(command, check=True)
    assert run(command, check=True).returncode == 0, "as before afterwards"
