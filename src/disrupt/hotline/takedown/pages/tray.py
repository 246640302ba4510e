"""The analysts' page of what recipients wrote: beside its notice, or to be put there, until seen to."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.actors import Actor, analyst
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.takedown import locking, services
from disrupt.hotline.takedown.models import Answer, AnswerKind, Notice

PER_PAGE = 30


def open_answers() -> int:
    """How many nobody has seen to."""
    return Answer.objects.filter(done_at=None).count()


@transaction.atomic
def assign(answer: Answer, reference: str, actor: Actor) -> Notice | None:
    """Put an answer beside the notice that it is about; None where no notice has that reference."""
    notice = Notice.objects.filter(reference=reference.strip().upper()).first()
    if notice is None:
        return None
    locking.hold_notice(notice.pk)
    Answer.objects.filter(pk=answer.pk).update(notice=notice, kind=AnswerKind.REPLY)
    services.note(notice, "notice.answer_assigned", actor)
    return notice


@transaction.atomic
def finish(answer: Answer, actor: Actor) -> None:
    """A person has seen to it."""
    Answer.objects.filter(pk=answer.pk, done_at=None).update(done_at=clock.now(), done_by=str(actor))


@require_GET
@requires(may.NOTICE_READ)
def answers(request: HttpRequest) -> HttpResponse:
    """What nobody has seen to, the oldest first."""
    rows = Answer.objects.filter(done_at=None).select_related("notice").order_by("at")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_manage": may.allowed(request.user, may.NOTICE_MANAGE),
    }
    return render(request, "takedown/answers.html", context)


@require_POST
@requires(may.NOTICE_MANAGE)
def act(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Put it beside a notice, or say that it is seen to."""
    answer, who = get_object_or_404(Answer, pk=answer_id), analyst(request.user.pk or 0)
    reference = request.POST.get("reference", "")
    if not reference:
        finish(answer, who)
        return redirect("takedown:answers")
    notice = assign(answer, reference, who)
    if notice is None:
        messages.error(request, _("No notice has this reference."))
        return redirect("takedown:answers")
    return redirect("takedown:notice", notice.pk)
