"""The page on which one thing that is in force is changed, or let be as it came along again."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from disrupt.hotline.cases.own_categories import CategoryBegan
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.review.changing import versions
from disrupt.hotline.review.changing.forms import ChangeForm
from disrupt.hotline.review.changing.kinds import ADDED, FORMS, VERSIONED
from disrupt.hotline.review.changing.words import KINDS


@require_http_methods(["GET", "POST"])
@requires(may.SETTING_MANAGE)
def change(request: HttpRequest) -> HttpResponse:
    """`?kind=setting&key=undo_minutes`: its values now; pressed, they hold for every process."""
    try:
        kind = Kind(request.GET.get("kind", ""))
        form = _form(request, kind, request.GET.get("key", ""))
    except (ValueError, KeyError):
        raise Http404 from None
    shown: list[tuple[str, list[str]]] = []
    if "preview" in request.POST:
        form.is_valid()
        form.errors.pop("why", None)  # asked for when it is to hold
        shown = [] if form.errors else form.preview()
    elif request.method == "POST" and _take(request, kind, form):
        return redirect("review:in-force")
    row = amendments.row_of(kind, form.key) if form.key else None
    context = {
        "form": form, "kind": kind, "label": KINDS[kind], "row": row, "new": not form.key, "preview": shown,
        "versions": versions.of(kind, form.key) if kind in VERSIONED and form.key else (),
    }  # fmt: skip
    return render(request, "review/change.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, kind: Kind, key: str) -> ChangeForm:
    if not key and kind not in ADDED:
        raise KeyError(key)
    if request.method == "POST":
        return FORMS[kind](key, request.POST)
    earlier = request.GET.get("version", "") if kind in VERSIONED else ""
    return FORMS[kind](key, earlier=versions.at(kind, key, int(earlier)) if earlier else None)


def _take(request: HttpRequest, kind: Kind, form: ChangeForm) -> bool:
    """Whether it was changed; a form that is not complete says what is missing."""
    actor = analyst(request.user.pk or 0)
    if "as_it_came" in request.POST and form.key:
        why = request.POST.get("why", "")
        if not why.strip():
            form.is_valid()
            form.errors.clear()
            form.add_error("why", _("Say why: it stands in the audit log."))
            return False
        try:
            form.take_back(kind, actor, why)
        except CategoryBegan:
            form.is_valid()
            form.add_error(None, _("It can be chosen already: give it a last day instead."))
            return False
        messages.success(request, _("It is as it came along again, for every process from now on."))
        return True
    if not form.is_valid():
        return False
    form.write(kind, actor)
    messages.success(request, _("Done. It holds for every process from now on."))
    return True
