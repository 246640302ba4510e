"""`retention` and `seed` are commands that say how they are used, and do what they say."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from disrupt.hotline.__main__ import build_parser
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.retention import close_if_settled
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.operating import commands

pytestmark = pytest.mark.django_db


def run(*words: str) -> int:
    args = build_parser().parse_args(words)
    assert args.command in commands.NAMES
    return commands.run(args, Path())  # type: ignore[arg-type]  # neither needs a place


@pytest.mark.parametrize(("name", "option"), [("retention", "--dry-run"), ("seed", "--cases")])
def test_each_says_how_it_is_used(name: str, option: str, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        build_parser().parse_args([name, "--help"])
    assert ended.value.code == 0
    assert option in capsys.readouterr().out


def test_retention_says_what_ends_and_then_destroys_it(make_case: Any, capsys: Any) -> None:
    case = make_case(urls=("https://example.org/a",), description=vault.seal("what happened"))
    withdraw_case(case)
    Case.objects.filter(pk=case.pk).update(unread=False)
    case.refresh_from_db()
    close_if_settled(case)
    clock.move(dt.timedelta(days=400))
    assert run("retention", "--dry-run") == 0
    said = capsys.readouterr().out
    assert case.reference in said
    assert "Nothing was destroyed." in said
    assert case.notes.exists()
    assert run("retention") == 0
    assert not case.notes.exists()


def test_seed_fills_an_empty_base_and_no_other(make_case: Any, capsys: Any) -> None:
    assert run("seed", "--cases", "6", "--closed", "4") == 0
    assert Case.objects.count() == 10
    assert "10 cases" in capsys.readouterr().out
    make_case(urls=("https://example.org/a",))
    with pytest.raises(SystemExit, match="people"):
        run("seed", "--cases", "1", "--seed", "2")
