"""No cell of a table is a formula, whatever parts its columns."""

from __future__ import annotations

import csv
import io

import pytest

from disrupt.hotline.common.spreadsheets import table

FORMULAS = ("=1+1", "@x", "+1", "-1", "\t=1", "\r=1", "\n=1", " =1", "\uff1d1+1")


@pytest.mark.parametrize("cell", FORMULAS)
def test_no_cell_is_a_formula(cell: str) -> None:
    text = table(("a",), [(cell,)])
    (_head, (kept,)) = csv.reader(io.StringIO(text, newline=""))
    assert kept == f"'{cell}"


@pytest.mark.parametrize("parts", [",", ";", "\t"])
def test_no_cell_becomes_two(parts: str) -> None:
    text = table(("person", "code"), [(f'x{parts}=1+1"{parts}=2', "y")])
    cells = [cell for row in csv.reader(io.StringIO(text, newline=""), delimiter=parts) for cell in row]
    assert not [cell for cell in cells if cell.startswith(FORMULAS)]


def test_what_is_none_stays_as_it_is() -> None:
    assert table(("a", "b"), [("plain; x", 3)]) == '"a","b"\r\n"plain; x","3"\r\n'
