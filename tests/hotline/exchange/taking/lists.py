"""Another hotline's list as a test tells it, and rules that take it in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from tests.hotline.exchange.conftest import hex_of

from disrupt.protocol.feed import Added, Came, Change, PdqPrint, Withdrawn
from disrupt.protocol.taking.pages import Fetched
from disrupt.protocol.taking.sources import Rules

AT = dt.datetime(2026, 11, 22, 10, tzinfo=dt.UTC)
TAKEN = Rules(
    pass_on=True, origins=frozenset({"examined", "shared"}), categories={"*": "NCII-DIF"}, quality=50
)


def id_of(name: object) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, str(name)))


def told(name: object, *through: str, first: str = "", quality: int = 90, **more: Any) -> Added:
    """An entry; with `through`, one that came to that hotline from others."""
    came = Came(id_of(first or name), tuple(map(id_of, through))) if through else None
    given: dict[str, Any] = {
        "kind": "image",
        "category": "THEIRS",
        "origin": "shared" if through else "examined",
        "sha256": hex_of(first or name),
        "md5": None,
        "pdq": (PdqPrint(hex_of(("pdq", first or name)), quality, "stored"),),
        "came": came,
    }
    return Added(1, AT, id_of(name), **(given | more))


def gone(name: object) -> Withdrawn:
    return Withdrawn(1, AT, id_of(name))


def page(hotline: str, *changes: Change, **more: Any) -> Fetched:
    return Fetched(id_of(hotline), changes, **more)
