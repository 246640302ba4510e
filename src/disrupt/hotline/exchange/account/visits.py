"""Signing in on the account's pages with a key, being known there, and signing out."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.exchange.account.models import AccountVisit
from disrupt.hotline.exchange.door.limits import ALLOWANCE
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.hearing import room
from disrupt.hotline.exchange.models import ApiKey
from disrupt.hotline.exchange.queries import authenticate, require_scope
from disrupt.hotline.exchange.services import note_use

LASTS = dt.timedelta(hours=1)
_MOST = 20


def _digest(token: str) -> str:
    return hashlib.sha256(b"disrupt-account-visit:" + token.encode()).hexdigest()


@transaction.atomic
def begin(text: str) -> str:
    """Sign in with an administrator's key; the token of the visit. Raises ApiError.

    Whoever signs in again and again ends the visits before: of one key so many are known at a time.
    """
    key = authenticate(text)
    require_scope(key, Scope.ACCOUNT_MANAGE)
    ALLOWANCE.take(key.pk)
    note_use(key)
    now, token = clock.now(), secrets.token_urlsafe(32)
    AccountVisit.objects.filter(until__lte=now).delete()
    if AccountVisit.objects.filter(key=key).count() >= _MOST:
        AccountVisit.objects.filter(key=key).delete()
    AccountVisit.objects.create(key=key, digest=_digest(token), until=now + LASTS)
    room.trace(key.partner, "account-opened", 1)
    return token


def known(token: str) -> ApiKey | None:
    """The key of a visit that has not ended, if the key opens the account still."""
    now = clock.now()
    visits = AccountVisit.objects.select_related("key__partner").filter(
        digest=_digest(token),
        until__gt=now,
        key__revoked_at=None,
        key__expires_at__gt=now,
        key__partner__active=True,
    )
    visit = visits.first()
    return visit.key if visit and Scope.ACCOUNT_MANAGE in visit.key.scopes else None


def end(token: str) -> None:
    """Sign out."""
    AccountVisit.objects.filter(digest=_digest(token)).delete()
