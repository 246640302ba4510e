"""What the worker does for cases: pin their ledgers every hour, end holds and drafts, recall promises."""

from __future__ import annotations

from disrupt.hotline.cases import anchoring, jottings, legal_holds, promising
from disrupt.hotline.common.running.sweep import Duty

DUTIES: tuple[Duty, ...] = (
    Duty("cases.anchor", anchoring.due, lambda _: anchoring.anchor()),
    Duty("cases.promises", promising.due, promising.bring_back),
    Duty("cases.drafts", jottings.old_drafts, jottings.forget_draft),
    Duty("cases.holds_over", legal_holds.over, legal_holds.close),
)
