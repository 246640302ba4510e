"""The analysts' pages of hosts: who is slow, and one host with its refusals."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.takedown.figures import hosts as figures
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import Decision, Step
from disrupt.hotline.takedown.tracing import freshness


@require_GET
@requires(may.NOTICE_READ)
def slow(request: HttpRequest) -> HttpResponse:
    """Every recipient of the last year, the slowest first."""
    context = {"hosts": figures.of_all(), "old": freshness.out_of_date(registry())}
    return render(request, "takedown/hosts.html", context)


@require_GET
@requires(may.NOTICE_READ)
def host(request: HttpRequest) -> HttpResponse:
    """One recipient: figures, refusals with their reasons, what is open."""
    name = request.GET.get("name", "")
    since = clock.now() - figures.YEAR
    told = Notice.objects.filter(
        name=name, sent_at__gte=since, step__in=[Step.HOST, Step.SECOND, Step.REMINDER]
    )
    notices = list(told.select_related("target").order_by("-sent_at"))
    if not notices:
        raise Http404
    context = {
        "host": figures.of(name, notices),
        "refusals": [notice for notice in notices if notice.decision == Decision.DECLINED][:30],
        "open": [n for n in notices if n.step != Step.REMINDER and not n.decision and n.target.url][:30],
    }
    return render(request, "takedown/host.html", context)
