"""Addresses and who reported them: one row an address, joined by every item about it, forgotten in time."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from disrupt.hotline.cases.locking import hold_items
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.sites import site_of
from disrupt.hotline.takedown import locking
from disrupt.hotline.takedown.checks import schedule
from disrupt.hotline.takedown.hosts import normalised, take_apart
from disrupt.hotline.takedown.models import Answer, Check, Concern, Notice, Particular, Seen, Target


def digest_of(url: str) -> str:
    """By what an address is known again: keyed, so that the table alone gives no address away."""
    return hmac.digest(keys.address_key(), b"address:" + normalised(url).encode(), hashlib.sha256).hex()


def row_of(url: str) -> Target:
    """The row of an address, made if it is new; not locked yet, because others may have to be before it."""
    known = {**_known(url), "created_at": clock.now()}
    return Target.objects.get_or_create(digest=digest_of(url), defaults=known)[0]


def target_of(url: str) -> Target:
    """The row of an address, locked; made if it is new. An address that was forgotten is known again."""
    target = Target.objects.select_for_update().get(pk=row_of(url).pk)
    if not target.url:
        Target.objects.filter(pk=target.pk).update(**_known(url))
        target.refresh_from_db()
    return target


def _known(url: str) -> dict[str, str]:
    place = take_apart(url)
    return {"url": url, "host": place.host[:255], "site": site_of(place.host)[:255]}


def items_about(target: Target, category: str) -> QuerySet[Item]:
    """The items that are about an address under a category, in the order in which rows are locked."""
    found = Item.objects.filter(concern__target=target, concern__category=category)
    return found.select_related("case").order_by("case_id", "pk")


def live_items(target: Target, category: str) -> list[Item]:
    """Those that nobody has taken back, locked."""
    found = hold_items(items_about(target, category))
    return [item for item in found if item.state != ItemState.WITHDRAWN]


def told_items(notices: Iterable[Notice]) -> Iterator[tuple[Notice, Item]]:
    """Each notice with each item whose case learns of it: not one that was taken back before it left."""
    rows = list(notices)
    about = _held_about(rows)
    pairs = [
        (notice, item)
        for notice in rows
        for item in about[(notice.target_id, notice.category)]
        if item.state != ItemState.WITHDRAWN
        or (notice.transmitting_at is not None and item.changed_at >= notice.transmitting_at)
    ]
    return iter(sorted(pairs, key=lambda pair: (pair[1].case_id, pair[1].pk)))


def living(notices: Iterable[Notice]) -> dict[uuid.UUID, list[Item]]:
    """For each notice what nobody has taken back of what it is about, locked; asked once for all of them."""
    rows = list(notices)
    about = _held_about(rows)
    return {
        notice.pk: [
            item for item in about[(notice.target_id, notice.category)] if item.state != ItemState.WITHDRAWN
        ]
        for notice in rows
    }


def _held_about(notices: list[Notice]) -> Mapping[tuple[int, str], list[Item]]:
    """The items by what they are about, locked."""
    concerned = Concern.objects.filter(target__in={notice.target_id for notice in notices})
    of = {item: (target, code) for item, target, code in concerned.values_list("item", "target", "category")}
    found: dict[tuple[int, str], list[Item]] = defaultdict(list)
    for item in hold_items(Item.objects.filter(pk__in=of)):
        found[of[item.pk]].append(item)
    return found


def begin_looking(target_id: int, at: dt.datetime) -> None:
    """Its host was told: it is looked at from now on, soon at first."""
    Target.objects.filter(pk=target_id).exclude(url="").update(
        anchor_at=at, look_at=schedule.following(at, at)
    )


def look_now(target_id: int) -> None:
    """Somebody says that something has changed: the next look is due."""
    Target.objects.filter(pk=target_id).exclude(url="").update(look_at=clock.now(), read_at=None)


def delisted(target_id: int, engine: str, at: dt.datetime) -> None:
    """A search engine leaves it out now: evidence beside the looks; of the address itself it says nothing."""
    Check.objects.create(target_id=target_id, at=at, seen=Seen.DELISTED, sign=engine[:40], rules="person")


def find_host(target_id: int) -> None:
    """Who hosts it is to be found out, if this hotline asks registries at all."""
    if settings.RDAP_LISTS:
        Target.objects.filter(pk=target_id).exclude(url="").update(trace_at=clock.now(), trace_tries=0)


def forgettable() -> Iterator[int]:
    """Addresses that no case holds any more."""
    # Not "not in": PostgreSQL compares each with all where they do not fit into its memory.
    held = Concern.objects.filter(target=OuterRef("pk")).exclude(item__url="")
    return Target.objects.exclude(url="").filter(~Exists(held)).values_list("pk", flat=True).iterator()


@transaction.atomic
def forget(target_id: int) -> bool:
    """Keep of an address its digest, and of its notices that they were sent, when, and theirs. Idempotent."""
    locking.hold_target(target_id)
    target = Target.objects.get(pk=target_id)
    if target.concerns.exclude(item__url="").exists():
        return False
    Target.objects.filter(pk=target.pk).update(
        url="", host="", site="", look_at=None, look_claim="", trace_at=None, etag="", modified=""
    )
    target.contacts.all().delete()
    Particular.objects.filter(target=target).delete()
    target.checks.update(reached="", tls_leaf="")
    notices = Notice.objects.filter(target=target)
    # A message about several addresses goes with the first of them: what is left in it names this one.
    leaders = notices.exclude(within=None).values_list("within", flat=True)
    Notice.objects.filter(pk__in=list(leaders)).update(body="", message=b"", subject="")
    Answer.objects.filter(notice__in=notices).update(text="", subject="", sender="")
    notices.update(
        subject="",
        body="",
        message=b"",
        host="",
        reply="",
        delivery="",
        decision_note="",
        wait_reason="",
        action_site="",
        changed_at=clock.now(),
    )
    return True
