"""What two people, or a person and the worker, do at the same moment: each on a connection of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.db import connection
from tests.at_once import each_at_once

Deed = tuple[str, Callable[[], object], tuple[type[Exception], ...]]
"""A name, what is done, and the refusals that a page or a duty has an answer to."""


def pressed(*deeds: Callable[[], object]) -> list[object]:
    """What each of them gave, or the error that it raised."""

    def alone(deed: Callable[[], object]) -> Callable[[], object]:
        def run() -> object:
            try:
                return deed()
            finally:
                connection.close()

        return run

    return each_at_once(*map(alone, deeds))


def unanswered(deeds: Iterable[Deed]) -> list[str]:
    """The errors that neither a page nor a duty has an answer to, a line each."""
    together = list(deeds)
    names = " | ".join(name for name, _do, _refusals in together)
    outcomes = pressed(*(do for _name, do, _refusals in together))
    return [
        f"{names}: {name}: {type(outcome).__name__} {outcome}".split("\n")[0]
        for (name, _do, refusals), outcome in zip(together, outcomes, strict=True)
        if isinstance(outcome, Exception) and not isinstance(outcome, refusals)
    ]
