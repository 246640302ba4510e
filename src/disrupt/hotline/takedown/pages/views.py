"""The analysts' pages about notices: the list, one notice with its text, and what a person can do to it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.ledger import LedgerBroken
from disrupt.hotline.common import clock, numerals
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.takedown import actions, queries
from disrupt.hotline.takedown.channels import prefilled
from disrupt.hotline.takedown.complaint import making, wishes
from disrupt.hotline.takedown.complaint.grounds import broken
from disrupt.hotline.takedown.models import Answer, Contact, Notice
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.document import document
from disrupt.hotline.takedown.notices.regimes import deadline_of, regime_of
from disrupt.hotline.takedown.pages import forms, listed, tray
from disrupt.hotline.takedown.pages.menu import ACTIONS
from disrupt.hotline.takedown.planning import allowed, halts, timeline
from disrupt.hotline.takedown.states import NoticeState, Step, WrongState
from disrupt.hotline.takedown.tracing import telling
from disrupt.hotline.takedown.tracing.contacts import chain


@require_GET
@requires(may.NOTICE_READ)
def notices(request: HttpRequest) -> HttpResponse:
    """All notices, narrowed by state, recipient and host."""
    form = forms.FilterForm(request.GET)
    form.is_valid()
    number = numerals.number_after("", request.GET.get("page", "1")) or 1
    page = listed.listed(form.cleaned_data, number)
    kept = request.GET.copy()
    kept.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "filter": kept.urlencode(),
        "stopped": halts.in_force(),
        "to_read": tray.open_answers(),
        "asked": wishes.asked()[: listed.PER_PAGE] if may.allowed(request.user, may.NOTICE_MANAGE) else (),
    }
    return render(request, "takedown/list.html", context)


@require_GET
@requires(may.NOTICE_READ)
def notice(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """One notice: where it stands, its text as sent (or as it would be sent now), what can be done."""
    return _page(request, _find(notice_id))


def _find(notice_id: uuid.UUID) -> Notice:
    return get_object_or_404(Notice.objects.select_related("target", "within"), pk=notice_id)


def _page(
    request: HttpRequest, found: Notice, name: str = "", form: Any = None, status: int = 200
) -> HttpResponse:
    offered = []
    if may.allowed(request.user, may.NOTICE_MANAGE):
        for key, action in ACTIONS.items():
            if action.fits(found):
                blank = action.form(auto_id=f"{key}_%s") if action.form else None
                offered.append({"name": key, "action": action, "form": form if key == name else blank})
    regime, deadline = regime_of(found), deadline_of(found)
    subject, body, preview = found.subject, found.body, False
    if not body and found.target.url and found.within is None and found.state != NoticeState.CANCELLED:
        composed = compose(found, clock.now())
        subject, body, preview = composed.subject, composed.body, True
    context = {
        "notice": found,
        "cases": [item.case for item in found.items],
        "others": queries.notices_of_target(found),
        "entries": timeline.of_target(found.target, found.category),
        "checks": found.target.checks.order_by("-at")[:20],
        "stopped": halts.is_stopped(found),
        "answers": Answer.objects.filter(notice__target=found.target_id).exclude(text="", subject="")[:20],
        "form_address": prefilled.form_of(found),
        "asks": prefilled.asks(found),
        "contacts": chain(found.target),
        "tracing": found.target.trace_at is not None,
        "may_manage": may.allowed(request.user, may.NOTICE_MANAGE),
        "may_tell": may.allowed(request.user, may.NOTICE_MANAGE) and found.step in telling.TO_THE_SITE,
        "deadline": deadline,
        "hours_left": (deadline - clock.now()).total_seconds() / 3600 if deadline else None,
        "law": regime.law.in_language(get_language() or "fr"),
        "needs_mandate": regime.mandate is not None
        and mandates.in_force(found.items, regime.mandate) is None,
        "let": regime.mandate is not None or allowed.is_allowed(found),
        "file": making.is_one(found),
        "grounds": broken(found) if making.is_one(found) else (),
        "file_ready": making.may_be_made(found),
        "complains": found.step == Step.REGULATOR,
        "members": found.members.select_related("target"),
        "subject": subject,
        "body": body,
        "preview": preview,
        "actions": offered,
    }
    return render(request, "takedown/notice.html", context, status=422 if form else 200)


@require_GET
@requires(may.NOTICE_READ)
def message(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """The very bytes that were given to the mail server, as evidence."""
    found = _find(notice_id)
    if not found.message:
        raise Http404
    response = HttpResponse(bytes(found.message), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.eml"'
    return response


@require_GET
@requires(may.NOTICE_READ)
def paper(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """A notice that has not left as a PDF, for a form that takes one."""
    found, now = _find(notice_id), clock.now()
    if not found.target.url or found.composed_at:
        raise Http404
    made = document(compose(found, now), found.language, now)
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}.pdf"'
    return response


@require_POST
@requires(may.NOTICE_MANAGE)
def complaint(request: HttpRequest, notice_id: uuid.UUID) -> HttpResponse:
    """The signed file of a step, for whoever fills a form with it or hands it over."""
    found = _find(notice_id)
    try:
        made = making.make(found, analyst(request.user.pk or 0))
    except actions.NotPossible:
        messages.error(
            request,
            _("There is no file: nobody lets it be made, or the service kept its duties."),
        )
        return redirect("takedown:notice", found.pk)
    except LedgerBroken as error:
        messages.error(request, str(error))
        return redirect("takedown:notice", found.pk)
    response = HttpResponse(made.data, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{found.reference}-file.zip"'
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@requires(may.NOTICE_MANAGE)
def tell(request: HttpRequest, notice_id: uuid.UUID, contact_id: int) -> HttpResponse:
    """Tell a contact that was found."""
    found = _find(notice_id)
    contact = get_object_or_404(Contact, pk=contact_id, target=found.target_id)
    try:
        made = telling.tell(found, contact, analyst(request.user.pk or 0))
    except (WrongState, actions.NotPossible):
        messages.error(request, _("This contact cannot be told, or is told already."))
        return redirect("takedown:notice", found.pk)
    messages.success(request, _("The notice will be sent to this address."))
    return redirect("takedown:notice", made.pk)


@require_POST
@requires(may.NOTICE_MANAGE)
def act(request: HttpRequest, notice_id: uuid.UUID, action: str) -> HttpResponse:
    """Do one of ACTIONS to a notice."""
    chosen = ACTIONS.get(action)
    if chosen is None:
        raise Http404
    found = _find(notice_id)
    form = chosen.form(request.POST, auto_id=f"{action}_%s") if chosen.form else None
    if form is not None and not form.is_valid():
        return _page(request, found, action, form)
    try:
        if not chosen.fits(found):
            raise WrongState
        chosen.run(found, form.cleaned_data if form else {}, analyst(request.user.pk or 0))
    except WrongState:
        state = found.get_state_display()
        messages.error(
            request, _("This notice is “%(state)s” by now: nothing was changed.") % {"state": state}
        )
    except actions.NotPossible:
        messages.error(request, _("This is not possible: check what you gave, a time in the future perhaps."))
    else:
        messages.success(request, str(chosen.done))
    return redirect("takedown:notice", found.pk)
