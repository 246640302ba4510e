"""Failed sign-ins slow whoever makes them: a delay that grows, never a lock, and nobody else waits for it.

Counted in the database, for all processes: per account and network, and per network, under keyed hashes whose
key is a day's and never written (common/dailykey.py). A device on which the account has signed in before is
counted by itself, whatever strangers do. An attempt during a delay is not looked at, and does not count.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import math
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from disrupt.hotline.common import clock, dailykey
from disrupt.hotline.common.networks import Networks
from disrupt.hotline.review.models import Failures

# Failures are forgotten so long after the last one.
FORGOTTEN = dt.timedelta(hours=1)
# As many in a row are ordinary; then 1, 2, 4 ... seconds, at most LONGEST.
FREE, LONGEST = 4, dt.timedelta(minutes=5)
# Of one network, on whatever names: as many are an office; then it waits too, at most LONGEST_HERE.
FREE_HERE, LONGEST_HERE = 20, dt.timedelta(minutes=1)
# Of the second factor, by strangers who know the password, from anywhere: a code has six digits only.
FREE_CODES = 20

NETWORKS = Networks(dailykey.of)


class Wait(ValueError):
    """Too soon after failures; `seconds` until the next attempt is looked at."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"Wait {seconds} seconds.")
        self.seconds = seconds


@dataclass(frozen=True)
class Limit:
    """One count: what is counted, how much of it is ordinary, and the longest delay."""

    of: tuple[str, ...]
    free: int = FREE
    longest: dt.timedelta = LONGEST

    @property
    def key(self) -> str:
        day = dailykey.of(clock.now().date())
        text = "\0".join(self.of).encode()
        return hashlib.blake2b(text, key=day, digest_size=16).hexdigest()

    def delay(self, count: int) -> dt.timedelta:
        if count <= self.free:
            return dt.timedelta()
        return min(dt.timedelta(seconds=2 ** min(count - self.free - 1, 20)), self.longest)


def limits(what: str, account: str, address: str, device: str) -> tuple[Limit, ...]:
    """What an attempt on `account` counts for; `device` names a known one, "" is a stranger's."""
    name = account.strip().casefold()
    if device:
        return (Limit((what, name, "device", device)),)
    network = NETWORKS.of(address).hex()
    counted = (
        Limit((what, name, network)),
        Limit((what, network), FREE_HERE, LONGEST_HERE),
    )
    return (*counted, Limit((what, name), FREE_CODES)) if what == "code" else counted


@transaction.atomic
def begin(counted: tuple[Limit, ...]) -> None:
    """Count an attempt before it is looked at, so that many at once gain nothing. Raises Wait."""
    now = clock.now()
    rows = []
    # In one order, so that two attempts never wait for each other.
    for limit in sorted(counted, key=lambda limit: limit.key):
        row, _new = Failures.objects.select_for_update().get_or_create(
            key=limit.key, defaults={"last_at": now}
        )
        if row.last_at <= now - FORGOTTEN:
            row.count = 0
        until = row.last_at + limit.delay(row.count)
        if row.count and now < until:
            raise Wait(math.ceil((until - now).total_seconds()))
        rows.append(row)
    for row in rows:
        row.count, row.last_at = row.count + 1, now
        row.save(update_fields=["count", "last_at"])


def succeeded(counted: tuple[Limit, ...]) -> None:
    """The attempt was none of those that count: it is taken back; the failures before it stay."""
    Failures.objects.filter(key__in=[limit.key for limit in counted], count__gt=0).update(
        count=F("count") - 1
    )


def failures(limit: Limit) -> int:
    """How many count now."""
    row = Failures.objects.filter(key=limit.key, last_at__gt=clock.now() - FORGOTTEN).first()
    return row.count if row else 0


def forgotten() -> list[str]:
    """Counts that say nothing any more."""
    old = Failures.objects.filter(last_at__lte=clock.now() - FORGOTTEN)
    return list(old.values_list("pk", flat=True)[:1000])


def forget(key: str) -> None:
    """Delete one."""
    Failures.objects.filter(pk=key, last_at__lte=clock.now() - FORGOTTEN).delete()
