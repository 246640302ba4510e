"""The forms that take an authenticator's code: each code opens once in all the time that it is valid.

A clock may be one step (30 s) off (RFC 6238, 5.2), so that a code is valid for 90 s; the library remembers a
used one for 30 s, and in one process only. Here the database does, for all of them.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from typing import Any

from allauth.core import context
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.db import IntegrityError, transaction

from disrupt.hotline.common import clock
from disrupt.hotline.review.models import UsedCode
from disrupt.hotline.review.people import accounts, attempts, devices


def once(user_id: int, code: str) -> None:
    """Raises ValidationError when this code was used before, in whichever process."""
    validity = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    digest = hashlib.sha256(f"{user_id}:{code}".encode()).hexdigest()
    now = clock.now()
    UsedCode.objects.filter(until__lt=now).delete()
    try:
        with transaction.atomic():
            UsedCode.objects.create(digest=digest, until=now + dt.timedelta(seconds=validity))
    except IntegrityError:
        raise get_adapter().validation_error("incorrect_code") from None


def _counted(user: Any, clean: Callable[[], str]) -> str:
    """Try a code as one of the attempts that are counted."""
    request = context.request
    name, device = user.get_username(), devices.known(request, user)
    counted = attempts.limits("code", name, accounts.where(request), device)
    accounts.begin(counted)
    code = clean()
    once(user.pk, code)
    attempts.succeeded(counted)
    return code


class SignInForm(AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def clean_code(self) -> str:
        return _counted(self.user, super().clean_code)


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def clean_code(self) -> str:
        return _counted(self.user, super().clean_code)
