"""The console's addresses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import include, path, re_path
from django.views.generic import RedirectView


def closed(request: HttpRequest, **_named: int) -> HttpResponseBase:
    """What allauth offers and this house does not: signing up, and everything about e-mail addresses."""
    raise Http404


urlpatterns = [
    # An operator or an invitation makes accounts; a second factor is never given up.
    re_path(
        r"^accounts/(?:signup|email|confirm-email|inactive|password/(?:set|reset)|login/code)/",
        closed,
        name="closed",
    ),
    path("accounts/2fa/totp/deactivate/", RedirectView.as_view(pattern_name="mfa_index"), name="kept"),
    path("accounts/2fa/webauthn/reauthenticate/", closed, name="closed-confirm"),
    path("accounts/2fa/webauthn/keys/<int:pk>/edit/", closed, name="closed-edit"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("takedown/", include("disrupt.hotline.takedown.urls")),
    path("figures/", include("disrupt.hotline.insight.urls")),
    path("", include("disrupt.hotline.review.urls")),
]

handler500 = "disrupt.hotline.review.admin.server_error"
