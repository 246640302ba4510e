"""Why a fingerprint must wait for a person before it is offered; asked of every offer that is made here."""

from __future__ import annotations

import datetime as dt

from django.conf import settings

from disrupt.hotline.bank import door
from disrupt.hotline.bank import queries as bank
from disrupt.hotline.bank.models import EntryOrigin
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import HeldFor
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.hearing import disputes


def why_wait(item: Item, prints: Prints, origin: EntryOrigin) -> HeldFor | None:
    """None when it may be offered. To be called with the bank's turn taken: the caps are counted here.

    What an analyst examined outranks a partner's word and no cap counts it; only the negative bank holds it
    up, because then two people of the hotline disagree. A person's word on this very item ends all of it.
    """
    if item.let_through_by:
        return None
    if door.sift(prints).lawful:
        return HeldFor.LAWFUL
    if origin == EntryOrigin.EXAMINED:
        return None
    if disputes.somebody_did_not_block(prints):
        return HeldFor.NOT_BLOCKED
    of_the_case = Item.objects.filter(case=item.case_id).values_list("pk", flat=True)
    if bank.declared_of(of_the_case) >= settings.UNSEEN_A_REPORT:
        return HeldFor.MANY_IN_REPORT
    if bank.declared_since(clock.now() - dt.timedelta(days=1)) >= settings.UNSEEN_A_DAY:
        return HeldFor.MANY_TODAY
    return None
