"""Politeness that two workers keep together: one request at a time for each site and each address.

Two seconds lie between two of them; Retry-After is obeyed; after five failures in a row there is a day of
rest. What is kept is a keyed digest of whom it is about, and goes after a month.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import hmac
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.models import Visited
from disrupt.hotline.common.numerals import NotANumber, whole
from disrupt.hotline.common.outbound.errors import Busy, DoorError, EgressDown
from disrupt.hotline.common.running.in_turn import written

BETWEEN = dt.timedelta(seconds=2)
# Whoever died in the middle of a look holds nobody up for longer.
LEASE = dt.timedelta(minutes=3)
BREAKER_AFTER, BREAKER = 5, dt.timedelta(hours=24)
LONGEST_RETRY_AFTER = dt.timedelta(days=7)
FORGET_AFTER = dt.timedelta(days=30)


@dataclass
class Turn:
    """One look at somebody; `heard` says what they answered."""

    digest: str
    failed: bool = True
    retry_after: dt.timedelta = dt.timedelta()

    def heard(self, status: int, retry_after: str) -> None:
        self.failed = status >= 500 or status == 429
        self.retry_after = _seconds(retry_after) if status in {429, 503} else dt.timedelta()


@dataclass(frozen=True)
class Manner:
    """What was agreed with somebody: how long lies between two looks, and how many there may be at once."""

    between: dt.timedelta
    at_once: int = 1


@dataclass(frozen=True)
class Pace:
    """Takes turns; `between` is shorter in tests of many hosts only."""

    between: dt.timedelta = BETWEEN

    @contextlib.contextmanager
    def turn(self, whom: str, patience: float = 0.0, manner: Manner | None = None) -> Iterator[Turn]:
        """Hold a turn for as long as the block lasts; wait so many seconds for it. Raises Busy."""
        if manner is not None and manner.at_once > 1:
            whom = f"{whom}#{secrets.randbelow(manner.at_once)}"
        digest = hmac.digest(keys.address_key(), b"pace:" + whom.encode(), hashlib.sha256).hex()
        try:
            self._take(digest)
        except Busy as busy:
            wait = (busy.until - clock.now()).total_seconds()
            if wait > patience:
                raise
            time.sleep(max(0.0, wait))
            self._take(digest)
        turn = Turn(digest)
        try:
            yield turn
        except (Busy, EgressDown):
            turn.failed = False
            raise
        except DoorError:
            turn.failed = True
            raise
        finally:
            self._give_back(turn, manner.between if manner else self.between)

    @written()
    def _take(self, digest: str) -> None:
        now = clock.now()
        row = Visited.objects.select_for_update().filter(digest=digest).first()
        if row is None:
            Visited.objects.get_or_create(digest=digest, defaults={"free_at": now, "last_at": now})
            row = Visited.objects.select_for_update().get(digest=digest)
        # A clock that went back (a demonstration's) must not close a site for long.
        if now < row.free_at <= now + LONGEST_RETRY_AFTER:
            raise Busy(row.free_at)
        row.free_at, row.last_at = now + LEASE, now
        row.save(update_fields=["free_at", "last_at"])

    @written()
    def _give_back(self, turn: Turn, between: dt.timedelta) -> None:
        now = clock.now()
        row = Visited.objects.select_for_update().get(digest=turn.digest)
        row.failures = row.failures + 1 if turn.failed else 0
        pause = max(between, turn.retry_after)
        if row.failures >= BREAKER_AFTER:
            pause = max(pause, BREAKER)
        row.free_at, row.last_at = now + pause, now
        row.save(update_fields=["failures", "free_at", "last_at"])


class AsAsked(Pace):
    """No turns: for who gave us an address to be called at, as often as there is something to say."""

    @contextlib.contextmanager
    def turn(self, whom: str, patience: float = 0.0, manner: Manner | None = None) -> Iterator[Turn]:
        yield Turn("")


def stand_alone(whom: str, now: dt.datetime) -> None:
    """Until the end of the transaction nobody else counts what they send to the same."""
    digest = hmac.digest(keys.address_key(), b"pace:" + whom.encode(), hashlib.sha256).hex()
    Visited.objects.get_or_create(digest=digest, defaults={"free_at": now, "last_at": now})
    row = Visited.objects.select_for_update().get(digest=digest)
    row.last_at = now
    row.save(update_fields=["last_at"])


def _seconds(text: str) -> dt.timedelta:
    """Retry-After as seconds (its other form, a date, counts as an hour)."""
    if not text.strip():
        return dt.timedelta()
    try:
        return min(dt.timedelta(seconds=min(whole(text.strip()), 10**7)), LONGEST_RETRY_AFTER)
    except NotANumber:
        return dt.timedelta(hours=1)


def forgettable() -> Iterator[int]:
    """Visits that are over and long ago."""
    old = Visited.objects.filter(last_at__lt=clock.now() - FORGET_AFTER)
    return old.values_list("pk", flat=True).iterator()


def forget(pk: int) -> None:
    Visited.objects.filter(pk=pk, last_at__lt=clock.now() - FORGET_AFTER).delete()
