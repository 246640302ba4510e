"""What all requests of the tus protocol share: their checks, and a status for whatever goes wrong.

Against forgery from other sites: the cookie is SameSite=Strict, `Tus-Resumable` makes browsers ask first (and
we never consent), and a request that changes something must come with our own Origin.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from disrupt.hotline.common import numerals
from disrupt.hotline.common.store.growing import HeldElsewhere
from disrupt.hotline.intake.receiving import bearer, bodies
from disrupt.hotline.intake.receiving.bearer import Bearer
from disrupt.hotline.intake.receiving.resumable import GoneUpload, UnknownUpload
from disrupt.hotline.intake.visit import sessions

log = logging.getLogger(__name__)

VERSION = "1.0.0"
_RETRY = "2"


class Refused(Exception):
    """The answer to a request that is not done, and why, in a sentence for whoever writes a client."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


Action = Callable[[HttpRequest, Bearer, str], HttpResponse]


def carry_out(request: HttpRequest, actions: dict[str, Action], name: str, of_case: bool) -> HttpResponse:
    """Check what all requests share, do it, and turn what went wrong into the protocol's statuses."""
    method = request.method or ""
    if method == "POST":
        # For browsers that know no PATCH; the protocol asks for it.
        method = request.headers.get("X-HTTP-Method-Override", method)
    scope = sessions.case_in_hand(request.session) if of_case else ""
    who = bearer.read(request, scope)
    try:
        action = actions.get(method)
        if action is None:
            raise Refused(405, "This address does not do that.")
        if request.headers.get("Tus-Resumable") != VERSION:
            raise Refused(412, f"Speak tus {VERSION}.")
        if method not in {"GET", "HEAD"} and not _ours(request):
            raise Refused(403, "Only the hotline's own pages may do that.")
        if of_case and not scope:
            raise Refused(403, "Give the code first: no case is open in this browser.")
        if who is None:
            if name:
                raise UnknownUpload
            if method != "GET":
                raise Refused(403, "Ask for the list first: it gives the cookie.")
            who = bearer.new(scope)
        response = action(request, who, name)
        bearer.remember(response, who)
    except Refused as refused:
        response = answer(refused.status, str(refused))
        if refused.status == 412:
            response["Tus-Version"] = VERSION
        if refused.status == 405:
            response["Allow"] = ", ".join(sorted(actions))
    except UnknownUpload:
        response = answer(404, "No such upload.")
    except GoneUpload as gone:
        response = answer(410, str(gone))
    except HeldElsewhere:
        response = answer(423, "This upload is being written to.")
    except bodies.TooBusy as busy:
        response = answer(503, str(busy))
        response["Retry-After"] = _RETRY
    except OSError as error:
        log.error("an upload could not be saved: %s", type(error).__name__)
        response = answer(507, "There is no room for this file now.")
    return response


def _ours(request: HttpRequest) -> bool:
    """Browsers name the page's origin with every request that is not a plain GET or HEAD."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def answer(status: int, why: str = "") -> HttpResponse:
    response = HttpResponse(
        f"{why}\n" if why else "", status=status, content_type="text/plain; charset=utf-8"
    )
    response["Tus-Resumable"] = VERSION
    return response


def number(request: HttpRequest, header: str) -> int:
    try:
        return numerals.whole(request.headers.get(header, ""))
    except numerals.NotANumber:
        raise Refused(400, f"{header} must be a number of bytes.") from None
