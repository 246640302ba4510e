"""What the commands say and answer about a bank that is empty, stale or damaged: never in silence."""

from __future__ import annotations

from datetime import UTC, datetime

from disrupt.contract import Exit
from disrupt.matching import Bank, BankFileError, BankTooNew, Health
from disrupt.matching.health import State
from disrupt.partner.shared.said import complain

STATUS: dict[State, int] = {
    "clean": Exit.DONE,
    "empty": Exit.EMPTY,
    "stale": Exit.STALE,
    "damaged": Exit.DAMAGED,
}
"""Exit status by the state of the bank; 2 is for no bank at all, 1 for a file that could not be read."""


def open_to_match(path: str, max_age: float | None) -> tuple[Bank, Health]:
    """The bank and its health; everything that is wrong is told on standard error.

    Raises `BankError` where there is nothing to match with.
    """
    bank = Bank.open(path)
    health = bank.health(max_age=max_age)
    for reason in health.reasons:
        complain(f"{health.state}: {reason}", path=path, code=health.state)
    return bank, health


def status_of(error: Exception) -> int:
    """The exit status where a bank could not be opened at all."""
    damaged = isinstance(error, BankFileError) and not isinstance(error, BankTooNew)
    return STATUS["damaged"] if damaged else Exit.CANNOT


def told_time(fetched: float | None) -> str | None:
    """In UTC, to the second."""
    return None if fetched is None else f"{datetime.fromtimestamp(fetched, UTC):%Y-%m-%dT%H:%M:%SZ}"
