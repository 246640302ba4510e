"""A key that was let in a moment ago: let in again without asking the database, or waiting for news."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door.sight import Sight, sight_of
from disrupt.hotline.exchange.models import ApiKey
from disrupt.hotline.exchange.queries import authenticate

WITHIN = dt.timedelta(seconds=0.5)
"""So long after the last question about it may a key that is revoked still be let in."""
_UNUSED = dt.timedelta(seconds=10)
_MOST, _MOST_WAIT = 1000, 10_000
WAITS_FOR = dt.timedelta(minutes=10)
"""So long after it was let in may a key wait for news; whether it may read them is asked again then."""
_BEARER = re.compile(rb"\r\nauthorization:[ \t]*bearer +([!-~]+)[ \t]*\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LetIn:
    """A key as the database had it at a moment, and what it may see."""

    key: ApiKey
    sight: Sight
    asked_at: dt.datetime
    used_at: dt.datetime

    def holds(self, now: dt.datetime) -> bool:
        return self.asked_at <= now < self.asked_at + WITHIN and now < self.key.expires_at


_lock = threading.Lock()
_let_in: dict[bytes, LetIn] = {}
_may_wait: dict[bytes, tuple[uuid.UUID, dt.datetime]] = {}


def mark_of(text: str) -> bytes:
    """What a key is known by here."""
    return hashlib.sha256(text.encode()).digest()


def known(mark: bytes) -> LetIn | None:
    """The key of this mark, if it was let in a moment ago."""
    one, now = _let_in.get(mark), clock.now()
    if one is None or not one.holds(now):
        return None
    if now - one.used_at > WITHIN:
        _keep(mark, LetIn(one.key, one.sight, one.asked_at, now))
    return one


def authenticate_recently(text: str) -> ApiKey:
    """As `authenticate`, for addresses that are asked thousands of times a second. Raises ApiError."""
    mark, now = mark_of(text), clock.now()
    one = known(mark)
    if one is not None:
        return one.key
    key = authenticate(text)
    _keep(mark, LetIn(key, sight_of(key), now, now))
    return key


def _keep(mark: bytes, one: LetIn) -> None:
    with _lock:
        if len(_let_in) >= _MOST:
            _let_in.clear()
        _let_in[mark] = one


def renew() -> None:
    """Ask anew about all keys in use, in one question; those that may not come in any more are forgotten."""
    with _lock:
        before = dict(_let_in)
    if not before:
        return
    now = clock.now()
    used = {mark: one for mark, one in before.items() if now - one.used_at <= _UNUSED}
    fresh = _valid(now).in_bulk([one.key.pk for one in used.values()])
    with _lock:
        for mark, one in before.items():
            latest = _let_in.pop(mark, None)
            key = fresh.get(one.key.pk) if mark in used else None
            if latest is not None and key is not None:
                _let_in[mark] = LetIn(key, sight_of(key), now, latest.used_at)


def vouch(text: str, key: ApiKey) -> None:
    """This key was let in now: its next question for news may wait for them."""
    _vouched({mark_of(text): key})


def _vouched(keys: dict[bytes, ApiKey]) -> None:
    now = clock.now()
    with _lock:
        if len(_may_wait) + len(keys) > _MOST_WAIT:
            _may_wait.clear()
        _may_wait.update((mark, (key.pk, now)) for mark, key in keys.items())


def may_wait(request: bytes) -> bool:
    """Whether the head of a request names a key that was let in lately; never raises."""
    found = _BEARER.search(request)
    one = _may_wait.get(hashlib.sha256(found[1]).digest()) if found else None
    return one is not None and one[1] <= clock.now() < one[1] + WAITS_FOR


def let_in_again(marks: Iterable[bytes]) -> dict[bytes, ApiKey]:
    """Of keys that were vouched for, those that the database lets in now, in one question."""
    named = {mark: _may_wait[mark][0] for mark in set(marks) if mark in _may_wait}
    valid = _valid(clock.now()).in_bulk(set(named.values()))
    keys = {mark: valid[pk] for mark, pk in named.items() if pk in valid}
    _vouched(keys)
    return keys


def _valid(now: dt.datetime) -> QuerySet[ApiKey]:
    return ApiKey.objects.filter(revoked_at=None, expires_at__gt=now, partner__active=True).select_related(
        "partner"
    )
