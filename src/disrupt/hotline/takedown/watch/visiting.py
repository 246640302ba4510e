"""One visit: a source's list is read, or a page's pictures are compared with the bank; none is kept."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import hmac
import random
import secrets
import time
from collections.abc import Iterator

from django.db import transaction

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.takedown.checks import media
from disrupt.hotline.takedown.checks.page import is_page, read
from disrupt.hotline.takedown.models import Source, SourceKind, WatchedPage
from disrupt.hotline.takedown.watch import hits, reading, robots
from disrupt.hotline.takedown.watch.comparing import Answer, answer

# Whoever died in the middle of a visit holds it up for no longer.
LEASE = dt.timedelta(minutes=15)
# So long for the pictures of one page, at most.
_LONGEST = dt.timedelta(minutes=8)
_PATIENCE = 6.0
Found = list[tuple[str, Answer]]


def unread() -> Iterator[int]:
    """Sources whose list is due."""
    due = Source.objects.filter(read_at__lte=clock.now(), ended_at=None).order_by("read_at")
    return due.values_list("pk", flat=True).iterator()


def due() -> Iterator[int]:
    """Pages to visit now, the longest due first."""
    found = WatchedPage.objects.filter(due_at__lte=clock.now(), source__ended_at=None).order_by("due_at")
    return found.values_list("pk", flat=True).iterator()


def read_source(pk: int, door: Door | None = None) -> None:
    """Take the addresses of a source down as pages to visit; what it names no more is visited no more."""
    source, door = Source.objects.get(pk=pk), door or Door()
    if source.kind == SourceKind.PAGE:
        _take_down(source, [source.url], "read")
        return
    try:
        if not robots.allowed(source.url, door):
            _take_down(source, None, "not allowed by robots.txt")
            return
        fetched = door.get(source.url, patience=_PATIENCE)
    except errors.DoorError as error:
        _take_down(source, None, type(error).__name__)
        return
    if fetched.response.status != 200:
        _take_down(source, None, f"status {fetched.response.status}")
        return
    _take_down(source, reading.addresses(source.kind, fetched.response.body, source.url), "read")


@transaction.atomic
def _take_down(source: Source, addresses: list[str] | None, outcome: str) -> None:
    now = clock.now()
    if addresses is not None:
        named = {_digest(address): address for address in addresses}
        source.pages.exclude(digest__in=named).delete()
        there = set(source.pages.values_list("digest", flat=True))
        WatchedPage.objects.bulk_create(
            WatchedPage(source=source, digest=digest, url=url, due_at=now)
            for digest, url in named.items()
            if digest not in there
        )
    Source.objects.filter(pk=source.pk).update(
        read_at=now + dt.timedelta(hours=source.hours), outcome=outcome[:40]
    )


def _digest(url: str) -> str:
    return hmac.digest(keys.address_key(), b"watched:" + url.encode(), hashlib.sha256).hex()


def visit(pk: int, door: Door | None = None) -> None:
    """Compare the pictures of a page with the bank. Nothing when it is not due, or would be impolite now."""
    page = _claim(pk)
    if page is None:
        return
    door = door or Door()
    try:
        if not robots.allowed(page.url, door):
            _finish(page, [], 0, "not allowed by robots.txt")
            return
        found, compared = _compare(page.url, door)
    except errors.Busy as busy:
        WatchedPage.objects.filter(pk=page.pk, claim=page.claim).update(due_at=busy.until, claim="")
        return
    except errors.DoorError as error:
        _finish(page, [], 0, type(error).__name__)
        return
    _finish(page, found, compared, "compared")


def _compare(url: str, door: Door) -> tuple[Found, int]:
    """What of a page answers to an entry, and how many of its files were compared. Raises DoorError."""
    response = door.get(url, patience=_PATIENCE).response
    if response.status != 200:
        raise errors.BadAnswer(f"{response.status}")
    content_type = response.headers.get("content-type", "")
    if not is_page(content_type, response.body):
        one = None if response.truncated else answer(response.body)
        return ([(url, one)] if one else []), 1
    found: Found = []
    compared = 0
    ends = time.monotonic() + _LONGEST.total_seconds()
    for address in read(response.body, content_type, url).pictures:
        # Whoever answers slowly holds neither the others up nor the lease open.
        rest = ends - time.monotonic()
        if rest <= 0:
            break
        limits = dataclasses.replace(
            door.limits, body=media.MOST_BYTES, seconds=min(rest, door.limits.seconds)
        )
        try:
            file = door.get(address, limits, patience=_PATIENCE).response
        except errors.DoorError:
            continue
        if file.status != 200 or file.truncated:
            continue
        compared += 1
        one = answer(file.body)
        if one is not None:
            found.append((address, one))
    return found, compared


@transaction.atomic(durable=True)
def _claim(pk: int) -> WatchedPage | None:
    rows = WatchedPage.objects.select_for_update(of=("self",)).select_related("source")
    page = rows.filter(pk=pk, due_at__lte=clock.now(), source__ended_at=None).first()
    if page is None:
        return None
    page.claim, page.due_at = secrets.token_hex(16), clock.now() + LEASE
    page.save(update_fields=["claim", "due_at"])
    return page


@transaction.atomic(durable=True)
def _finish(claimed: WatchedPage, found: Found, compared: int, outcome: str) -> None:
    rows = WatchedPage.objects.select_for_update(of=("self",)).select_related("source")
    page = rows.filter(pk=claimed.pk, claim=claimed.claim).first()
    if page is None:
        return
    for address, one in found:
        hits.note(page.url, address, one, page.source)
    pause = dt.timedelta(hours=page.source.hours) * random.uniform(0.9, 1.1)  # noqa: S311  # no secret
    page.claim, page.visited_at, page.due_at = "", clock.now(), clock.now() + pause
    page.compared, page.outcome = compared, outcome[:40]
    page.save()
