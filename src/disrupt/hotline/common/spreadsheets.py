"""Tables for spreadsheets (CSV, RFC 4180) in which no cell is a formula (OWASP, “CSV injection”)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# With what a formula begins, also as it is typed in Chinese or Japanese.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def table(head: Sequence[str], rows: Iterable[Sequence[str | int]]) -> str:
    """The table; every cell in quotes: where a semicolon parts columns, “a;=1+1” would be two cells."""
    out = io.StringIO()
    made = csv.writer(out, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    made.writerow(head)
    made.writerows([[_harmless(str(cell)) for cell in row] for row in rows])
    return out.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.lstrip(" \u00a0").startswith(_FORMULA) else cell
