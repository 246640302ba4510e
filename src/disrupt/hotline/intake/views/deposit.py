"""Puts what a form brought along, and what was uploaded before it, into a draft."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext

from disrupt.hotline.intake import bearer, resumable
from disrupt.hotline.intake.drafts import Draft
from disrupt.hotline.intake.templatetags.uploads import size_in_words
from disrupt.hotline.intake.uploads import Incoming, Refusal, largest


def received(request: HttpRequest, incoming: Incoming, draft: Draft) -> tuple[Draft, list[str]]:
    """The draft with what has just been received, and what the person must know about it."""
    draft = draft.with_files(incoming.keep(settings.MAX_FILES - len(draft.files)))
    sender = bearer.read(request)
    if sender is not None:
        draft, left_out = resumable.claim(sender.owner, draft, settings.MAX_FILES - len(draft.files))
        incoming.refused[Refusal.TOO_MANY] += left_out
    notices = refusals(incoming)
    if draft.lost:
        notices.append(
            ngettext(
                "%(count)d file was received too long ago and is destroyed. Please choose it again.",
                "%(count)d files were received too long ago and are destroyed. Please choose them again.",
                draft.lost,
            )
            % {"count": draft.lost}
        )
    return draft, notices


def refusals(incoming: Incoming) -> list[str]:
    """One sentence for each reason why files were not taken."""
    limit = size_in_words(largest())
    said: list[str] = []
    for why, count in sorted(incoming.refused.items()):
        if not count:
            continue
        if why == Refusal.TOO_LARGE:
            text = ngettext(
                "%(count)d file was not taken: it weighs more than %(limit)s. You can send a part of it.",
                "%(count)d files were not taken: each weighs more than %(limit)s. You can send a part.",
                count,
            )
        elif why == Refusal.EMPTY:
            text = ngettext(
                "%(count)d file was not taken: it is empty. Please choose it again.",
                "%(count)d files were not taken: they are empty. Please choose them again.",
                count,
            )
        elif why == Refusal.TOO_MANY:
            text = ngettext(
                "%(count)d file was not taken: a report holds %(most)d. Send it in a second report.",
                "%(count)d files were not taken: a report holds %(most)d. Send them in a second report.",
                count,
            )
        else:
            text = ngettext(
                "%(count)d file could not be saved just now. Please try again in a minute.",
                "%(count)d files could not be saved just now. Please try again in a minute.",
                count,
            )
        said.append(text % {"count": count, "limit": limit, "most": settings.MAX_FILES})
    return said
