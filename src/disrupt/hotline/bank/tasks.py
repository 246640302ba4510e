"""What the worker does for the bank: the batches, and the log of what was there before it."""

from __future__ import annotations

from disrupt.hotline.bank import batches, log
from disrupt.hotline.common.running.sweep import Duty

DUTIES: tuple[Duty, ...] = (
    Duty("bank.log", log.behind, lambda _: log.catch_up()),
    Duty("bank.batch", batches.due, batches.run),
)
