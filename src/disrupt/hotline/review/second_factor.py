"""The forms that take an authenticator's code: each code opens once in all the time that it is valid.

A clock may be one step (30 s) off (RFC 6238, 5.2), so that a code is valid for 90 s; the library remembers a
used one for 30 s only.
"""

from __future__ import annotations

from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import cache


def _once(user_id: int, code: str) -> None:
    """Raises ValidationError when this code was used before."""
    validity = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    if not cache.add(f"review.code.used:{user_id}:{code}", "y", timeout=validity):
        raise get_adapter().validation_error("incorrect_code")


class SignInForm(AuthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def clean_code(self) -> str:
        code: str = super().clean_code()
        _once(self.user.pk, code)
        return code


class ConfirmForm(ReauthenticateForm):  # type: ignore[misc]  # allauth is untyped
    def clean_code(self) -> str:
        code: str = super().clean_code()
        _once(self.user.pk, code)
        return code
