"""The worker's duties of the takedown app."""

from __future__ import annotations

from disrupt.hotline.common.sweep import Duty

DUTIES: tuple[Duty, ...] = ()
