"""The follow-up by the code: what happens, taking back, deleting. No address ever names a case."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disrupt.hotline.cases import contacts as case_contacts
from disrupt.hotline.cases import erasing, finding, legal_holds, messages, outer_limit, stopping, withdrawing
from disrupt.hotline.cases.models import Author, Case, SealedKind
from disrupt.hotline.common.codes import MalformedCode
from disrupt.hotline.intake.following import marks, queries, threatened, wishes
from disrupt.hotline.intake.following.board import PER_PAGE, board, part_of
from disrupt.hotline.intake.following.views.opened import language, with_case
from disrupt.hotline.intake.library.values import duration
from disrupt.hotline.intake.receiving import bearer
from disrupt.hotline.intake.visit import sessions


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Ask for the code. A wrong one takes as long as a right one, and erased is answered as unknown."""
    if request.method != "POST":
        return render(request, "intake/following/follow.html")
    typed = request.POST.get("code", "")[:200]
    try:
        unlocked = finding.unlock(typed)
    except MalformedCode:
        problem = _("A code has 20 letters and digits, in five groups of four. Please check what you typed.")
    except finding.UnknownCode:
        problem = _(
            "No report answers to this code. Please check it: it may be mistyped, or the report was deleted."
        )
    else:
        sessions.open_case(request.session, unlocked)
        return redirect("intake:status")
    return render(request, "intake/following/follow.html", {"typed": typed, "problem": problem}, status=422)


@require_safe
@with_case
def status(request: HttpRequest, case: Case) -> HttpResponse:
    """The items of the open case, with their dates. Who has seen them need not be written to about them."""
    items = queries.followed(case, language())
    case_contacts.seen_by_reporter(case)
    shown = board(items, request.GET.dict())
    kinds = [SealedKind.EMAIL, SealedKind.TELEPHONE]
    contacts = list(case.notes.filter(kind__in=kinds, aside=False).order_by("pk"))
    context = {
        "case": case,
        "unread": messages.unread(case, Author.ANALYST),
        "messages": case.messages.count(),
        "contacts": contacts,
        "bounced": any(note.bounced_at for note in contacts),
        "threatened": threatened.of(case),
        "board": shown,
        "page": Paginator(shown.items, PER_PAGE).get_page(request.GET.get("page")),
        "marks": marks.for_the_page(items),
        "to_cancel": any(not item.withdrawn for item in items),
        "notice": sessions.take_notice(request.session),
        "further": bool(wishes.offered(case)),
        "stopping": stopping.waiting(case).first(),
        "kept": legal_holds.keeps(case),
        "ends_soon": case.texts_told_at is not None and case.closed_at is None,
        "keep_open": duration(settings.KEEP_OPEN),
        "keep_days": settings.KEEP_PERSONAL_DATA.days,
    }
    return render(request, "intake/following/status.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def withdraw_item(request: HttpRequest, case: Case, number: int) -> HttpResponse:
    """Take one item back, after asking."""
    item = queries.one(case, number, language())
    if item is None:
        raise Http404
    if request.method == "POST":
        withdrawing.withdraw_item(case.items.get(position=number))
        sessions.leave_notice(request.session, "withdrawn")
        part = part_of(queries.followed(case, language()), number)
        return redirect(reverse("intake:status") + (f"?page={part}" if part > 1 else ""))
    context = {"what": "item", "item": item, "kept": legal_holds.keeps(case)}
    return render(request, "intake/following/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def withdraw_all(request: HttpRequest, case: Case) -> HttpResponse:
    """Take every item back, after asking."""
    if request.method == "POST":
        withdrawing.withdraw_case(case)
        sessions.leave_notice(request.session, "withdrawn_all")
        return redirect("intake:status")
    context = {"what": "all", "kept": legal_holds.keeps(case)}
    return render(request, "intake/following/confirm.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@with_case
def erase(request: HttpRequest, case: Case) -> HttpResponse:
    """Delete everything now, after asking."""
    kept = legal_holds.keeps(case)
    if request.method == "POST":
        erasing.erase_case(case)
        bearer.forget_uploads(request, sessions.case_in_hand(request.session))
        sessions.close(request.session)
        rotate_token(request)
        if kept:
            return _without_uploads(render(request, "intake/following/kept.html"))
        return _without_uploads(redirect("intake:gone"))
    return render(request, "intake/following/confirm.html", {"what": "erase", "kept": kept})


@require_POST
@with_case
def keep(request: HttpRequest, case: Case) -> HttpResponse:
    """Keep what was told for the whole time again: one press."""
    outer_limit.prolong(case)
    sessions.leave_notice(request.session, "prolonged")
    return redirect("intake:status")


@require_POST
@with_case
def goes_on(request: HttpRequest, case: Case) -> HttpResponse:
    """Say no to whoever asked by the same file to stop: one press."""
    stopping.refuse(case)
    sessions.leave_notice(request.session, "goes_on")
    return redirect("intake:status")


@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the case, in this browser and in every other; what was being sent to it is destroyed."""
    if scope := sessions.case_in_hand(request.session):
        bearer.forget_uploads(request, scope)
    sessions.end(request.session)
    # A form that was sent in this visit gives nothing back any more (drafts.mark_of).
    rotate_token(request)
    return _without_uploads(redirect("intake:home"))


def _without_uploads(response: HttpResponse) -> HttpResponse:
    bearer.forget(response)
    return response
