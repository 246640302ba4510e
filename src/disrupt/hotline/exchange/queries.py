"""Reading for partners: who a key is, and the pages of the feed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, Subquery
from django.db.models.functions import Coalesce

from disrupt.hotline.bank.models import BankChange, BankSequence, ChangeKind, EntryState
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door import secretkeys
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import FIELDS, Facts, Sight
from disrupt.hotline.exchange.models import ApiKey
from disrupt.hotline.exchange.proving.proofs import log_part
from disrupt.protocol.feed import DERIVED, Added, BadChange, Came, Change, Page, Withdrawn, prints_from
from disrupt.protocol.signed_log import SALT

log = logging.getLogger(__name__)

# A page ends early rather than grow beyond this many fingerprints (an hour of video is 3,600 of them).
PRINTS_A_PAGE = 100_000


def authenticate(text: str) -> ApiKey:
    """The key that this text is, in force now.

    Raises ApiError. What is wrong with a key is said only to who holds the whole key: an unknown prefix and a
    wrong secret are one and the same answer, after the same work.
    """
    prefix = secretkeys.prefix_of(text)
    key = ApiKey.objects.select_related("partner").filter(prefix=prefix or "").first()
    if not secretkeys.agrees(text, key.digest if key else secretkeys.NO_DIGEST) or key is None:
        raise ApiError("invalid_key", "This is not a key of this exchange.")
    if key.revoked_at is not None:
        raise ApiError("revoked_key", f"This key was revoked on {key.revoked_at:%Y-%m-%d}.")
    if key.expires_at <= clock.now():
        raise ApiError("expired_key", f"This key expired on {key.expires_at:%Y-%m-%d}.")
    if not key.partner.active:
        raise ApiError("partner_suspended", "This partner's access is suspended.")
    return key


def require_scope(key: ApiKey, scope: Scope) -> None:
    """Raises ApiError unless the key has the scope."""
    if scope.value not in key.scopes:
        raise ApiError("missing_scope", f"This key does not have the scope {scope.value}.")


@dataclass(frozen=True, slots=True)
class Row:
    """One change with its entry as they are now, and the last number at that very moment."""

    change: Change
    state: str
    last: int


_FIELDS = ("seq", "at", "kind", "entry_id", "entry__kind", "entry__state", "entry__category", "entry__origin",
           "entry__minors", "entry__jurisdiction", "entry__sha256", "entry__md5", "entry__prints",
           "entry__came", "content", "parts", "salt", "last_now")  # fmt: skip


def _selected(after: int, limit: int, using: str) -> Iterator[dict[str, Any]]:
    last = Subquery(BankSequence.objects.filter(pk=1).values("last")[:1], output_field=BigIntegerField())
    rows = (
        BankChange.objects.using(using)
        .filter(seq__gt=after)
        .annotate(last_now=Coalesce(last, 0, output_field=BigIntegerField()))
        .order_by("seq")
        .values(*_FIELDS)[:limit]
    )
    yield from rows.iterator(chunk_size=100)


def _change(raw: dict[str, Any], sight: Sight) -> Change:
    hidden = {"content": raw["content"], "parts": raw["parts"]} if raw["content"] else None
    gone = Withdrawn(raw["seq"], raw["at"], str(raw["entry_id"]), hidden)
    if raw["kind"] != ChangeKind.ADDED or raw["entry__state"] != EntryState.ACTIVE:
        return gone
    if not sight.shows(Facts(*(raw[name] for name in FIELDS))):
        return gone
    try:
        pdq, vpdq = prints_from(raw["entry__prints"])
        return Added(
            seq=raw["seq"],
            at=raw["at"],
            id=str(raw["entry_id"]),
            kind=raw["entry__kind"],
            category=raw["entry__category"],
            origin=raw["entry__origin"],
            minors=raw["entry__minors"] or None,
            jurisdiction=raw["entry__jurisdiction"] or None,
            sha256=raw["entry__sha256"] or None,
            md5=raw["entry__md5"] or None,
            pdq=tuple(p for p in pdq if sight.derived or p.role != DERIVED),
            vpdq=vpdq,
            proof=_opened(raw, sight),
            came=Came.from_wire(raw["entry__came"]) if raw["entry__came"] else None,
        )
    except BadChange as error:
        # One bad row must not stop every partner's feed: it is sent as one that is not offered.
        log.error("bank change %d is malformed and is not offered: %s", raw["seq"], error)
        return gone


def _opened(raw: dict[str, Any], sight: Sight) -> dict[str, str] | None:
    """The salts by which a reader checks what it is shown; that of the parts only with the parts."""
    if not raw["salt"]:
        return None
    salt = bytes(raw["salt"])
    parts = {"parts_salt": salt[SALT:].hex()} if sight.derived else {"parts": raw["parts"]}
    return {"salt": salt[:SALT].hex(), **parts}


def rows_after(after: int, limit: int, sight: Sight, using: str = DEFAULT_DB_ALIAS) -> Iterator[Row]:
    """Changes after a cursor, oldest first, in one query and never all in memory at once.

    An addition whose entry is withdrawn now, or that is not for this reader, comes as Withdrawn.
    """
    for raw in _selected(after, limit, using):
        yield Row(_change(raw, sight), raw["entry__state"], raw["last_now"])


def feed_page(after: int, limit: int, last: int, sight: Sight, using: str = DEFAULT_DB_ALIAS) -> Page:
    """The page that follows a cursor; `last` is the newest number known before the call."""
    changes: list[Change] = []
    room = PRINTS_A_PAGE
    for row in rows_after(after, limit, sight, using):
        weight = len(row.change.pdq) + len(row.change.vpdq) if isinstance(row.change, Added) else 0
        if changes and weight > room:
            break
        room -= weight
        last = max(last, row.last)
        changes.append(row.change)
    end = changes[-1].seq if changes else after
    part = log_part(after, end, using)
    log = part.to_wire() if part else None
    return Page(tuple(changes), end, max(last, end), more=end < last, log=log)
