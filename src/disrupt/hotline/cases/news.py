"""What a reporter knows of their case, and whether somebody is still to tell them: set together, only here.

`ledger.record` alone says that there is news; what is told, seen or not told after all is said here. Whoever
calls holds the case.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import F, Q

from disrupt.hotline.cases.models import Case

_TOLD = {"to_tell": False, "to_call": False}


def is_told(case_id: uuid.UUID, at: dt.datetime | None = None) -> None:
    """All that happened until now is known; at that moment they were written to or called, if at any."""
    moment = {} if at is None else {"told_at": at}
    Case.objects.filter(pk=case_id).update(told_number=F("ledger_length"), **moment, **_TOLD)


def has_seen(case_id: uuid.UUID, number: int) -> None:
    """They have seen what happened until this event, where they did not know so much before."""
    Case.objects.filter(pk=case_id, told_number__lt=number).update(told_number=number, **_TOLD)


def was_not_told(case_id: uuid.UUID, thought: int, knew: int) -> None:
    """They were thought to know this much, and know that much only, unless they have looked since."""
    Case.objects.filter(pk=case_id, told_number=thought).update(told_number=knew, to_tell=True, to_call=True)


def tells_nobody(case_id: uuid.UUID) -> None:
    """There is nobody to be told: their addresses are gone, or are used no more."""
    Case.objects.filter(Q(to_tell=True) | Q(to_call=True), pk=case_id).update(**_TOLD)
