"""What was found: once for a page and an entry; a person confirms it, and then an item is about it."""

from __future__ import annotations

import hashlib
import hmac

from django.db import transaction

from disrupt.hotline.bank.models import EntryState
from disrupt.hotline.cases.adding import add_items
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.takedown import targets
from disrupt.hotline.takedown.hosts import normalised, take_apart
from disrupt.hotline.takedown.models import Concern, Hit, HitState, Particular, Presence, Source, Target
from disrupt.hotline.takedown.watch.comparing import Answer


class NobodyBehind(ValueError):
    """The entry was withdrawn meanwhile: nobody asks for anything any more."""


def note(page: str, media: str, found: Answer, source: Source | None) -> Hit | None:
    """Write down what answers to an entry; None where it is known already. In a transaction."""
    known = Target.objects.filter(digest=targets.digest_of(page)).exclude(url="").first()
    if known is not None and Concern.objects.filter(target=known).exclude(item__url="").exists():
        # Somebody reported this page: it is told about already; if it was gone, it is looked at again.
        if known.presence == Presence.GONE:
            targets.look_now(known.pk)
        return None
    text = f"hit:{normalised(page)}:{found.entry.pk}".encode()
    digest = hmac.digest(keys.address_key(), text, hashlib.sha256).hex()
    hit, made = Hit.objects.get_or_create(
        digest=digest,
        defaults={
            "source": source,
            "page": page,
            "media": media,
            "entry": found.entry,
            "distance": found.distance,
            "exact": found.exact,
            "found_at": clock.now(),
        },
    )
    return hit if made else None


def behind(hit: Hit) -> Item | None:
    """The first item because of which its entry is active."""
    if hit.entry.state != EntryState.ACTIVE:
        return None
    sources = hit.entry.sources.filter(withdrawn_at=None).order_by("added_at")
    for number in sources.values_list("item_id", flat=True):
        item = (
            Item.objects.filter(pk=number).exclude(state=ItemState.WITHDRAWN).select_related("case").first()
        )
        if item is not None and not item.case.is_erased:
            return item
    return None


@transaction.atomic
def confirm(hit: Hit, actor: Actor) -> Item | None:
    """It is the same: an item of the same case is about this page, decided as the entry is.

    None where somebody else has done so, or dismissed it. Raises NobodyBehind.
    """
    row = Hit.objects.select_for_update(of=("self",)).select_related("entry").get(pk=hit.pk)
    if row.state != HitState.OPEN:
        return None
    item = behind(row)
    if item is None:
        raise NobodyBehind("The entry was withdrawn: nobody asks for anything any more.")
    # Addresses are held before cases (takedown/locking.py).
    target = targets.target_of(row.page)
    (made,) = add_items(item.case, urls=[row.page], actor=actor)
    qualify(made, row.entry.category, actor, carried=True)
    if row.media and row.media != row.page and take_apart(row.media).host:
        Particular.objects.update_or_create(
            target=target,
            category=row.entry.category,
            defaults={"media": row.media, "seen_at": row.found_at, "by": str(actor), "at": clock.now()},
        )
    _finish(row, HitState.CONFIRMED, actor)
    return made


@transaction.atomic
def dismiss(hit: Hit, actor: Actor) -> None:
    """It is something else; the page is forgotten, and not found again for this entry. Idempotent."""
    row = Hit.objects.select_for_update(of=("self",)).get(pk=hit.pk)
    if row.state == HitState.OPEN:
        _finish(row, HitState.DISMISSED, actor)


def _finish(row: Hit, state: HitState, actor: Actor) -> None:
    # Only the digest that knows it again is kept.
    row.state, row.done_at, row.done_by, row.page, row.media = state, clock.now(), str(actor), "", ""
    row.save(update_fields=["state", "done_at", "done_by", "page", "media"])
