"""What the worker does for the ledgers: pin them every hour."""

from __future__ import annotations

from disrupt.hotline.cases import anchoring
from disrupt.hotline.common.sweep import Duty

DUTIES: tuple[Duty, ...] = (Duty("cases.anchor", anchoring.due, lambda _: anchoring.anchor()),)
