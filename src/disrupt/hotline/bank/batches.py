"""Changes are offered in shuffled batches at fixed times, so that the list tells nobody when (D18).

A change is staged when it is decided, and numbered when a batch's time has come: in random order, under the
batch's time, and where others allow it never beside another of the same case. Numbers stay gapless in commit
order: a batch is one transaction under the bank's turn. docs/threat-model.md says what can still be inferred.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet

from disrupt.hotline.bank import log, onlist
from disrupt.hotline.bank.models import (
    BankChange,
    BankEntry,
    BankSequence,
    ChangeKind,
    EntryState,
    LogNode,
    StagedChange,
)
from disrupt.hotline.bank.retention import keep_what_a_withdrawal_names
from disrupt.hotline.common import clock, switches

MOST = 5000
"""So many changes in one transaction; more of them follow at once, under the same time."""

_EPOCH = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
_MINUTE = dt.timedelta(minutes=1)


def take_turn() -> BankSequence:
    """Wait until no other writer changes the bank; until the caller's transaction ends, none will."""
    turn = BankSequence.objects.select_for_update().filter(pk=1).first()
    if turn is None:  # the very first change of a hotline
        BankSequence.objects.get_or_create(pk=1)
        turn = BankSequence.objects.select_for_update().get(pk=1)
    return turn


def latest(now: dt.datetime) -> dt.datetime:
    """The time of the batch that is due now: the last of the fixed times."""
    every: dt.timedelta = settings.OFFER_EVERY
    return _EPOCH + (now - _EPOCH) // every * every if every else now.replace(microsecond=0)


def stage(entry: BankEntry, kind: ChangeKind, group: uuid.UUID | None, *, urgent: bool = False) -> None:
    """Let a change wait for its batch; number it at once where the hotline says so. The turn is taken."""
    now = clock.now()
    if kind == ChangeKind.ADDED and switches.is_on(switches.Stop.ENTRIES):
        StagedChange.objects.create(entry=entry, kind=kind, group=group, since=now)
    elif not settings.OFFER_EVERY:
        _number([(entry, kind)], now.replace(microsecond=0), group)
    elif urgent and settings.OFFER_URGENT_AT_ONCE:
        _number([(entry, kind)], _EPOCH + (now - _EPOCH) // _MINUTE * _MINUTE, group)
    else:
        StagedChange.objects.create(entry=entry, kind=kind, group=group, since=now)


def unstage(entry: BankEntry, kind: ChangeKind) -> bool:
    """Take back what was staged and not numbered yet; whether there was such a thing."""
    return StagedChange.objects.filter(entry=entry, kind=kind).delete()[0] > 0


def due() -> Iterator[dt.datetime]:
    """The time of the batch that waits to be made, if one does."""
    slot = latest(clock.now())
    if _ready(slot).exists():
        yield slot


def _ready(slot: dt.datetime) -> QuerySet[StagedChange]:
    """Staged before the batch's time, and not put off to a later batch; no addition while that is stopped."""
    waiting = StagedChange.objects.filter(Q(not_before=None) | Q(not_before__lte=slot))
    if switches.is_on(switches.Stop.ENTRIES):
        waiting = waiting.exclude(kind=ChangeKind.ADDED)
    return waiting.filter(since__lt=slot) if settings.OFFER_EVERY else waiting


@transaction.atomic
def run(slot: dt.datetime) -> int:
    """Number the changes of a batch; how many there were. Idempotent."""
    turn = take_turn()
    staged = list(_ready(slot).select_related("entry").order_by("pk")[:MOST])
    now, later = arranged(staged, turn.last_group, random.SystemRandom())
    still = [row for row in now if row.kind == ChangeKind.ADDED or not _lives(row.entry)]
    _number([(row.entry, ChangeKind(row.kind)) for row in still], slot, still[-1].group if still else None)
    StagedChange.objects.filter(pk__in=[row.pk for row in now]).delete()
    put_off = StagedChange.objects.filter(pk__in=[row.pk for row in later])
    put_off.update(waited=F("waited") + 1, not_before=slot + settings.OFFER_EVERY)
    return len(still)


def _lives(entry: BankEntry) -> bool:
    """Whether somebody stands behind an entry (again)."""
    return entry.sources.filter(withdrawn_at=None).exists()


def arranged(
    rows: Sequence[StagedChange], before: uuid.UUID | None, chance: random.Random
) -> tuple[list[StagedChange], list[StagedChange]]:
    """In random order, no two of one group side by side while that can be; and those that wait for others.

    An addition that would stand beside one of its own case waits for the next batches, OFFER_SPREAD at most.
    A withdrawal never waits.
    """
    groups: dict[object, list[StagedChange]] = defaultdict(list)
    for row in rows:
        groups[row.group or row.pk].append(row)
    for of_one in groups.values():
        chance.shuffle(of_one)
    order: list[StagedChange] = []
    last: object = before
    while groups:
        others = [name for name in groups if name != last]
        if not others:
            break
        left = sum(map(len, groups.values()))
        largest = max(others, key=lambda name: len(groups[name]))
        # Whoever has half of what is left must go now, or could not be kept apart.
        crowded = 2 * len(groups[largest]) > left
        last = largest if crowded else chance.choices(others, [len(groups[name]) for name in others])[0]
        order.append(groups[last].pop())
        if not groups[last]:
            del groups[last]
    alone = [row for of_one in groups.values() for row in of_one]
    waits = [r for r in alone if r.kind == ChangeKind.ADDED and r.waited < settings.OFFER_SPREAD]
    return [*order, *(row for row in alone if row not in waits)], waits


def _number(rows: Sequence[tuple[BankEntry, ChangeKind]], at: dt.datetime, group: uuid.UUID | None) -> None:
    """Give the next numbers. The lock is held until the commit: numbers follow the order of commits."""
    if not rows:
        return
    turn = take_turn()
    onlist.note(rows)
    changes = []
    for number, (entry, kind) in enumerate(rows, turn.last + 1):
        if kind == ChangeKind.WITHDRAWN:
            close(entry)
        changes.append(BankChange(seq=number, entry=entry, kind=kind, at=at))
    # While older changes are still being logged (once, after an upgrade), these wait for their turn there.
    nodes = log.append(changes, turn) if turn.logged == turn.last else []
    BankChange.objects.bulk_create(changes, batch_size=500)
    LogNode.objects.bulk_create(nodes, batch_size=500)
    turn.last, turn.last_group = turn.last + len(changes), group
    turn.save(update_fields=["last", "last_group", "logged"])


def close(entry: BankEntry) -> None:
    """The entry is withdrawn: of its fingerprints only those that the withdrawal names are left."""
    entry.state = EntryState.WITHDRAWN
    keep_what_a_withdrawal_names(entry)
    entry.save(update_fields=["state", "withdrawn_at", "identity", "sha256", "md5", "prints"])
    BankChange.objects.filter(entry=entry).update(salt=None)
