"""What a StopNCII key has been handed, so that no withdrawn hash goes to a reader that never had it.

A public client cannot be told "forget this" without being shown the hash, and it *adds* a hash that it did
not have. So a withdrawal (number s) of an entry added at number a is shown only to a key that was handed the
entry: whose page over a was read before s. That need be remembered only for pages read while behind: once the
client's cursor is past `last` (the newest number when such a page was read), any withdrawal to come is later.

One key is therefore for one client; two clients on one key err on the side of showing the withdrawal.
"""

from __future__ import annotations

from dataclasses import dataclass

from disrupt.hotline.exchange.models import ApiKey, ReadingState


@dataclass(frozen=True, slots=True)
class Run:
    """The changes after `start` and up to `end`, handed out when the newest number was `last`."""

    start: int
    end: int
    last: int


def runs_of(key: ApiKey) -> tuple[Run, ...]:
    """What is remembered of a key's reading."""
    state = ReadingState.objects.filter(key=key).first()
    return tuple(Run(*numbers) for numbers in state.runs) if state else ()


def pruned(runs: tuple[Run, ...], acknowledged: int, position: int) -> tuple[Run, ...]:
    """Without what no longer matters (the client's cursor is past it), nor what it is about to read again."""
    kept = (run for run in runs if run.last > acknowledged and run.start < position)
    return tuple(Run(run.start, min(run.end, position), run.last) for run in kept)


def extended(runs: tuple[Run, ...], run: Run) -> tuple[Run, ...]:
    """With one more page, joined to the one before where the newest number was the same."""
    if run.end <= run.start or run.last <= run.end:
        return runs
    if runs and runs[-1].end == run.start and runs[-1].last == run.last:
        return (*runs[:-1], Run(runs[-1].start, run.end, run.last))
    return (*runs, run)


def was_handed(runs: tuple[Run, ...], added: int, withdrawn: int) -> bool:
    """Whether an entry added at `added` was handed out before its withdrawal, numbered `withdrawn`."""
    return all(withdrawn > run.last for run in runs if run.start < added <= run.end)


def remember(key: ApiKey, before: tuple[Run, ...], after: tuple[Run, ...]) -> None:
    """Keep what was read; nothing is written when nothing changed (an up-to-date client that polls)."""
    if before != after:
        rows = [[run.start, run.end, run.last] for run in after]
        ReadingState.objects.update_or_create(key=key, defaults={"runs": rows})
