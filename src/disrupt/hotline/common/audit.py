"""The audit log: who signed in, who was given or lost what, which setting changed; chained as a ledger is.

digest = SHA-256 of the canonical JSON of (previous digest, number, time, actor, kind, data). It names
accounts by number, and no network, device or case.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.models import AuditEvent, AuditHead

# So many events more are verified before it is written down that they were.
_STEP = 1000

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


class AuditBroken(ValueError):
    """The log does not verify: an event was altered, removed or inserted."""


def digest_of(event: AuditEvent) -> str:
    """What the event is chained by."""
    said = [event.previous, event.number, event.at.isoformat(), event.actor, event.kind, event.data]
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def record(kind: str, actor: Actor, data: Mapping[str, Any] | None = None) -> AuditEvent:
    """Append an event, in the caller's transaction: what is done and its event are one."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("An audit event belongs in its change's transaction.")
    AuditHead.objects.get_or_create(pk=1)
    head = AuditHead.objects.select_for_update().get(pk=1)
    event = AuditEvent(
        number=head.length + 1,
        at=clock.now(),
        actor=str(actor),
        kind=kind,
        data=json.loads(json.dumps(data or {})),
        previous=head.digest,
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    AuditHead.objects.filter(pk=1).update(length=event.number, digest=event.digest)
    return event


def verify() -> tuple[int, str]:
    """How many events there are and how the last one ends. Raises AuditBroken.

    Whoever rewrites the whole log is found by comparing its end with one that was kept elsewhere.
    """
    return _follow(0, "", AuditHead.objects.filter(pk=1).first() or AuditHead())


@dataclass(frozen=True)
class Tail:
    """What was verified now: the events from `first` to `last`."""

    first: int
    last: int


def verify_tail(least: int, *, keep: bool = True) -> Tail:
    """Verify what came since the last time, and at least the last `least` events. Raises AuditBroken.

    What was changed before that is found by `verify` alone. With `keep` the next time begins further on, in
    steps, so that looking at a page hardly ever writes.
    """
    head = AuditHead.objects.filter(pk=1).first() or AuditHead()
    start = min(head.verified, max(0, head.length - least))
    before = AuditEvent.objects.filter(number=start).values_list("digest", flat=True).first() if start else ""
    if before is None or (start == head.verified and before != head.verified_digest):
        raise AuditBroken(f"Event {start} of the audit log is not the one that was verified before.")
    last, digest = _follow(start, before, head)
    if keep and last - head.verified >= _STEP:
        mark = AuditHead.objects.filter(pk=1, verified__lt=last)
        mark.update(verified=last, verified_digest=digest)
    return Tail(min(start + 1, last), last)


def _follow(start: int, previous: str, head: AuditHead) -> tuple[int, str]:
    """The number and the digest of the last event, after one that ends with `previous`."""
    count = start
    events = AuditEvent.objects.filter(number__gt=start).order_by("number")
    for event in events.iterator(chunk_size=2000):
        count += 1
        if event.number != count or event.previous != previous or event.digest != digest_of(event):
            raise AuditBroken(f"Event {count} of the audit log does not verify.")
        previous = event.digest
        if count == head.verified and previous != head.verified_digest:
            raise AuditBroken(f"Event {count} of the audit log is not the one that was verified before.")
    if head.length > count or (head.length == count and head.digest != previous):
        raise AuditBroken("The last events of the audit log are missing.")
    return count, previous


def holds(number: int, digest: str) -> bool:
    """Whether the event of this number still ends as it did when it was noted elsewhere."""
    return AuditEvent.objects.filter(number=number, digest=digest).exists()
