"""A device on which an account has signed in, with both factors: known by a signed cookie, for three months.

The cookie says which accounts, by number, and a random name for the device; a new password ends it.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

from disrupt.hotline.review.people import attempts
from disrupt.hotline.review.people.attempts import Limit

SALT = "disrupt.hotline.review.device"
LIFETIME = 90 * 24 * 3600
# Accounts that share one browser; the one that signed in longest ago is forgotten.
MOST = 5
# After so many failures of its own it is a stranger's like any other.
DISTRUSTED_AFTER = 10


def _read(request: HttpRequest) -> dict[str, list[str]]:
    try:
        said = signing.loads(
            request.COOKIES.get(settings.DEVICE_COOKIE_NAME, ""), salt=SALT, max_age=LIFETIME
        )
    except signing.BadSignature:
        return {}
    return dict(said)


def _password_mark(user: Any) -> str:
    return salted_hmac(SALT, user.password, algorithm="sha256").hexdigest()[:16]


def known(request: HttpRequest, user: Any) -> str:
    """The name of this device, if this account has signed in on it; "" otherwise."""
    found = _read(request).get(str(user.pk)) if user is not None else None
    if not found or found[1] != _password_mark(user):
        return ""
    for what in ("password", "code"):
        own = Limit((what, user.get_username().casefold(), "device", found[0]))
        if attempts.failures(own) >= DISTRUSTED_AFTER:
            return ""
    return found[0]


def of_name(request: HttpRequest, name: str) -> str:
    """The same for the name that somebody types."""
    model = get_user_model()
    user = model.objects.filter(**{f"{model.USERNAME_FIELD}__iexact": name.strip()}).first()
    return known(request, user)


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """After a whole sign-in, or with the first page of a session that is one."""
    user = request.user
    accounts = _read(request)
    found = accounts.pop(str(user.pk), None)
    mark = _password_mark(user)
    if found and found[1] == mark:
        return
    accounts[str(user.pk)] = [secrets.token_urlsafe(12), mark]
    kept = dict(list(accounts.items())[-MOST:])
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(kept, salt=SALT),
        max_age=LIFETIME,
        httponly=True,
        samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )
