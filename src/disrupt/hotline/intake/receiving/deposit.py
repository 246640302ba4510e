"""Puts what a form brought along, and what was uploaded before it, into a draft."""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings
from django.db import Error, OperationalError
from django.http import HttpRequest

from disrupt.hotline.intake.asking.drafts import Draft
from disrupt.hotline.intake.receiving import bearer, handover, refusals
from disrupt.hotline.intake.receiving.uploads import Incoming, Refusal

# What a person may choose from; without a choice a proof ends with its report.
PROOF_DAYS = (30, 90)


class UploadsAway(OperationalError):
    """The database did not answer: `draft` has what the form brought; what was uploaded waits where it is."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        super().__init__("What was uploaded could not be looked up.")


def received(
    request: HttpRequest, incoming: Incoming, draft: Draft, *, scope: str = "", most: int | None = None
) -> tuple[Draft, list[str]]:
    """The draft with what has just been received, and what the person must know about it.

    `scope` names the open case that is added to (bearer.py), `most` how many files fit. Raises UploadsAway.
    """
    most = settings.MAX_FILES if most is None else most
    days = _days(request.POST.get("proof_days", ""))
    kept = incoming.keep(most - len(draft.files))
    draft = draft.with_files(tuple(replace(one, keep_days=days) if one.proof else one for one in kept))
    sender = bearer.read(request, scope)
    if sender is not None:
        try:
            draft, left_out = handover.claim(sender.owner, draft, most - len(draft.files))
        except Error as error:
            raise UploadsAway(draft) from error
        incoming.refused[Refusal.TOO_MANY] += left_out
    notices = refusals.sentences(incoming, later=bool(scope))
    if draft.lost:
        notices.append(refusals.too_late(draft.lost))
    return draft, notices


def _days(chosen: str) -> int:
    """For how many days the person wants a proof kept; 0, as long as the report goes on."""
    return next((days for days in PROOF_DAYS if chosen == str(days)), 0)
