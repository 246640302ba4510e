"""The workspace: one item, what is known of it, what it looks like, and the decision on it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from disrupt.hotline.cases.categories import Category, Scheme, scheme_at
from disrupt.hotline.cases.models import Item, Qualification
from disrupt.hotline.cases.states import ImpossibleStep, ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.common.vault import ContentDestroyed
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.decisions import undoing
from disrupt.hotline.review import exposure, previews, queries, services
from disrupt.hotline.review.forms import HurryForm, QualifyForm
from disrupt.hotline.review.queries import ItemView


def _categories(scheme: Scheme, form: QualifyForm) -> list[tuple[Category, bool]]:
    chosen = form["category"].value()
    return [(category, category.code == chosen) for category in scheme.values()]


@require_http_methods(["GET", "POST"])
@requires(may.ITEM_QUALIFY)
def item(request: HttpRequest, item_id: uuid.UUID) -> HttpResponseBase:
    """One item: what is known of it, what it looks like (blurred), and the decision."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    view = next(v for v in queries.items_of(found.case) if v.item.pk == found.pk)
    scheme = scheme_at(clock.now())
    before = undoing.undone_before(found, analyst(request.user.pk or 0))
    form = QualifyForm(
        request.POST if request.method == "POST" else None,
        scheme=scheme,
        initial={"reasoning": before.reasoning} if before else None,
    )
    if request.method == "POST" and form.is_valid():
        return _qualify(request, found, form)
    context: dict[str, Any] = {
        "view": view,
        "item": found,
        "case": found.case,
        "form": form,
        "categories": _categories(scheme, form),
        "scheme": scheme,
        "illegal": [(c, c.code in (form["secondary"].value() or [])) for c in scheme.values() if c.illegal],
        "siblings": list(queries.waiting_items(found.case)),
        "before": before,
        "undo_minutes": int(settings.UNDO_WAIT.total_seconds() // 60),
        "hurry": HurryForm() if view.pending and undoing.is_urgent(view.pending) else None,
    }
    if found.kind == ItemKind.FILE and found.holds_content:
        context |= _picture(request, view)
    return render(request, "review/item.html", context, status=200 if request.method == "GET" else 422)


def _picture(request: HttpRequest, view: ItemView) -> dict[str, Any]:
    """The picture as far as it was asked for. Minors' content, and known content, is not shown unasked."""
    asked = request.session.pop("show", None)
    mode = asked[1] if asked and asked[0] == str(view.item.pk) else ""
    clear, unasked = mode == "clear", not (view.minor or mode)
    picture = bool(mode) or unasked
    try:
        shown = previews.examine(
            view.item, request.user.pk or 0, picture=picture, clear=clear, force=bool(mode)
        )
    except ContentDestroyed:
        return {"shown": previews.Shown(problem=_("it was destroyed"))}
    if shown.token:
        exposure.begin(request.user, view.item.pk, clear=clear, session=request.session)
    return {"shown": shown, "clear": clear}


@require_POST
@requires(may.CONTENT_PREVIEW)
def show(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A deliberate step: show the content blurred, or clear; a clear view is recorded in the ledger."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    mode = "clear" if request.POST.get("mode") == "clear" else "blurred"
    if mode == "clear":
        if not may.allowed(request.user, may.CONTENT_VIEW):
            raise Http404
        services.record_view(found, analyst(request.user.pk or 0))
    request.session["show"] = [str(found.pk), mode]
    return redirect("review:item", found.pk)


@require_GET
@requires(may.CONTENT_PREVIEW)
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """One picture that a page of this analyst names; never kept by anybody."""
    jpeg = previews.take(token, request.user.pk or 0)
    if jpeg is None:
        raise Http404
    response = HttpResponse(jpeg, content_type="image/jpeg")
    response["Cache-Control"] = "no-store"
    response["Content-Disposition"] = "inline"
    return response


@require_POST
@requires(may.ITEM_QUALIFY)
def take_off(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A declared fingerprint leaves the partners' lists, for instance because they found something else."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    try:
        decisions.take_off(found, analyst(request.user.pk or 0))
    except (decisions.NotDeclared, ImpossibleStep):
        messages.error(request, _("This item cannot be taken off the partners’ lists."))
    else:
        messages.success(request, _("It leaves the partners’ lists at their next update."))
    return redirect("review:case", found.case_id)


def _qualify(request: HttpRequest, found: Item, form: QualifyForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        decisions.qualify(
            found,
            data["category"],
            analyst(request.user.pk or 0),
            person=data["person"],
            secondary=data["secondary"],
            reason=data["reason"],
            reasoning=data["reasoning"],
        )
    except ImpossibleStep:
        found.refresh_from_db()
        state = ItemState(found.state).label
        messages.error(
            request, _("This item is “%(state)s” by now: your decision was not recorded.") % {"state": state}
        )
        return redirect("review:case", found.case_id)
    messages.success(request, _("Recorded: %(category)s.") % {"category": data["category"]})
    following = queries.next_item(found) if "next" in request.POST else None
    if following:
        return redirect("review:item", following.pk)
    return redirect("review:case", found.case_id) if "next" not in request.POST else redirect("review:queue")


@require_POST
@requires(may.ITEM_QUALIFY)
def undo(request: HttpRequest, decision_id: int) -> HttpResponse:
    """One press: the item waits again, and what was written for the decision stands in its form."""
    decision = get_object_or_404(Qualification, pk=decision_id)
    try:
        undoing.undo(decision, analyst(request.user.pk or 0))
    except undoing.TooLate:
        messages.error(request, _not_waiting(decision))
        return redirect("review:case", decision.item.case_id)
    messages.success(
        request, _("Undone: %(category)s. The item waits again.") % {"category": decision.category}
    )
    return redirect("review:item", decision.item_id)


@require_POST
@requires(may.ITEM_QUALIFY)
def hurry(request: HttpRequest, decision_id: int) -> HttpResponse:
    """What cannot wait takes effect now, for a reason that is written down."""
    decision = get_object_or_404(Qualification.objects.select_related("item__case"), pk=decision_id)
    form = HurryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in a few words why it cannot wait."))
        return redirect("review:item", decision.item_id)
    try:
        undoing.hurry(decision, analyst(request.user.pk or 0), form.cleaned_data["why"])
    except undoing.NotUrgent:
        messages.error(request, _("Only what is of priority P0 takes effect before its time."))
    except undoing.TooLate:
        messages.error(request, _not_waiting(decision))
    else:
        messages.success(request, _("It takes effect now."))
    return redirect("review:case", decision.item.case_id)


def _not_waiting(decision: Qualification) -> str:
    state = ItemState(Item.objects.get(pk=decision.item_id).state).label
    return _("This decision does not wait any more: the item is “%(state)s”.") % {"state": state}
