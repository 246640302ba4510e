"""What the worker does for the exchange: keeps the StopNCII protocol's table of hashes up with the bank."""

from __future__ import annotations

from collections.abc import Iterator

from disrupt.hotline.common.sweep import Duty
from disrupt.hotline.exchange import wirehashes


def _due() -> Iterator[str]:
    if wirehashes.is_behind():
        yield "bank"


DUTIES: tuple[Duty, ...] = (Duty("wire-hashes", _due, lambda _: wirehashes.step()),)
