"""What a partner's word brings about: a person looks again, and what matches too much leaves the lists first.

A partner can ask, never decide: an entry comes back, or goes, when an analyst says so. And no partner can
empty the list: so many entries a day are set aside by its word, further ones stay on while a person looks.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import transaction

from disrupt.hotline.bank import aside
from disrupt.hotline.bank.models import EntrySource
from disrupt.hotline.bank.services import take_turn
from disrupt.hotline.cases import steps
from disrupt.hotline.cases.models import Item, LedgerEvent
from disrupt.hotline.cases.states import HeldFor, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import partner as partner_actor
from disrupt.hotline.exchange.hearing import proposed
from disrupt.hotline.exchange.models import ExchangeEvent, Partner
from disrupt.hotline.exchange.services import leave_trace
from disrupt.hotline.exchange.taking import disputes
from disrupt.hotline.exchange.taking import services as taking

SET_ASIDE = "entry-set-aside"


def limit_of(partner: Partner) -> int:
    """So many matches of one entry within a day, at this partner, are too many."""
    return partner.flood_after or settings.FLOOD_AFTER


@transaction.atomic
def ask_for_review(entry_id: uuid.UUID, partner: Partner) -> int:
    """A person looks again at what is behind an entry, which stays on the lists meanwhile; how much.

    Of another list's entry nobody here can look at the content: by that list's rule it is set aside first,
    so many a day by one partner's word.
    """
    items = _items(entry_id)
    open_ones = [item for item in items if item.state == ItemState.PROTECTED and not item.held_for]
    for item in open_ones:
        steps.hold(item, HeldFor.DISPUTED, partner_actor(partner.pk), kind="item.disputed")
    return len(open_ones) + proposed.look_again(entry_id) + _taken(entry_id, partner)


def _taken(entry_id: uuid.UUID, partner: Partner) -> int:
    if not EntrySource.objects.filter(entry=entry_id, entry__came__isnull=False).exists():
        return 0
    take_turn()
    rows = disputes.behind(entry_id)
    aside_too = disputes.wanted_aside(rows) and _set_aside_today(partner) < settings.SET_ASIDE_A_DAY
    opened = disputes.dispute(entry_id, rows, aside=aside_too)
    if opened and aside_too:
        leave_trace(partner, SET_ASIDE, partner_actor(partner.pk), {"entry": str(entry_id), "seen": 0})
    return opened


@transaction.atomic
def matched_too_much(entry_id: uuid.UUID, partner: Partner, seen: int) -> bool:
    """Set an entry aside that matched so often at one partner, and have a person look; whether it was done.

    Not what a person has put back after such a flood, nor an entry that is not fully in the bank yet.
    """
    items = _items(entry_id)
    if seen < limit_of(partner) or any(item.state != ItemState.PROTECTED for item in items):
        return False
    events = LedgerEvent.objects.filter(item__in=items, kind="item.let_through", data__why=HeldFor.FLOOD)
    if events.exists():
        return False
    if _set_aside_today(partner) >= settings.SET_ASIDE_A_DAY:
        ask_for_review(entry_id, partner)
        return False
    if not items and not (proposed.flooded(entry_id) or taking.flooded(entry_id)):
        return False
    aside.set_aside(entry_id)
    for item in items:
        steps.hold(item, HeldFor.FLOOD, partner_actor(partner.pk), {"seen": seen})
    leave_trace(partner, SET_ASIDE, partner_actor(partner.pk), {"entry": str(entry_id), "seen": seen})
    return True


def _set_aside_today(partner: Partner) -> int:
    since = clock.now() - dt.timedelta(days=1)
    return ExchangeEvent.objects.filter(partner=partner, kind=SET_ASIDE, at__gt=since).count()


def _items(entry_id: uuid.UUID) -> list[Item]:
    sources = EntrySource.objects.filter(entry=entry_id, withdrawn_at=None).values("item_id")
    # In the order in which cases are held everywhere (cases/locking.py).
    return list(Item.objects.filter(pk__in=sources).select_related("case").order_by("case_id", "pk"))
