"""The worker's duties for the operator: the list of what was taken back and erased, its store of objects."""

from __future__ import annotations

from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.operating import objects
from disrupt.hotline.operating.backup.erasures import Daily, Journal

_JOURNAL = Journal()
_DAILY = Daily(_JOURNAL)

DUTIES: tuple[Duty, ...] = (
    Duty("operating.erasures", _JOURNAL.due, _JOURNAL.add),
    Duty("operating.erasures_old", _DAILY.due, _DAILY.run),
    *objects.DUTIES,
)
