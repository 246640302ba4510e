"""Accounts: by an operator or an invitation; opened by password and second factor; no IP address is used."""

from __future__ import annotations

import datetime as dt
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import ngettext
from nacl.encoding import URLSafeBase64Encoder
from nacl.secret import SecretBox

from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import STRANGER, analyst
from disrupt.hotline.common.keys import second_factors_key
from disrupt.hotline.common.networks import origin
from disrupt.hotline.common.permissions import QUEUE_READ, SWITCH_SET, allowed
from disrupt.hotline.review.people import attempts, devices
from disrupt.hotline.review.people.attempts import Limit


def where(request: HttpRequest) -> str:
    """The address that a request comes from, for the keyed hash of its network only."""
    return origin(request.META.get("REMOTE_ADDR", ""), request.headers.get("X-Forwarded-For", ""))


def begin(counted: tuple[Limit, ...]) -> None:
    """Raises ValidationError with the seconds to wait."""
    try:
        attempts.begin(counted)
    except attempts.Wait as wait:
        raise ValidationError(
            ngettext(
                "Wait %(n)s second after the attempts that failed, then try again. Nobody is locked out.",
                "Wait %(n)s seconds after the attempts that failed, then try again. Nobody is locked out.",
                wait.seconds,
            )
            % {"n": wait.seconds}
        ) from None


# What the library says has changed in an account, and how the audit log calls it.
_CHANGED = {
    "account/email/password_changed": "account.password",
    "mfa/email/totp_activated": "account.authenticator",
    "mfa/email/recovery_codes_generated": "account.recovery-codes",
    "mfa/email/webauthn_added": "account.passkey-added",
    "mfa/email/webauthn_removed": "account.passkey-removed",
}


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Nobody signs up: an account is made by an operator, or by an invitation (people/invitations.py)."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The library is told no address: the limits are ours (attempts.py)."""
        return "0.0.0.0"  # noqa: S104  # a placeholder, not a socket to listen on

    def get_http_user_agent(self, request: HttpRequest) -> str:
        return ""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Whoever fails waits longer each time; nobody waits for what others did (attempts.py)."""
        name = str(credentials.get("username", ""))
        self._counted = attempts.limits("password", name, where(request), devices.of_name(request, name))
        begin(self._counted)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        user = super().authenticate(request, **credentials)
        if user:
            attempts.succeeded(self._counted)
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Written down without a name where no account has it: what was typed may be a password.

        For every name, so that the time of an answer does not tell which there are.
        """
        super().authentication_failed(request, **credentials)
        found = get_user_model().objects.filter(username=str(credentials.get("username", ""))).first()
        with transaction.atomic():
            audit.record("sign-in.failed", analyst(found.pk) if found else STRANGER)

    def login(self, request: HttpRequest, user: Any) -> None:
        super().login(request, user)
        with transaction.atomic():
            audit.record("sign-in", analyst(user.pk))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who reads no case begins where they can do something."""
        if not allowed(request.user, QUEUE_READ) and allowed(request.user, SWITCH_SET):
            return reverse("review:switches")
        return str(super().get_login_redirect_url(request))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not of somebody who sets up their first second factor: the password was given a moment ago."""
        user = context.request.user
        if not user.is_authenticated:
            return True
        recent = clock.now() - dt.timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)
        totp = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP)
        return bool(totp.exclude(created_at__gte=recent).exists())

    def send_notification_mail(self, template_prefix: str, user: Any, *args: Any, **kwargs: Any) -> None:
        """No mail about accounts: it would name the analyst. What has changed goes into the audit log."""
        if template_prefix in _CHANGED:
            with transaction.atomic():
                audit.record(_CHANGED[template_prefix], analyst(user.pk), {"account": user.pk})


class SecondFactor(DefaultMFAAdapter):  # type: ignore[misc]  # allauth is untyped
    """Second factors rest encrypted with a key of the console's own, outside the database."""

    def _box(self) -> SecretBox:
        return SecretBox(second_factors_key())

    def encrypt(self, text: str) -> str:
        return self._box().encrypt(text.encode(), encoder=URLSafeBase64Encoder).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return self._box().decrypt(encrypted_text.encode(), encoder=URLSafeBase64Encoder).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The second factor is not optional; an operator resets it (`manage analyst totp`)."""
        return False

    def build_totp_svg(self, url: str) -> str:
        """An <svg> element that stands in the page itself: no data: address, no style attribute."""
        svg: str = super().build_totp_svg(url)
        return svg[svg.index("<svg") :]


def has_second_factor(user: Any) -> bool:
    """Whether the account has a TOTP (recovery codes alone do not count)."""
    return bool(Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists())
