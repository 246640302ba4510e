"""The worker's duties of the console: what analysts looked at, skipped or claimed ends in time."""

from __future__ import annotations

from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.decisions import asking
from disrupt.hotline.review.people import attempts, invitations
from disrupt.hotline.review.seeing import exposure
from disrupt.hotline.review.waiting import claims, queueing

DUTIES: tuple[Duty, ...] = (
    Duty("review.looks", exposure.forget_old, exposure.forget),
    Duty("review.work", exposure.idle, exposure.forget_work),
    Duty("review.claims", claims.ended, claims.forget),
    Duty("review.skips", queueing.ended, queueing.forget),
    Duty("review.asked", asking.over, asking.put_back),
    Duty("review.failures", attempts.forgotten, attempts.forget),
    Duty("review.invitations", invitations.over, invitations.forget),
)
