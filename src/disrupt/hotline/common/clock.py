"""The hotline's only source of time, so that a demonstration or a test can move it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from django.conf import settings


def _offset() -> dt.timedelta:
    """The seconds written in the clock file; none outside a demonstration."""
    path: Path | None = settings.CLOCK_FILE
    if path is None:
        return dt.timedelta()
    try:
        return dt.timedelta(seconds=float(path.read_text()))
    except (FileNotFoundError, ValueError):
        return dt.timedelta()


def now() -> dt.datetime:
    """The present moment, in UTC."""
    return true_now() + _offset()


def true_now() -> dt.datetime:
    """What this machine's clock says, whoever moved ours: for comparing it with other machines'."""
    return dt.datetime.now(dt.UTC)


def move(by: dt.timedelta) -> None:
    """Move the clock of every process that reads the same file forward by `by`.

    Raises RuntimeError where no clock file is configured: a real hotline's clock does not move.
    """
    path: Path | None = settings.CLOCK_FILE
    if path is None:
        raise RuntimeError("The clock moves only where CLOCK_FILE is set (demonstrations and tests).")
    total = (_offset() + by).total_seconds()
    beside = path.with_suffix(".new")
    beside.write_text(f"{total}\n")
    beside.replace(path)
