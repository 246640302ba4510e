"""Looking at a content: as little as is asked for, and every look in the ledger.

What may show a minor needs a permission of its own and a stated motive, even blurred.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.common.store.vault import ContentDestroyed
from disrupt.hotline.review import queries, services
from disrupt.hotline.review.forms import LookForm
from disrupt.hotline.review.models import Blur
from disrupt.hotline.review.queries import ItemView
from disrupt.hotline.review.seeing import exposure, manners, previews
from disrupt.hotline.review.wellbeing import rest


def picture(request: HttpRequest, view: ItemView, *, blind: bool = False) -> dict[str, Any]:
    """The picture as far as it was asked for. What may show a minor, and what is known, waits to be asked.

    `blind`: for a second opinion nothing says that it is known, nor as what.
    """
    asked, rests = request.session.pop("show", None), rest.of(request)
    if rests:
        asked = None
    mode, motive = (asked[1], asked[2]) if asked and asked[0] == str(view.item.pk) else ("", "")
    chosen = manners.of(request.user)
    way = manners.way(chosen, mode)
    unasked = not (view.guarded or mode or rests or chosen.blur == Blur.ASKED)
    try:
        shown = previews.examine(
            view.item,
            request.user.pk or 0,
            way,
            picture=bool(mode) or unasked,
            force=bool(mode) or (blind and not rests),
        )
    except ContentDestroyed:
        return {"shown": previews.Shown(problem=_("it was destroyed"))}
    if blind:
        shown = replace(shown, known=None)
    if shown.seen:
        exposure.begin(request.user, view.item.pk, clear=way.clear, session=request.session)
        if not way.clear:  # a clear one is in the ledger since it was asked for
            services.record_preview(view.item, analyst(request.user.pk or 0), motive)
    context = {"shown": shown, "clear": way.clear, "larger": way.clear and way.side < manners.LARGE}
    return context | {"look": LookForm() if view.guarded else None, "rest": rests}


def proof(request: HttpRequest, view: ItemView) -> dict[str, Any]:
    """A proof, only where it was asked for: nothing is fingerprinted or looked up."""
    asked, rests = request.session.pop("show", None), rest.of(request)
    context: dict[str, Any] = {"look": LookForm() if view.guarded else None, "rest": rests}
    if asked and not rests and asked[:2] == [str(view.item.pk), "clear"]:
        context["shown"] = previews.of_proof(view.item, request.user.pk or 0)
    return context


@require_POST
@requires(may.CONTENT_PREVIEW)
def show(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """A deliberate step: show the content blurred, or clear, on the item's page that follows."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    if rest.of(request):
        return redirect("review:item", found.pk)
    mode, motive = request.POST.get("mode", ""), ""
    mode = mode if mode in {"clear", "large"} else "blurred"
    if queries.view_of(found).guarded:
        if not may.allowed(request.user, may.MINORS_VIEW):
            raise PermissionDenied(may.MINORS_VIEW)
        form = LookForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say why you need to see it: it is recorded in the ledger."))
            return redirect("review:item", found.pk)
        motive = form.cleaned_data["motive"]
    if mode != "blurred":
        if not may.allowed(request.user, may.CONTENT_VIEW):
            raise Http404
        services.record_view(found, analyst(request.user.pk or 0), motive)
    request.session["show"] = [str(found.pk), mode, motive]
    return redirect("review:item", found.pk)


@require_POST
@requires(may.CONTENT_VIEW)
def hold(request: HttpRequest, item_id: uuid.UUID) -> HttpResponse:
    """Clear for as long as a key is held: the pictures, once, for the script that shows and removes them."""
    found = get_object_or_404(Item.objects.select_related("case"), pk=item_id)
    form = LookForm(request.POST) if queries.view_of(found).guarded else None
    if form is not None and not may.allowed(request.user, may.MINORS_VIEW):
        raise PermissionDenied(may.MINORS_VIEW)
    if rest.of(request) or found.kind != ItemKind.FILE or not found.holds_content:
        return JsonResponse({"said": _("Not shown.")}, status=409)
    if form is not None and not form.is_valid():
        return JsonResponse(
            {"said": _("Say why you need to see it: it is recorded in the ledger.")}, status=422
        )
    way = manners.way(manners.of(request.user), "clear")
    try:
        shown = previews.examine(found, request.user.pk or 0, way, picture=True, force=True)
    except ContentDestroyed:
        return JsonResponse({"said": _("it was destroyed")}, status=410)
    if not shown.seen:
        return JsonResponse({"said": shown.problem or _("Not shown.")}, status=409)
    motive = form.cleaned_data["motive"] if form is not None else ""
    services.record_view(found, analyst(request.user.pk or 0), motive)
    exposure.begin(request.user, found.pk, clear=True, session=request.session)
    tokens = [token for token in (shown.token, shown.strip) if token]
    return JsonResponse({"pictures": [reverse("review:preview", args=[token]) for token in tokens]})


@require_POST
@requires(may.CONTENT_VIEW)
def let_go(request: HttpRequest) -> HttpResponse:
    """The key was let go: any request ends a look (exposure.py), and this one does nothing else."""
    return HttpResponse(status=204)


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
