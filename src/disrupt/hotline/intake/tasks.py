"""The worker's duty of the portal: uploads that nobody sent are destroyed with their rows."""

from __future__ import annotations

from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.intake.receiving import handover

DUTIES: tuple[Duty, ...] = (Duty("intake.uploads", handover.expired, handover.destroy),)
