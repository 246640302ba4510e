"""By what the person's own device knows a file of the report again, and nobody else could (docs/adr/0129)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from disrupt.hotline.cases.models import Item


@dataclass(frozen=True)
class Mark:
    """The length in bytes of a deposited file; the SHA-256 of one whose fingerprint the device made."""

    size: int = 0
    sha256: str = ""


class Marked(Protocol):
    """What has a name on the page, and perhaps a mark."""

    @property
    def number(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def mark(self) -> Mark | None: ...


def mark(item: Item) -> Mark | None:
    """None of an address, nor of a file of which nothing is left."""
    if item.size:
        return Mark(size=item.size)
    sha256 = str((item.declared or {}).get("sha256", ""))
    return Mark(sha256=sha256) if sha256 else None


def for_the_page(items: Iterable[Marked]) -> str:
    """What the script of the page compares with; "" where there is nothing to know again."""
    known = [
        {"number": item.number, "name": item.name, "size": item.mark.size, "sha256": item.mark.sha256}
        for item in items
        if item.mark
    ]
    return json.dumps(known) if known else ""
