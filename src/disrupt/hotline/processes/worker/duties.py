"""Everything the worker does, in the order it does it."""

from __future__ import annotations

from disrupt.hotline.bank import tasks as bank
from disrupt.hotline.cases import tasks as cases
from disrupt.hotline.common import switches
from disrupt.hotline.common.running import journal
from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.exchange import tasks as exchange
from disrupt.hotline.insight import opendata
from disrupt.hotline.intake import tasks as intake
from disrupt.hotline.operating import tasks as operating
from disrupt.hotline.processing import lanes, preparing
from disrupt.hotline.processing import tasks as processing
from disrupt.hotline.review import tasks as review
from disrupt.hotline.takedown import tasks as takedown
from disrupt.hotline.tally import tasks as tally

DUTIES: tuple[Duty, ...] = switches.resting(
    (
        *processing.DUTIES,
        *lanes.DUTIES,
        *preparing.DUTIES,
        *bank.DUTIES,
        *cases.DUTIES,
        *review.DUTIES,
        *takedown.DUTIES,
        *exchange.DUTIES,
        *intake.DUTIES,
        *tally.DUTIES,
        *opendata.DUTIES,
        *operating.DUTIES,
        *journal.DUTIES,
    )
)
