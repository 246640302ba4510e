"""Sends a report that is complete, or lets it wait its turn; it is never refused (docs/adr/0011)."""

from __future__ import annotations

import datetime as dt
import logging
import math
from dataclasses import replace

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from disrupt.hotline.common import clock, switches
from disrupt.hotline.intake.asking import opening, shelf
from disrupt.hotline.intake.asking.journey import Journey
from disrupt.hotline.intake.receiving import handover
from disrupt.hotline.intake.visit import sessions
from disrupt.hotline.intake.visit.limits import GATE, network_of
from disrupt.hotline.intake.visit.work import WORK

log = logging.getLogger(__name__)

# When the network's places are taken, or the database or the disk did not answer.
_AGAIN = dt.timedelta(seconds=3)
_AFTER_A_FAILURE = dt.timedelta(seconds=30)


class NotSaved(RuntimeError):
    """The report could not be saved just now; nothing of it is lost."""


def send(request: HttpRequest, report: Journey) -> HttpResponse:
    """Open the case and show its code, or show the page that waits. Raises NotSaved."""
    try:
        # Asked here too: the page that waits sends by a GET, and common/still.py lets those pass.
        stopped = switches.is_on(switches.Stop.WRITING)
    except Error as error:
        log.error("a case could not be opened: %s", type(error).__name__)
        raise NotSaved from error
    if stopped:
        raise NotSaved("Nothing is written just now.")
    network, now = network_of(request), clock.now()
    worked = WORK.worked(request.POST.get("proof", ""))
    if report.turn is None:
        wait = GATE.ask(network, worked)
        if wait:
            return _later(request, report, dt.timedelta(seconds=wait))
    elif now < report.turn and worked < max(GATE.bits(network) - 1, 1):
        return redirect("intake:wait")
    with GATE.place(network) as free:
        if not free:
            return _later(request, report, _AGAIN)
        try:
            opened = opening.send(
                report.answers(), report.draft.deposited, report.draft.token, get_language() or "fr"
            )
        except (Error, OSError) as error:
            log.error("a case could not be opened: %s", type(error).__name__)
            raise NotSaved from error
    handover.sent(report.draft)
    shelf.destroy(request.session, files=False)
    sessions.show_code(request.session, opened.case, opened.code)
    return redirect("intake:code")


def _later(request: HttpRequest, report: Journey, wait: dt.timedelta) -> HttpResponse:
    shelf.save(request.session, replace(report, turn=clock.now() + wait))
    return redirect("intake:wait")


@require_http_methods(["GET", "HEAD", "POST"])
def wait(request: HttpRequest) -> HttpResponse:
    """A report that was sent and waits: it goes by itself when its turn has come, with or without a script.

    A GET goes on with it, because a page without a script can do nothing else by itself: a form with its CSRF
    token asked for the sending, and the same report sent twice is one case.
    """
    try:
        report = shelf.load(request.session)
    except shelf.NothingThere:
        return redirect("intake:code")
    if report.turn is None:
        return redirect("intake:step", report.next().value)
    failed = False
    if request.method == "POST" or clock.now() >= report.turn:
        try:
            response = send(request, report)
        except NotSaved:
            failed = True
            report = replace(report, turn=clock.now() + _AFTER_A_FAILURE)
            shelf.save(request.session, report)
        else:
            if request.method == "POST" or response["Location"] != request.path:
                return response
            report = shelf.load(request.session)
    seconds = max(1, math.ceil(((report.turn or clock.now()) - clock.now()).total_seconds()))
    challenge = WORK.challenge(GATE.bits(network_of(request)))
    context = {"seconds": seconds, "failed": failed, "challenge": challenge}
    response = render(request, "intake/asking/wait.html", context, status=503 if failed else 200)
    # A header rather than an element: it works without a script and needs nothing in the page.
    response["Refresh"] = str(min(seconds, 30))
    return response
