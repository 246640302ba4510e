"""The forms that take a passkey: as the whole sign-in, or as the second factor beside a password.

Each passkey asks for the person (a finger, a face, a PIN), so that it is both factors in one; and there is no
secret that strangers could guess, so that nobody is made to wait for what others tried.
"""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm, LoginWebAuthnForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _


def _refused() -> ValidationError:
    return ValidationError(_("This passkey is not known here, or the page has waited too long. Try again."))


class AddForm(AddWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    """A passkey, never a mere second key: the browser is asked for nothing else (passkeys.js)."""

    passwordless = None


class SignInForm(LoginWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            raise _refused() from None


class SecondForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth is untyped
    def clean_credential(self) -> Authenticator:
        try:
            return super().clean_credential()
        except ValidationError:
            raise _refused() from None
