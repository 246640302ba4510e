"""The analysts' pages of hosts: who is slow, and one host with its refusals."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.db.models import Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.takedown.figures import hosts as figures
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import FIRST_TO_HOSTS, REMOVED, TO_HOSTS, Decision, NoticeState, Step
from disrupt.hotline.takedown.tracing import freshness

PER_PAGE = 100
# So many refusals and open notices of one host stand on its page, the last ones.
SHOWN = 30


@require_GET
@requires(may.NOTICE_READ)
def slow(request: HttpRequest) -> HttpResponse:
    """Every recipient of the last year, the slowest first, as the worker counted them."""
    found = figures.slowest_first()
    context = {
        "page": Paginator(found, PER_PAGE).get_page(request.GET.get("page")),
        "counted": found.order_by().aggregate(first=Min("counted_at"))["first"],
        "old": freshness.out_of_date(registry()),
    }
    return render(request, "takedown/hosts.html", context)


@require_GET
@requires(may.NOTICE_READ)
def host(request: HttpRequest) -> HttpResponse:
    """One recipient: figures, refusals with their reasons, what is open."""
    found = figures.kept(request.GET.get("name", ""))
    if found is None:
        raise Http404
    told = Notice.objects.filter(name=found.name, sent_at__gte=clock.now() - figures.YEAR)
    told = told.order_by("-sent_at").select_related("target")
    waiting = told.filter(step__in=FIRST_TO_HOSTS, state=NoticeState.SENT, decision="")
    context = {
        "host": found,
        "accuracy": figures.accuracy(found),
        "refusals": told.filter(step__in=TO_HOSTS, decision=Decision.DECLINED)[:SHOWN],
        "open": waiting.exclude(step=Step.POLICE).exclude(action=REMOVED).exclude(target__url="")[:SHOWN],
    }
    return render(request, "takedown/host.html", context)
