"""Administration on pages: kill switches, partners' keys, the audit log, and signing out everywhere."""

from __future__ import annotations

import time
import uuid

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from disrupt.hotline.common import audit, switches
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.exchange import services as exchange
from disrupt.hotline.exchange.door.scopes import Scope, parse_scopes
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.review.models import SignedOut

SHOWN = 200


STOPS = (
    (switches.Stop.NOTICES.value, gettext_lazy("notices to police, hosts and authorities")),
    (switches.Stop.ENTRIES.value, gettext_lazy("new entries for partners")),
    (
        switches.Stop.WRITING.value,
        gettext_lazy("everything that is written: reports, decisions, sending, destroying"),
    ),
)


class SwitchForm(forms.Form):
    """Stop one thing, or let it go on, and why."""

    stop = forms.ChoiceField(choices=STOPS)
    on = forms.BooleanField(required=False)
    why = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=300,
        error_messages={"required": gettext_lazy("Say why: it stands in the audit log.")},
    )


class KeyForm(forms.Form):
    """A new key for a partner that there is; what it may do is chosen one by one."""

    partner = forms.ModelChoiceField(label=gettext_lazy("Partner"), queryset=Partner.objects.all())
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("The key may"),
        choices=[(scope.value, scope.value) for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )


@require_http_methods(["GET", "POST"])
@requires(may.SWITCH_SET)
def switch(request: HttpRequest) -> HttpResponse:
    """What is stopped, since when and why; stop something, or let it go on."""
    form = SwitchForm(request.POST) if request.method == "POST" else None
    if form is not None and form.is_valid():
        said = form.cleaned_data
        switches.put(switches.Stop(said["stop"]), said["on"], analyst(request.user.pk or 0), said["why"])
        messages.success(request, _("Done. It holds for every process from now on."))
        return redirect("review:switches")
    on = switches.all_on()
    rows = [(name, label, on.get(name)) for name, label in STOPS]
    context = {"rows": rows, "form": form}
    return render(request, "review/switches.html", context, status=422 if form is not None else 200)


@require_http_methods(["GET", "POST"])
@requires(may.PARTNER_MANAGE)
def keys(request: HttpRequest) -> HttpResponse:
    """The partners and their keys; a new key is shown on the page that answers, once."""
    form, secret = KeyForm(), None
    if request.method == "POST":
        form = KeyForm(request.POST)
        if form.is_valid():
            scopes = parse_scopes(form.cleaned_data["scopes"])
            actor = analyst(request.user.pk or 0)
            _key, secret = exchange.issue_key(form.cleaned_data["partner"], scopes, actor)
            form = KeyForm()
    partners = Partner.objects.prefetch_related("keys").order_by("name")
    context = {"partners": partners, "form": form, "secret": secret}
    return render(request, "review/keys.html", context, status=422 if form.errors else 200)


@require_POST
@requires(may.PARTNER_MANAGE)
def revoke(request: HttpRequest, key_id: uuid.UUID) -> HttpResponse:
    """A key ends now."""
    exchange.revoke_key(get_object_or_404(ApiKey, pk=key_id), analyst(request.user.pk or 0))
    messages.success(request, _("The key works no more."))
    return redirect("review:keys")


@require_GET
@requires(may.AUDIT_READ)
def log(request: HttpRequest) -> HttpResponse:
    """The newest events of the audit log, and whether it verifies since somebody looked last."""
    context: dict[str, object] = {"events": AuditEvent.objects.order_by("-number")[:SHOWN]}
    try:
        context["tail"] = audit.verify_tail(SHOWN, keep=not switches.is_on(switches.Stop.WRITING))
    except audit.AuditBroken as error:
        context["broken"] = str(error)
    return render(request, "review/audit.html", context)


@require_POST
def begin_anew(request: HttpRequest) -> HttpResponse:
    """Every session of this account ends, this one too. It needs no permission but being signed in."""
    with transaction.atomic():
        SignedOut.objects.update_or_create(user_id=request.user.pk or 0, defaults={"at": time.time()})
        audit.record("sign-out.everywhere", analyst(request.user.pk or 0))
    logout(request)
    return redirect("account_login")


def still(request: HttpRequest) -> HttpResponse:
    """Nothing is taken just now (common/still.py)."""
    return render(request, "review/still.html", status=503)


def server_error(request: HttpRequest) -> HttpResponse:
    """Without anything that asks the database: that may be what failed."""
    return HttpResponse(
        render_to_string("review/failed.html", {"hotline": settings.HOTLINE_NAME}), status=500
    )
