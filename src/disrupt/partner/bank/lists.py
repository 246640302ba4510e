"""Plain lists of hashes as bank entries: one PDQ a line, or CSV with an id; bad lines are told, not fatal."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from disrupt.matching import BadEntry, BankEntry, PdqValue
from disrupt.matching.entries import check_entry

_HASH_NAMES = ("pdq", "hash", "hex")
_COLUMNS = (*_HASH_NAMES, "id", "quality", "category", "label")


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that was left out, from 1, and why."""

    line: int
    reason: str


def read_list(lines: Iterable[str], *, category: str = "") -> Iterator[BankEntry | BadLine]:
    """Entries of a list, in order.

    Without a header a line is `PDQ` or `id,PDQ`. A first line with column names (id, pdq, quality, category,
    label) may set the columns. Empty lines and lines that begin with # are skipped. A quality that is not
    given is taken as 100.
    """
    columns: list[str] | None = None
    first = True
    for number, line in enumerate(lines, 1):
        text = line.strip().removeprefix("\ufeff")
        if not text or text.startswith("#"):
            continue
        try:
            fields = [field.strip() for field in next(csv.reader([text]))]
        except csv.Error:
            yield BadLine(number, "not a line of CSV: a field is too long, or its quotes are wrong")
            first = False
            continue
        names = [field.lower() for field in fields]
        if first and set(names) & set(_HASH_NAMES) and set(names) <= set(_COLUMNS):
            columns = names
        else:
            try:
                yield _entry(fields, columns, category)
            except BadEntry as error:
                yield BadLine(number, str(error))
        first = False


def _entry(fields: list[str], columns: list[str] | None, category: str) -> BankEntry:
    if columns is None:
        columns = {1: ["pdq"], 2: ["id", "pdq"]}.get(len(fields), [])
    if len(fields) != len(columns):
        raise BadEntry(f"{len(fields)} fields where {len(columns) or '1 or 2'} were expected")
    found = dict(zip(columns, fields, strict=True))
    hash_hex = next(found[name] for name in _HASH_NAMES if name in found).lower()
    quality = found.get("quality", "") or "100"
    if not quality.isascii() or not quality.isdigit() or len(quality) > 3:
        raise BadEntry(f"malformed quality {quality[:40]!r}: it must be 0 to 100")
    if hash_hex.strip("0") == "" or hash_hex.strip("f") == "":
        raise BadEntry(f"malformed PDQ {hash_hex[:80]!r}: no picture worth matching has it")
    return check_entry(
        BankEntry(
            id=found.get("id") or f"pdq:{hash_hex}",
            kind="image",
            category=found.get("category") or category,
            origin="own",
            pdq=(PdqValue(hash_hex, int(quality)),),
            label=found.get("label", ""),
        )
    )
