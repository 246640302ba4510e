"""A second opinion as pages: what one is asked, and the item again without what the first person decided."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.decisions import opinions, rules
from disrupt.hotline.review.forms import QualifyForm
from disrupt.hotline.review.waiting import themes
from disrupt.hotline.review.work import workspace

# So many are listed; whoever has answered these is shown the next ones.
LISTED = 100


@require_GET
@requires(may.ITEM_QUALIFY)
def waiting(request: HttpRequest) -> HttpResponse:
    """What others decided and this analyst is asked about: never what was decided."""
    asked = themes.opinions_for(request.user)[:LISTED]
    return render(request, "review/second.html", {"asked": asked})


@require_http_methods(["GET", "POST"])
@requires(may.ITEM_QUALIFY)
def answer(request: HttpRequest, item_id: uuid.UUID) -> HttpResponseBase:
    """The item as it was when it waited, and what this second person makes of it."""
    found = workspace.item_of(item_id)
    actor = analyst(request.user.pk or 0)
    opinion = opinions.asked_about(found, actor)
    if opinion is None:
        messages.info(request, _("You are not asked about this item, or not any more."))
        return redirect("review:second")
    scheme = scheme_at(clock.now())
    form = QualifyForm(request.POST if request.method == "POST" else None, scheme=scheme)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                given = opinions.give(
                    opinion, actor, category=data["category"], person=data["person"], reason=data["reason"]
                )
                rules.heard(given, actor)
        except opinions.NotAsked:
            messages.info(request, _("You are not asked about this item, or not any more."))
        else:
            said = _("Thank you. You both see it alike.") if given.agrees else _("Thank you. A lead decides.")
            messages.success(request, said)
        return redirect("review:second")
    return workspace.page(request, found, form, status=422 if form.errors else 200, blind=True)
