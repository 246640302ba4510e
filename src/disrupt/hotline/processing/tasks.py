"""The worker's duties once something is decided: decided items, retention, abandoned contents."""

from __future__ import annotations

import uuid

from django.db import transaction

from disrupt.hotline.bank import retention as bank
from disrupt.hotline.cases import erasing, outer_limit, retention, stopping
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.running.sweep import MAIL, Duty, NowAndThen
from disrupt.hotline.common.store import vault
from disrupt.hotline.correspondence import bounces, letters, telling
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.stopncii import wirehashes
from disrupt.hotline.processing import pipeline
from disrupt.hotline.processing.due import items_without_decoding


def _purge(case_id: uuid.UUID) -> None:
    case = Case.objects.filter(pk=case_id, purge_at__lte=clock.now()).first()
    if case:
        retention.purge(case)


@transaction.atomic
def _erase(entry_id: uuid.UUID) -> None:
    """Erase what is left of a withdrawn entry, and what partners said of its hashes."""
    if wirehashes.is_behind():
        return  # which hashes another entry shares is not known yet; the worker's next duty is to know
    entry = bank.erase(entry_id)
    if entry:
        hashes = [value for _signal, value in wirehashes.forget(entry)]
        contributions.forget_feedback(hashes)


# What has come to its end: `manage retention` does it too.
RETENTION: tuple[Duty, ...] = (
    Duty("review.items", items_without_decoding, pipeline.carry_without_decoding),
    Duty("review.retention", retention.due_to_purge, _purge),
    Duty("review.texts_ending", outer_limit.ending, outer_limit.tell),
    Duty("review.purged_soon", outer_limit.purged_soon, outer_limit.tell),
    Duty("review.texts_over", outer_limit.over, outer_limit.end),
    Duty("review.erasures", erasing.waiting_erasures, erasing.erase_now),
    Duty("review.contacts_aside", retention.aside, retention.destroy_aside),
)
DUTIES: tuple[Duty, ...] = (
    *RETENTION,
    Duty("review.stops_asked", stopping.to_note, stopping.note),
    Duty("review.stops_due", stopping.due, stopping.stop),
    Duty("review.stops_over", stopping.over, stopping.drop),
    Duty("review.withdrawn", bank.ids_to_erase, _erase),
    Duty("review.bounces", bounces.waiting, bounces.take),
    Duty("review.bounces_left", bounces.left_too_long, bounces.throw_away),
    Duty("review.tell", telling.cases_to_write_to, telling.plan),
    Duty("review.letters_in_doubt", letters.in_doubt, letters.doubt, lane=MAIL),
    Duty("review.letters", letters.due, letters.send, lane=MAIL),
    # Contents that nothing speaks of: the search reads the whole store.
    Duty("review.abandoned", NowAndThen(retention.abandoned, 3600), vault.destroy),
)
