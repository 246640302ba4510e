"""Events of a ledger as lines of JSON, each with what its digest is made of."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import LedgerEvent

DIGESTS = """Each digest is the SHA-256 of the canonical JSON (keys
               sorted, separators "," and ":", UTF-8) of [previous digest, case, number, time, actor, kind,
               item, data]"""


def lines(events: Iterable[LedgerEvent]) -> bytes:
    """An event a line, in the order given; in ASCII, because some take U+2028 for the end of a line."""
    rows = ({name: plain(getattr(event, name)) for name in (*ledger.CHAINED, "digest")} for event in events)
    return "".join(json.dumps(row, sort_keys=True) + "\n" for row in rows).encode()


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return value if isinstance(value, (str, int, dict)) or value is None else str(value)
