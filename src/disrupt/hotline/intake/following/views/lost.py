"""The code is lost: the very same file lets its holder ask to stop, and nothing else (docs/adr/0041).

Nothing here looks whether a report holds the file: page, status and time are the same for everybody.
"""

from __future__ import annotations

import datetime as dt
import json
import math

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from disrupt.hotline.cases import stopping
from disrupt.hotline.common import clock, possession
from disrupt.hotline.intake.library.values import duration
from disrupt.hotline.intake.receiving.digesting import DigestingUploadHandler
from disrupt.hotline.intake.receiving.uploads import END_FIELD
from disrupt.hotline.intake.visit import sessions
from disrupt.hotline.intake.visit.limits import GATE, network_of
from disrupt.hotline.intake.visit.policy import DEVICE_POLICY
from disrupt.hotline.intake.visit.work import WORK

# When the network's places are taken.
_AGAIN = 3.0


@csrf_exempt  # checked inside, once the files are going through the digest and nowhere else
@require_http_methods(["GET", "HEAD", "POST"])
def lost(request: HttpRequest) -> HttpResponse:
    """Say what can be done without the code; on POST ask by the files whose digests came, or that came."""
    if request.method != "POST":
        return _page(request)
    handler = DigestingUploadHandler()
    request.upload_handlers = [handler]
    return _receive(request, handler)


@csrf_protect
def _receive(request: HttpRequest, handler: DigestingUploadHandler) -> HttpResponse:
    if END_FIELD not in request.POST:
        return render(request, "intake/visit/problem.html", {"kind": "bad_request"}, status=400)
    digests = [*_made_there(request.POST.get("prints", "")), *handler.digests][: settings.MAX_FILES]
    if not digests:
        return _page(request, _("Choose the photo or video. An empty or too large file cannot be used."))
    wait = GATE.ask(network_of(request), WORK.worked(request.POST.get("proof", "")))
    sessions.keep_asked(request.session, digests, clock.now() + dt.timedelta(seconds=wait))
    return redirect("intake:lost-sent")


def _made_there(text: str) -> list[str]:
    """The digests of what the person's device made; none where it is nothing that the page makes."""
    try:
        made = json.loads(text) if text else []
        return [possession.read(one) for one in made[: settings.MAX_FILES]]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []


def _page(request: HttpRequest, problem: str = "") -> HttpResponse:
    context = {
        "problem": problem,
        "wait": duration(settings.STOP_WAIT),
        "end_field": END_FIELD,
        "challenge": WORK.challenge(GATE.bits(network_of(request))),
    }
    response = render(request, "intake/following/lost.html", context, status=422 if problem else 200)
    response["Content-Security-Policy"] = DEVICE_POLICY
    return response


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Write it down when its turn has come, and say what happens next: the same to everybody."""
    try:
        digests, turn = sessions.asked(request.session)
    except sessions.NothingOpen:
        return redirect("intake:lost")
    seconds = (turn - clock.now()).total_seconds()
    if digests and seconds <= 0:
        with GATE.place(network_of(request)) as free:
            if free:
                stopping.ask(possession.sought(digests))
                digests = []
                sessions.keep_asked(request.session, digests, turn)
            else:
                seconds = _AGAIN
    left = max(1, math.ceil(seconds)) if digests else 0
    context = {"seconds": left, "wait": duration(settings.STOP_WAIT)}
    response = render(request, "intake/following/lost_sent.html", context)
    if left:
        # A header rather than an element: it works without a script and needs nothing in the page.
        response["Refresh"] = str(min(left, 30))
    return response
