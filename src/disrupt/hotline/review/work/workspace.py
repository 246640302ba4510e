"""The workspace: one item with the words, the threat and what stands beside it, and the decision on it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from disrupt.hotline.cases import threats
from disrupt.hotline.cases.categories import to_choose
from disrupt.hotline.cases.models import WRITTEN, Item, PersonAge
from disrupt.hotline.cases.states import ImpossibleStep, ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.amending import dials
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.common.store.vault import ContentDestroyed
from disrupt.hotline.decisions import opinions, undoing
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import family, preparing, recognise
from disrupt.hotline.processing.known import decided_before
from disrupt.hotline.review import queries, services
from disrupt.hotline.review.forms import HurryForm, QualifyForm
from disrupt.hotline.review.messages import jotted
from disrupt.hotline.review.models import Claim
from disrupt.hotline.review.queries import ItemView
from disrupt.hotline.review.seeing import looking, manners
from disrupt.hotline.review.waiting import claims, themes
from disrupt.hotline.review.work import carrying, choices, drafts, stamps
from disrupt.hotline.review.work.stamps import Relative
from disrupt.hotline.takedown.notices.particulars import Said


def item_of(item_id: uuid.UUID) -> Item:
    return get_object_or_404(Item.objects.select_related("case"), pk=item_id)


@require_http_methods(["GET", "POST"])
@requires(may.ITEM_QUALIFY)
def item(request: HttpRequest, item_id: uuid.UUID) -> HttpResponseBase:
    """One item: what is known of it, what it looks like (blurred), and the decision."""
    found = item_of(item_id)
    if request.method == "POST":
        claim = claims.take(found.case_id, request.user)
        if "confirm" in request.POST:
            return _confirm(request, found, claim)
        if "same" in request.POST:
            return _same(request, found, claim)
        form = QualifyForm(request.POST, scheme=to_choose(clock.now()))
        if form.is_valid():
            return _qualify(request, found, form, claim)
        return page(request, found, form, status=422)
    if opinions.asked_about(found, analyst(request.user.pk or 0)):
        return redirect("review:second-item", found.pk)
    if found.state == ItemState.RECEIVED and found.kind != ItemKind.DECLARED:
        claims.take(found.case_id, request.user)
    return page(request, found, _fresh(request, found))


@require_POST
@requires(may.NOTE_READ)
def words(request: HttpRequest, item_id: uuid.UUID) -> HttpResponseBase:
    """Open what the person wrote, beside the decision; what was typed or chosen meanwhile stays."""
    found = item_of(item_id)
    request.session["reading"] = str(found.case_id)
    form = _fresh(request, found)
    initial = {**form.initial, "secondary": request.POST.getlist("secondary")}
    initial |= {name: request.POST[name] for name in drafts.CHOSEN if request.POST.get(name)}
    return page(request, found, QualifyForm(scheme=form.scheme, initial=initial))


def _fresh(request: HttpRequest, found: Item) -> QualifyForm:
    """An empty form, but for this analyst's draft, or what she wrote for a decision that was undone."""
    before = undoing.undone_before(found, analyst(request.user.pk or 0))
    draft = drafts.of_decision(found, request.user)
    initial: dict[str, Any] = {"reasoning": before.reasoning} if before else {}
    initial = dict(draft.values) if draft else initial
    return QualifyForm(scheme=to_choose(clock.now()), initial=initial)


def page(
    request: HttpRequest,
    found: Item,
    form: QualifyForm,
    status: int = 200,
    lost: Lost | None = None,
    *,
    blind: bool = False,
) -> HttpResponse:
    """The workspace of an item; `blind`: without what was decided, for a second opinion."""
    views = queries.items_of(found.case)
    view = next(v for v in views if v.item.pk == found.pk)
    view.blind = blind
    scheme = form.scheme
    context: dict[str, Any] = {
        "view": view,
        "views": views,
        "item": found,
        "case": found.case,
        "form": form,
        "categories": choices.lines(form, found),
        "ages": choices.ages(form),
        "strip": queries.strip(),
        "same": [one for one in views if one.decides(found)] if view.waits else (),
        "scheme": scheme,
        "illegal": [(c, c.code in (form["secondary"].value() or [])) for c in scheme.values() if c.illegal],
        "before": undoing.undone_before(found, analyst(request.user.pk or 0)),
        "undo_minutes": int(dials.undo_wait().total_seconds() // 60),
        "hurry": HurryForm() if not blind and _can_hurry(request, view) else None,
        "words": _words(request, view),
        "lost": lost,
        "draft": None if blind or form.is_bound else drafts.of_decision(found, request.user),
        "manner": manners.classes(manners.of(request.user)),
        **_claim(request, found),
        **({} if blind else jotted.shown(request, found.case, found)),
    }
    if found.kind == ItemKind.FILE and found.holds_content:
        context |= looking.picture(request, view, blind=blind)
        context["confirm"] = decided_before(context["shown"].known, found) if view.waits else None
    relatives = _family(request, view, context) if view.waits and context["mine"] else []
    context |= {"family": relatives, "stamped": any(one.token for one in relatives)}
    if found.kind == ItemKind.PROOF and found.holds_content:
        context |= looking.proof(request, view)
    return render(request, "review/item.html", context, status=status)


def _can_hurry(request: HttpRequest, view: ItemView) -> bool:
    """Whether this person can make the decision take effect now: an urgent one, or a lead any that waits."""
    one = view.pending
    if one is None or opinions.holds(one):
        return False
    return may.allowed(request.user, may.STEP_MANAGE) or undoing.is_urgent(one)


def _family(request: HttpRequest, view: ItemView, context: dict[str, Any]) -> list[Relative]:
    """What else the decision can carry to; a form that comes back keeps what was ticked in it."""
    shown = context.get("shown")
    found = stamps.relatives(family.members(view.item), request.user, seen=bool(shown and shown.seen))
    asked, kept = set(request.POST.getlist("offered")), set(request.POST.getlist("carry"))
    return [
        replace(one, ticked=str(one.member.item.pk) in kept) if str(one.member.item.pk) in asked else one
        for one in found
    ]


@dataclass(frozen=True)
class Lost:
    """A decision that could not be recorded, and why: nothing of it is lost to whoever made it."""

    why: str
    category: str
    person: str
    written: str


def _claim(request: HttpRequest, found: Item) -> dict[str, Any]:
    claim = claims.in_force([found.case_id]).get(found.case_id)
    mine = claim is not None and claim.user_id == request.user.pk
    others = themes.takers(found.case, claims.colleagues(request.user)) if mine else ()
    return {"claim": claim, "mine": mine, "colleagues": others}


@dataclass(frozen=True)
class Written:
    """Something that the person wrote, as text or as lines with their labels; neither until it is opened."""

    text: str = ""
    lines: tuple[tuple[str, str], ...] = ()


def _words(request: HttpRequest, view: ItemView) -> list[Written]:
    """What the person wrote: with its words once this analyst has opened them."""
    notes = list(view.item.case.notes.filter(kind__in=WRITTEN).order_by("pk"))
    may_read = may.allowed(request.user, may.NOTE_READ)
    if request.session.get("reading") != str(view.item.case_id) or not may_read:
        return [Written()] * bool(notes)
    said = []
    for note in notes:
        try:
            text = services.open_note(note, analyst(request.user.pk or 0))
        except ContentDestroyed:
            continue
        said.append(Written(text, tuple(threats.in_words(note.kind, text))))
    return said


def _confirm(request: HttpRequest, found: Item, claim: Claim) -> HttpResponse:
    """What the bank knows, decided as before: one press, and nothing is opened."""
    sketch = preparing.sketch_of(found)
    before = decided_before(recognise.by_sketch(sketch), found) if sketch else None
    if before is None or str(before.entry.pk) != request.POST["confirm"]:
        messages.error(request, _("The bank does not say so any more: look at the item, please."))
        return redirect("review:item", found.pk)
    chosen = {"category": before.category, "person": before.person, "secondary": list(before.secondary)}
    form = QualifyForm(chosen, scheme=to_choose(clock.now()))
    if not form.is_valid():  # of an older version of the scheme, that this one does not allow
        return page(request, found, form, status=422)
    return _qualify(request, found, form, claim, known=str(before.entry.pk))


def _same(request: HttpRequest, found: Item, claim: Claim) -> HttpResponse:
    """The same thing sent twice in one report: decided as the other one was."""
    others = [one for one in queries.items_of(found.case) if str(one.item.pk) == request.POST["same"]]
    if not others or not others[0].decides(found):
        messages.error(request, _("The other item is not decided any more."))
        return redirect("review:item", found.pk)
    before = others[0].decision
    assert before is not None
    kept = ("category", "person", "secondary", "reason", "reasoning", "synthetic")
    chosen = {name: getattr(before, name) for name in kept}
    form = QualifyForm(chosen, scheme=to_choose(clock.now()))
    if not form.is_valid():  # of an older version of the scheme, that this one does not allow
        return page(request, found, form, status=422)
    return _qualify(request, found, form, claim, same_as=others[0].item.position)


def _qualify(
    request: HttpRequest, found: Item, form: QualifyForm, claim: Claim, known: str = "", same_as: int = 0
) -> HttpResponse:
    data = form.cleaned_data
    if found.kind != ItemKind.URL:  # nothing else has notices
        data["particulars"] = {}
    if claim.user_id != request.user.pk:
        why = _("%(name)s works on this case now.") % {"name": claim.user.get_username()}
        return _not_taken(request, found, form, why)
    wanted = set(request.POST.getlist("carry"))
    kept = [one for one in family.members(found) if str(one.item.pk) in wanted] if wanted else []
    try:
        decisions.qualify(
            found,
            data["category"],
            analyst(request.user.pk or 0),
            person=data["person"],
            secondary=data["secondary"],
            reason=data["reason"],
            reasoning=data["reasoning"],
            synthetic=data["synthetic"],
            particulars=data["particulars"],
            known=known,
            same_as=same_as,
        )
    except ImpossibleStep:
        found = item_of(found.pk)
        state = ItemState(found.state).label
        return _not_taken(request, found, form, _("This item is “%(state)s” by now.") % {"state": state})
    drafts.decided(found, request.user)
    messages.success(request, _("Recorded: %(category)s.") % {"category": data["category"]})
    _say_carried(request, carrying.carry(kept, data, request.user, found.url))
    if not queries.waiting_items(found.case).exists():
        claims.give(found.case_id, request.user, None)
    if not (known or same_as) and "next" not in request.POST:
        return redirect("review:case", found.case_id)
    following = queries.next_item(found, claims.of_others(request.user), request.user)
    return redirect("review:item", following.pk) if following else redirect("review:queue")


def _say_carried(request: HttpRequest, done: carrying.Carried) -> None:
    if done.items:
        said = ngettext(
            "It carries to %(n)s more item, with an undo of its own.",
            "It carries to %(n)s more items, each with an undo of its own.",
            done.items,
        )
        messages.success(request, said % {"n": done.items})
    if done.refused:
        said = ngettext(
            "%(n)s item was decided, withdrawn or taken by somebody else meanwhile.",
            "%(n)s items were decided, withdrawn or taken by somebody else meanwhile.",
            done.refused,
        )
        messages.warning(request, said % {"n": done.refused})


def _not_taken(request: HttpRequest, found: Item, form: QualifyForm, why: str) -> HttpResponse:
    """The same page again, with what was chosen and written, and why it was not recorded."""
    data = form.cleaned_data
    told = "\n".join(Said.of_data(data["particulars"]).as_data().values())
    written = "\n\n".join(text for text in (data["reasoning"], told) if text)
    lost = Lost(why, data["category"], str(PersonAge(data["person"]).label), written)
    return page(request, found, form, status=409, lost=lost)
