"""Each command in the pages is one that its program takes, and that a test runs, or a stated exception."""

from __future__ import annotations

import argparse
import contextlib
import io
import re
from pathlib import Path

import pytest
from django.core.management import load_command_class
from tests.architecture.commands.pages import OURS, ROOT, Told, commands, told

from disrupt import cli
from disrupt.hotline import __main__ as hotline

LIST = Path(__file__).with_name("run.txt")
LINES = [line for line in LIST.read_text("utf-8").splitlines() if line and not line.startswith("#")]
ROWS = {head.strip(): how.strip() for head, how in (line.split(" | ", 1) for line in LINES)}
TOLD = told()
APPS = ("cases", "common", "exchange", "processing", "review", "takedown")


def row_of(one: Told) -> str | None:
    """The longest row whose words the command has, its program first."""
    fits = [row for row in ROWS if (words := row.split())[0] == one.words[0] and _fits(words[1:], one)]
    return max(fits, key=lambda row: len(row.split()), default=None)


def _fits(wanted: list[str], one: Told) -> bool:
    """Ours begin with these words; of another's the words are there, in this order."""
    if one.words[0] in OURS:
        return list(one.words[1 : len(wanted) + 1]) == wanted
    left = iter(one.words[1:])
    return all(word in left for word in wanted)


def test_the_pages_are_read() -> None:
    assert len(TOLD) > 120
    assert list(commands('cd x && A=1 /opt/bin/disrupt hash "a b" | tx fetch > out # or pip')) == [
        ("disrupt", "hash", "a b"),
        ("tx", "fetch"),
    ]
    assert list(commands('{"format": "disrupt"}')) == []


@pytest.mark.parametrize("one", TOLD, ids=str)
def test_a_test_runs_it_or_the_list_says_why_none_does(one: Told) -> None:
    assert row_of(one) is not None, f"{one}: name it in {LIST.relative_to(ROOT)}"


def test_the_list_names_what_is_there() -> None:
    used = {row_of(one) for one in TOLD}
    assert set(ROWS) <= used, "rows that no page needs"
    for row, how in ROWS.items():
        if how.startswith("not run: "):
            assert len(how) > len("not run: ") + 10
            continue
        text = (ROOT / how.removeprefix("page: ")).read_text("utf-8")
        said = "(docs|md)" if how.startswith("page: ") else re.escape(row.split()[-1].removeprefix("./"))
        assert re.search(rf"(?<![\w-]){said}(?![\w-])", text), f"{how} says nothing of {row}"


@pytest.mark.parametrize("one", [one for one in TOLD if one.whole and one.words[0] in OURS], ids=str)
def test_its_program_takes_it(one: Told) -> None:
    # A shell's own names stand for a number.
    program, *words = (re.sub(r"\$[A-Z]+", "1", word) for word in one.words)
    parser = cli.build_parser() if program == "disrupt" else hotline.build_parser()
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            parser.parse_args(words)
            if program == "disrupt-hotline" and words[0] == "manage":
                _managed(words[1:])
    except SystemExit:
        raise AssertionError(f"{one}\n{said.getvalue()}") from None


def _managed(words: list[str]) -> argparse.Namespace:
    """What Django's own reading makes of it."""
    name, *rest = words
    folders = ROOT.glob(f"src/disrupt/hotline/*/management/commands/{name}.py")
    app = ".".join(next(folders).relative_to(ROOT / "src").parts[:3])
    command = load_command_class(app, name)
    command.stdout._out = command.stderr._out = io.StringIO()
    return command.create_parser("manage", name).parse_args(rest)
