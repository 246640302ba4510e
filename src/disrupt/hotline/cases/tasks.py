"""What the worker does for cases: pin their ledgers every hour, end legal holds."""

from __future__ import annotations

from disrupt.hotline.cases import anchoring, legal_holds
from disrupt.hotline.common.running.sweep import Duty

DUTIES: tuple[Duty, ...] = (
    Duty("cases.anchor", anchoring.due, lambda _: anchoring.anchor()),
    Duty("cases.holds_over", legal_holds.over, legal_holds.close),
)
