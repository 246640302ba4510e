"""Every loop of a first fetch run once on a page made here."""

from __future__ import annotations

import datetime as dt
import json

from disrupt.matching._bank._pictures.columns import made_of
from disrupt.protocol.columns.page import Columns, grow, read_columns
from disrupt.protocol.feed import Added, Page, PdqPrint, write_page
from disrupt.protocol.merkle import Frontier


def warm_columns() -> None:
    """Load, or compile, what reads a page as columns (`disrupt warm`)."""
    id_, salt = "0" * 8 + "-0000" * 3 + "-" + "0" * 12, "5a" * 16
    proof = {"salt": salt, "parts_salt": salt}
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    one = Added(
        1, at, id_, "image", "x", "examined", "0" * 64, None, (PdqPrint("5" * 64, 90, "stored"),), proof=proof
    )
    body = json.dumps(write_page(Page((one,), 1, 1, False)), separators=(",", ":")).encode()
    page = read_columns(body, smallest=1)
    assert page is not None
    assert isinstance(page.changes, Columns)
    grow(Frontier(), page.changes.leaves(lambda change: b""))
    made_of(page.changes.pictures(), 0, 1, '""')
