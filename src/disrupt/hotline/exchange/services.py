"""Partners and their keys: each write is one transaction and leaves one event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from disrupt.hotline.bank import copies, readers
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import OPERATOR as OPERATOR
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.actors import partner as partner_actor
from disrupt.hotline.exchange.door import secretkeys
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.secretkeys import KeySecret
from disrupt.hotline.exchange.door.sight import checked_sees
from disrupt.hotline.exchange.hearing import proposed
from disrupt.hotline.exchange.models import ApiKey, ExchangeEvent, Partner, PartnerKind

LIFETIME = dt.timedelta(days=365)
OVERLAP = dt.timedelta(days=7)


class PartnerExists(ValueError):
    """Another partner has this name."""


class BadPartnerName(ValueError):
    """A partner's name is 1 to 80 printable characters."""


class BadExpiry(ValueError):
    """A key that would have expired before it is issued."""


def leave_trace(partner: Partner, kind: str, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
    """Write down what was done; called in the transaction that does it."""
    ExchangeEvent.objects.create(
        at=clock.now(), actor=str(actor), kind=kind, partner=partner, data=dict(data or {})
    )
    if actor.kind in {"analyst", OPERATOR.kind}:
        audit.record(f"exchange.{kind}", actor, {"partner": partner.name, **(data or {})})


@transaction.atomic
def create_partner(name: str, actor: Actor, kind: PartnerKind = PartnerKind.PLATFORM) -> Partner:
    """A new partner, active, without a key. Raises BadPartnerName, PartnerExists."""
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80 or not name.isprintable():
        raise BadPartnerName("A partner's name is 1 to 80 printable characters.")
    if Partner.objects.filter(name=name).exists():
        raise PartnerExists(f"There is a partner “{name}” already.")
    partner = Partner.objects.create(name=name, kind=kind, created_at=clock.now())
    leave_trace(partner, "partner-created", actor, {"kind": kind})
    return partner


@transaction.atomic
def set_active(partner: Partner, active: bool, actor: Actor) -> None:
    """Suspend a partner (its keys stop working at once, what it proposed leaves the lists) or let it in."""
    Partner.objects.filter(pk=partner.pk).update(active=active)
    partner.active = active
    if not active:
        readers.forget(partner.pk)
        copies.forget(partner.pk)
        proposed.leaves(partner)
    leave_trace(partner, "partner-resumed" if active else "partner-suspended", actor)


@transaction.atomic
def set_named(partner: Partner, named: bool, actor: Actor) -> None:
    """Whether the people concerned are told this partner's name with the day on which it heard."""
    readers.let_be_named(partner.pk, partner.name if named else "")
    leave_trace(partner, "partner-named" if named else "partner-unnamed", actor)


@transaction.atomic
def set_flood(partner: Partner, matches: int, actor: Actor) -> None:
    """So many matches of one entry in a day are too many at this partner; 0: as the setting says."""
    partner.flood_after = matches or None
    partner.save(update_fields=["flood_after"])
    leave_trace(partner, "flood-limit-set", actor, {"matches": matches})


@transaction.atomic
def issue_key(
    partner: Partner,
    scopes: tuple[Scope, ...],
    actor: Actor,
    expires_at: dt.datetime | None = None,
    sees: Mapping[str, Sequence[str]] | None = None,
) -> tuple[ApiKey, KeySecret]:
    """A new key and its secret, which is shown once and never stored; a year by default.

    `sees` limits it to categories, kinds, jurisdictions. Raises BadExpiry, BadSight.
    """
    now = clock.now()
    expires_at = expires_at or now + LIFETIME
    if expires_at <= now:
        raise BadExpiry("The key would already have expired: give a time to come.")
    made = secretkeys.make()
    key = ApiKey.objects.create(
        partner=partner,
        prefix=made.prefix,
        digest=made.digest,
        scopes=[scope.value for scope in scopes],
        sees=checked_sees(sees or {}),
        created_at=now,
        expires_at=expires_at,
    )
    data = {"key": key.prefix, "scopes": key.scopes, "sees": key.sees, "expires_at": expires_at.isoformat()}
    leave_trace(partner, "key-issued", actor, data)
    return key, made.secret


@transaction.atomic
def revoke_key(key: ApiKey, actor: Actor) -> None:
    """End a key now, and those that its partner made with it; idempotent."""
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    for successor in locked.successors.filter(revoked_at=None):
        revoke_key(successor, actor)
    if locked.revoked_at is None:
        locked.revoked_at = clock.now()
        locked.save(update_fields=["revoked_at"])
        leave_trace(locked.partner, "key-revoked", actor, {"key": locked.prefix})
    key.revoked_at = locked.revoked_at


@transaction.atomic
def rotate_key(key: ApiKey, actor: Actor, expires_at: dt.datetime | None = None) -> tuple[ApiKey, KeySecret]:
    """A new key with the same scopes; the old one goes on for OVERLAP, so that nothing stops meanwhile."""
    scopes = tuple(Scope(name) for name in key.scopes)
    fresh, secret = issue_key(key.partner, scopes, actor, expires_at, key.sees)
    end = min(key.expires_at, clock.now() + OVERLAP)
    ApiKey.objects.filter(pk=key.pk).update(expires_at=end)
    # The same reader goes on with it, and must hear of withdrawals of what the old key was shown.
    ApiKey.objects.filter(pk=fresh.pk).update(saw_all_until=key.saw_all_until)
    fresh.saw_all_until = key.saw_all_until
    key.expires_at = end
    leave_trace(key.partner, "key-rotated", actor, {"old": key.prefix, "new": fresh.prefix})
    return fresh, secret


class TurnedOver(ValueError):
    """Another key stands in the place of this one already, and is in use."""


@transaction.atomic
def turn_over(key: ApiKey) -> tuple[ApiKey, KeySecret]:
    """A partner puts another key in the place of its own. Raises TurnedOver.

    Asked again, because the answer was lost: the key that was made first ends, if nobody has used it.
    """
    locked = ApiKey.objects.select_for_update().get(pk=key.pk)
    actor = partner_actor(key.partner_id)
    for made in locked.successors.filter(revoked_at=None):
        if made.last_used_on is not None:
            raise TurnedOver("Another key stands in the place of this one, and is in use.")
        revoke_key(made, actor)
    fresh, secret = rotate_key(locked, actor)
    ApiKey.objects.filter(pk=fresh.pk).update(made_with=locked)
    key.expires_at = locked.expires_at
    return fresh, secret


def note_use(key: ApiKey) -> None:
    """Remember the day of a key's last use, with one write a day at most."""
    note_uses([key])


def note_uses(keys: Iterable[ApiKey]) -> None:
    """The same for many, in one write."""
    today = clock.now().date()
    unused = [key for key in keys if key.last_used_on != today]
    if unused:
        ApiKey.objects.filter(pk__in=[key.pk for key in unused]).update(last_used_on=today)
    for key in unused:
        key.last_used_on = today
