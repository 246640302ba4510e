"""Whether a file answers to an entry of the bank: the very same bytes, or one of its views.

Only what an analyst has examined is looked for; minors' only where the hotline may (`CHECK_MINORS_MEDIA`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from disrupt.hotline.bank import queries
from disrupt.hotline.bank.in_memory import Pdqs
from disrupt.hotline.bank.models import BankEntry, EntryOrigin
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.common import clock
from disrupt.hotline.takedown.checks import media


@dataclass(frozen=True)
class Answer:
    """The entry that a file answers to; `exact`: the very same bytes."""

    entry: BankEntry
    distance: int
    exact: bool


def looked_for() -> QuerySet[BankEntry]:
    """The entries that pages are compared with."""
    found = queries.active().filter(origin=EntryOrigin.EXAMINED)
    if settings.CHECK_MINORS_MEDIA:
        return found
    minors = [category.code for category in scheme_at(clock.now()).values() if category.minors]
    return found.filter(minors="").exclude(category__in=minors)


_bank = Pdqs(looked_for)


def answer(body: bytes) -> Answer | None:
    """The entry that a file answers to; None where it answers to none, or is no picture."""
    exact = looked_for().filter(sha256=hashlib.sha256(body).hexdigest()).first()
    if exact is not None:
        return Answer(exact, 0, exact=True)
    views = media.views_in(body)
    if views is None:
        return None
    found = _bank.of_views(views.hash, views.radius)
    if found is None:
        return None
    number, distance, _row = found
    entry = looked_for().filter(pk=number).first()
    return Answer(entry, distance, exact=False) if entry else None
