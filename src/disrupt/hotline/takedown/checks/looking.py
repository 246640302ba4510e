"""One look at an address: claimed, fetched through the door, judged, written down with what follows."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import random
import secrets
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.db.models import QuerySet

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door, Fetched
from disrupt.hotline.common.outbound.wire import Response
from disrupt.hotline.common.running.in_turn import written
from disrupt.hotline.takedown import locking
from disrupt.hotline.takedown.checks import elsewhere, habits, media, presence, unchanged
from disrupt.hotline.takedown.checks.page import Page, is_page, read, shape_of
from disrupt.hotline.takedown.checks.sibling import sibling_of
from disrupt.hotline.takedown.checks.signs import Verdict, of_failure, of_page, of_sibling, of_status, signs
from disrupt.hotline.takedown.models import Check, Seen, Target

# A checker that has not come back by then is taken for dead.
LEASE = dt.timedelta(minutes=5)


def due() -> QuerySet[Target]:
    """Addresses to look at now, the longest due first."""
    return Target.objects.filter(look_at__lte=clock.now()).exclude(url="").order_by("look_at")


def due_keys() -> Iterator[int]:
    """The same, by their keys."""
    return due().values_list("pk", flat=True).iterator()


def look(target_id: int, door: Door | None = None) -> Check | None:
    """Look at an address that is due; None when it is not due (any more), or would be impolite now."""
    target = _claim(target_id)
    if target is None:
        return None
    door, url = dataclasses.replace(door or Door(), manner=habits.manner_of), target.url
    fetched: Fetched | None = None
    only_changes = unchanged.asked(target, clock.now())
    try:
        fetched = door.get(url, more=only_changes)
        if only_changes and fetched.response.status == 304:
            verdict = unchanged.UNCHANGED
        else:
            wanted = media.wanted_for(target)
            verdict = judge(url, fetched, door, wanted)
            verdict = elsewhere.agreed(url, verdict, door, lambda far, by: judge(url, far, by, wanted))
    except errors.Busy as busy:
        _put_off(target, busy.until)
        return None
    except errors.DoorError as error:
        verdict = of_failure(error)
    return _write(target, verdict, fetched)


def judge(url: str, fetched: Fetched, door: Door, wanted: media.Wanted | None = None) -> Verdict:
    """What an answer says. Raises Busy where the sibling must be asked and cannot be now."""
    response = fetched.response
    content_type, own = response.headers.get("content-type", ""), habits.of_url(url)
    page = read(response.body, content_type, fetched.url) if is_page(content_type, response.body) else None
    verdict = of_status(fetched, page, own)
    there = _media(page, response, wanted, door) if verdict is None and wanted is not None else None
    if there:
        # What it says of itself counts for less than the picture that it shows.
        return Verdict(Seen.LIVE, media.MATCHES)
    if verdict is None and page is not None:
        verdict = of_page(page, response.truncated, own)
    if verdict is not None:
        return verdict
    sibling = sibling_of(url, door)
    if sibling is not None:
        landed = urlsplit(fetched.url).path if len(fetched.hops) > 1 else ""
        shape = shape_of(response.status, landed, page, response.body)
        verdict = of_sibling(shape, sibling, is_page=page is not None)
    if verdict is None and there is False and wanted is not None and wanted.seen:
        return Verdict(Seen.GONE, media.ABSENT)
    return verdict or Verdict(Seen.LIVE, "page" if page is not None else "file")


def _media(page: Page | None, response: Response, wanted: media.Wanted, door: Door) -> bool | None:
    """Whether the case's pictures are there; None where that cannot be said."""
    if page is None:
        return None if response.truncated else media.is_one(response.body, wanted)
    found = media.among(page.pictures, wanted, door)
    return None if found is False and (response.truncated or page.scripts) else found


@written(durable=True)
def _claim(target_id: int) -> Target | None:
    target = due().select_for_update(of=("self",)).filter(pk=target_id).first()
    if target is None:
        return None
    target.look_claim, target.look_at = secrets.token_hex(16), clock.now() + LEASE
    target.save(update_fields=["look_claim", "look_at"])
    return target


@written(durable=True)
def _put_off(claimed: Target, until: dt.datetime) -> None:
    """Not now: a little after whoever is there has gone."""
    pause = dt.timedelta(seconds=random.uniform(0.1, 3.0))  # noqa: S311  # no secret
    held = Target.objects.filter(pk=claimed.pk, look_claim=claimed.look_claim)
    held.update(look_at=until + pause, look_claim="")


@written(durable=True)
def _write(claimed: Target, verdict: Verdict, fetched: Fetched | None) -> Check | None:
    """The look, and what follows, in one transaction; nothing if somebody else looked meanwhile."""
    now = clock.now()
    if presence.tells(claimed, verdict.seen, now):
        # Cases, notices and other addresses follow: they are held in their order, before this row is read.
        locking.hold_target(claimed.pk)
    rows = Target.objects.select_for_update().exclude(url="")
    target = rows.filter(pk=claimed.pk, look_claim=claimed.look_claim).first()
    if target is None:
        return None
    check = Check(target=target, at=now, seen=verdict.seen, sign=verdict.sign, rules=signs().version)
    if fetched is not None:
        check.status = fetched.response.status
        check.hops = len(fetched.hops) - 1
        check.landed = hmac.digest(
            keys.address_key(), b"landed:" + fetched.url.encode(), hashlib.sha256
        ).hex()
        check.size = len(fetched.response.body)
        check.reached = str(fetched.address)
        check.tls_leaf = fetched.response.tls_leaf
    check.save(force_insert=True)
    target.look_claim = ""
    unchanged.remember(target, verdict, fetched, now)
    presence.seen(target, check)
    return check
