"""Why files were not taken, in one sentence for each reason."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import ngettext

from disrupt.hotline.intake.receiving.uploads import Incoming, Refusal, largest
from disrupt.hotline.intake.templatetags.uploads import size_in_words


def sentences(incoming: Incoming, *, later: bool = False) -> list[str]:
    """What the person must know about files that did not come through; `later`: more can be added at once."""
    return [_sentence(why, count, later) for why, count in sorted(incoming.refused.items()) if count]


def too_late(count: int) -> str:
    """Of files that waited for their form for longer than they are kept."""
    return ngettext(
        "%(count)d file was received too long ago and is destroyed. Please choose it again.",
        "%(count)d files were received too long ago and are destroyed. Please choose them again.",
        count,
    ) % {"count": count}


def _sentence(why: Refusal, count: int, later: bool) -> str:
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
    elif why == Refusal.TOO_MANY and not later:
        text = ngettext(
            "%(count)d file was not taken: a report holds %(most)d. Send it in a second report.",
            "%(count)d files were not taken: a report holds %(most)d. Send them in a second report.",
            count,
        )
    elif why == Refusal.TOO_MANY:
        text = ngettext(
            "%(count)d file was not taken: %(most)d fit at a time. Please add it in a second step.",
            "%(count)d files were not taken: %(most)d fit at a time. Please add them in a second step.",
            count,
        )
    else:
        text = ngettext(
            "%(count)d file could not be saved just now. Please try again in a minute.",
            "%(count)d files could not be saved just now. Please try again in a minute.",
            count,
        )
    limit = size_in_words(largest())
    return text % {"count": count, "limit": limit, "most": settings.MAX_FILES}
