"""What the worker does for the exchange: the StopNCII protocol's table of hashes; partners' old words."""

from __future__ import annotations

from collections.abc import Iterator

from disrupt.hotline.common.running.sweep import Duty, Rest
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.stopncii import wirehashes


def _due() -> Iterator[str]:
    if wirehashes.is_behind():
        yield "bank"


class OldWords:
    """Partners' old words are looked for once an hour: the search goes through all that are kept."""

    def __init__(self) -> None:
        self._rest = Rest()

    def __call__(self) -> Iterator[str]:
        if not self._rest.is_over():
            return
        if contributions.is_old():
            yield "partners' words"
        else:
            self._rest.begin()


DUTIES: tuple[Duty, ...] = (
    Duty("wire-hashes", _due, lambda _: wirehashes.step()),
    Duty("exchange.old_words", OldWords(), lambda _: contributions.forget_old()),
)
