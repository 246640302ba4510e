"""Nobody gets past sign-in without a second factor; sessions end; looks and hours of work are timed."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from disrupt.hotline.review.models import SignedOut
from disrupt.hotline.review.people import devices
from disrupt.hotline.review.people.accounts import has_second_factor
from disrupt.hotline.review.seeing import exposure
from disrupt.hotline.review.work import returned

# For people who have not signed in, and for those who have with a password only. All else needs both.
OPEN = frozenset(
    {"account_login", "mfa_authenticate", "mfa_login_webauthn", "review:invited", "set_language"}
)
HALF_OPEN = OPEN | {"account_logout", "account_reauthenticate", "mfa_activate_totp"}


class Gate:
    """Denies by default: a page that is not named above needs password and TOTP, whatever its view says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            name = resolve(request.path_info).view_name
        except Resolver404:
            name = ""
        if request.user.is_authenticated and self._over(request):
            logout(request)
        if not request.user.is_authenticated:
            if name in OPEN:
                return self.get_response(request)
            kept = returned.signed_out(request)
            if kept is not None:
                return kept
            query = (
                urlencode({"next": request.path}) if request.method == "GET" and request.path != "/" else ""
            )
            return HttpResponseRedirect(reverse("account_login") + (f"?{query}" if query else ""))
        request.second_factor = has_second_factor(request.user)  # type: ignore[attr-defined]  # for the menu
        if name not in HALF_OPEN and not request.second_factor:  # type: ignore[attr-defined]
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        exposure.note_request(request, name)
        response = self.get_response(request)
        if request.second_factor and request.user.is_authenticated:  # type: ignore[attr-defined]
            devices.remember(request, response)
        return response

    @staticmethod
    def _over(request: HttpRequest) -> bool:
        """A day's session ends even while it is used, and when its owner says so; an idle one by its age."""
        since = request.session.setdefault("signed_in_at", time.time())
        ended = SignedOut.objects.filter(user=request.user.pk).values_list("at", flat=True).first()
        return bool(time.time() - since > settings.CONSOLE_DAY_SECONDS or (ended and since <= ended))
