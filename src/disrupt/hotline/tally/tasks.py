"""What the worker does for the figures: days that are over are added up."""

from __future__ import annotations

from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.tally import folding

DUTIES: tuple[Duty, ...] = (Duty("tally.days", folding.due, lambda _: folding.fold()),)
