"""What the worker does for the bank: the batches."""

from __future__ import annotations

from disrupt.hotline.bank import batches
from disrupt.hotline.common.sweep import Duty

DUTIES: tuple[Duty, ...] = (Duty("bank.batch", batches.due, batches.run),)
