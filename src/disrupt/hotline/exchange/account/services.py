"""What a partner's administrator does with its keys: one transaction and one event each, and no key may more.

A key that is made here may what another of the partner's may, or less, lives as long as that one was given,
and ends with the administrator's key that made it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import partner as partner_actor
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.secretkeys import KeySecret
from disrupt.hotline.exchange.models import ApiKey

MOST_KEYS = 50


class NoSuchKey(LookupError):
    """The partner has no such key, or it has ended."""


class TooManyKeys(ValueError):
    """So many keys of the partner are in force that no more are made here."""


class MayNot(ValueError):
    """A key was asked for that may more than the one that it is made like."""


def in_force(admin: ApiKey) -> QuerySet[ApiKey]:
    """The keys of the administrator's partner that open something now."""
    return ApiKey.objects.filter(
        partner_id=admin.partner_id, revoked_at=None, expires_at__gt=clock.now()
    ).select_related("partner")


def _locked(admin: ApiKey, key_id: uuid.UUID) -> ApiKey:
    found = in_force(admin).select_for_update(of=("self",)).filter(pk=key_id).first()
    if found is None:
        raise NoSuchKey(str(key_id))
    return found


def _has_room(admin: ApiKey) -> None:
    if in_force(admin).count() >= MOST_KEYS:
        raise TooManyKeys(str(MOST_KEYS))


@transaction.atomic
def make(admin: ApiKey, like: uuid.UUID, scopes: Iterable[str]) -> tuple[ApiKey, KeySecret]:
    """One more key. Raises NoSuchKey, TooManyKeys, MayNot."""
    model = _locked(admin, like)
    chosen = set(scopes)
    if not chosen or chosen - set(model.scopes):
        raise MayNot(str(model))
    _has_room(admin)
    ends = clock.now() + (model.expires_at - model.created_at)
    wanted = tuple(scope for scope in Scope if scope in chosen)
    fresh, secret = services.issue_key(
        model.partner, wanted, partner_actor(admin.partner_id), ends, model.sees
    )
    _made(fresh, admin)
    return fresh, secret


@transaction.atomic
def rotate(admin: ApiKey, key_id: uuid.UUID) -> tuple[ApiKey, KeySecret]:
    """A key in the place of another, which goes on for a week. Raises NoSuchKey, TooManyKeys."""
    old = _locked(admin, key_id)
    _has_room(admin)
    ends = clock.now() + (old.expires_at - old.created_at)
    fresh, secret = services.rotate_key(old, partner_actor(admin.partner_id), expires_at=ends)
    _made(fresh, admin)
    return fresh, secret


def _made(fresh: ApiKey, admin: ApiKey) -> None:
    ApiKey.objects.filter(pk=fresh.pk).update(made_with=admin)


@transaction.atomic
def end(admin: ApiKey, key_id: uuid.UUID) -> ApiKey:
    """A key ends now, with those that were made with it. Raises NoSuchKey."""
    key = _locked(admin, key_id)
    services.revoke_key(key, partner_actor(admin.partner_id))
    return key
