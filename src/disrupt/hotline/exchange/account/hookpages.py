"""Webhooks on the account's page: made, tried, set going again, removed."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from disrupt.hotline.exchange.account.pages import shown, signed
from disrupt.hotline.exchange.hooks import services
from disrupt.hotline.exchange.models import ApiKey, Partner


def _back(language: str, done: str) -> HttpResponse:
    return redirect(f"{reverse('exchange:account', args=(language,))}?done={done}#webhooks")


@require_POST
@signed
def make(request: HttpRequest, language: str, admin: ApiKey) -> HttpResponse:
    """A webhook is told of what happens from now on."""
    try:
        services.make(admin.partner, request.POST.get("url", ""), request.POST.getlist("events"))
    except services.BadHookAddress:
        problem = _("The address begins with https:// and leads to the public network, by port 443.")
    except services.NoEvents:
        problem = _("Choose at least one thing that it is told of.")
    except services.TooManyHooks:
        problem = _("There are as many webhooks as there may be: remove one first.")
    else:
        return _back(language, "hook")
    return shown(request, language, admin, 422, problem=problem)


def _pressed(
    request: HttpRequest, language: str, admin: ApiKey, act: Callable[[Partner], None], done: str
) -> HttpResponse:
    try:
        act(admin.partner)
    except services.NoSuchHook:
        return shown(request, language, admin, 404, problem=_("There is no such webhook."))
    return _back(language, done)


@require_POST
@signed
def test(request: HttpRequest, language: str, admin: ApiKey, hook_id: uuid.UUID) -> HttpResponse:
    """A message that says nothing is sent to it."""
    return _pressed(request, language, admin, lambda partner: services.send_test(partner, hook_id), "test")


@require_POST
@signed
def go_on(request: HttpRequest, language: str, admin: ApiKey, hook_id: uuid.UUID) -> HttpResponse:
    """One that paused is tried again."""
    return _pressed(request, language, admin, lambda partner: services.go_on(partner, hook_id), "resumed")


@require_POST
@signed
def remove(request: HttpRequest, language: str, admin: ApiKey, hook_id: uuid.UUID) -> HttpResponse:
    """It is told nothing any more."""
    return _pressed(request, language, admin, lambda partner: services.remove(partner, hook_id), "removed")
