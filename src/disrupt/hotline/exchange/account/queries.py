"""What the account's page shows: the partner's keys, how far it has read, its figures and its chain."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from disrupt.hotline.bank.models import BankChange, BankReader, ChangeKind, EntrySource
from disrupt.hotline.common import clock
from disrupt.hotline.exchange import testentry
from disrupt.hotline.exchange.account.words import PROBLEMS, SCOPES
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.figures import figures
from disrupt.hotline.exchange.hooks.models import Hook, HookEvent, HookKey
from disrupt.hotline.exchange.models import ApiKey, EntryWord, Feedback
from disrupt.protocol import sample_picture
from disrupt.protocol.hooks.signed import written_key

_SHOWN_AFTER = dt.timedelta(days=90)


@dataclass(frozen=True)
class KeyRow:
    """A key, what it may in words, what it is limited to, and how many in force would end with it."""

    key: ApiKey
    scopes: Sequence[tuple[str, Any]]
    only: Sequence[str]
    in_force: bool
    signed_in_with: bool
    made: int


@dataclass(frozen=True)
class Chain:
    """How far the test entry has come: on the list, fetched, and said to be found on a day."""

    entry: str
    fetched: bool
    said: dt.date | None


@dataclass(frozen=True)
class HookRow:
    """A webhook, what it is told in words, how much waits, and why the last try was in vain."""

    hook: Hook
    events: Sequence[tuple[str, Any]]
    waiting: int
    problem: Any


@dataclass(frozen=True)
class Overview:
    """Everything on the page."""

    keys: Sequence[KeyRow]
    offered: int
    fetched: int
    last: int
    read_on: dt.date | None
    months: Sequence[tuple[dt.date, dict[str, int]]]
    chain: Chain
    hooks: Sequence[HookRow]
    hook_keys: Sequence[str]


def overview(admin: ApiKey) -> Overview:
    """How it stands with the administrator's partner now."""
    rows = _rows(admin)
    sights = [sight_of(row.key) for row in rows if row.in_force]
    told = figures(admin.partner_id, sights)
    changes = told["changes"]
    return Overview(
        rows,
        told["offered"],
        changes["fetched"],
        changes["last"],
        dt.date.fromisoformat(changes["read_on"]) if changes["read_on"] else None,
        [(dt.date.fromisoformat(f"{row['month']}-01"), row) for row in reversed(told["months"])],
        _chain(admin),
        _hooks(admin),
        [written_key(bytes.fromhex(one)) for one in HookKey.objects.values_list("public", flat=True)],
    )


def _rows(admin: ApiKey) -> list[KeyRow]:
    """Those in force first; those that ended stay on the page for a while."""
    now = clock.now()
    since = now - _SHOWN_AFTER
    shown = ApiKey.objects.filter(partner_id=admin.partner_id).filter(
        Q(revoked_at=None, expires_at__gt=since) | Q(revoked_at__gt=since)
    )
    keys = list(shown.order_by("-created_at"))
    alive = {key.pk for key in keys if key.revoked_at is None and key.expires_at > now}
    made: dict[Any, set[Any]] = {}
    for key in keys:
        made.setdefault(key.made_with_id, set()).add(key.pk)

    def ends_with(pk: Any) -> set[Any]:
        direct = made.get(pk, set()) & alive
        return direct.union(*(ends_with(one) for one in direct))

    rows = [
        KeyRow(
            key,
            [(name, SCOPES[name]) for name in key.scopes if name in SCOPES],
            [word for words in key.sees.values() for word in words],
            key.pk in alive,
            key.pk == admin.pk,
            len(ends_with(key.pk)),
        )
        for key in keys
    ]
    return sorted(rows, key=lambda row: not row.in_force)


def _hooks(admin: ApiKey) -> list[HookRow]:
    words = dict(HookEvent.choices)
    waiting = Count("messages", filter=Q(messages__delivered_at=None))
    return [
        HookRow(
            hook,
            [(name, words[name]) for name in hook.events],
            hook.waiting,
            PROBLEMS.get(hook.problem, hook.problem.replace("status:", "HTTP ")),
        )
        for hook in Hook.objects.filter(partner=admin.partner_id).annotate(waiting=waiting)
    ]


def _chain(admin: ApiKey) -> Chain:
    source = EntrySource.objects.filter(item_id=testentry.SOURCE, withdrawn_at=None).first()
    if source is None:
        return Chain("", False, None)
    added = BankChange.objects.filter(entry=source.entry_id, kind=ChangeKind.ADDED).first()
    if added is None:  # it waits for its batch
        return Chain("", False, None)
    fetched = BankReader.objects.filter(reader=admin.partner_id, seq__gte=added.seq).exists()
    words = EntryWord.objects.filter(partner=admin.partner_id, entry=source.entry_id)
    by_hash = Feedback.objects.filter(
        partner=admin.partner_id, value__in=(sample_picture.PDQ, sample_picture.MD5)
    )
    said = [*words.values_list("changed_at", flat=True), *by_hash.values_list("changed_at", flat=True)]
    return Chain(str(source.entry_id), fetched, max(said).date() if said else None)
