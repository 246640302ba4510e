"""Uploads by the tus protocol 1.0: creation (with upload), termination, expiration. https://tus.io/protocols/

`Upload-Metadata`, in which clients put the file's name and type, is never read. Against forgery from other
sites: the cookie is SameSite=Strict, `Tus-Resumable` makes browsers ask first (and we never consent), and a
request that changes something must come with our own Origin.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from disrupt.hotline.common.growing import HeldElsewhere
from disrupt.hotline.intake import bearer, receiving, resumable, sessions
from disrupt.hotline.intake.bearer import Bearer
from disrupt.hotline.intake.resumable import GoneUpload, NoRoom, Progress, TooLarge, TooMany, UnknownUpload

log = logging.getLogger(__name__)

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,expiration"
BODY = "application/offset+octet-stream"
_RETRY = "2"


class _Refused(Exception):
    """The answer to a request that is not done, and why, in a sentence for whoever writes a client."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status


@csrf_exempt  # _ours() below
def uploads(request: HttpRequest, *, of_case: bool = False) -> HttpResponse:
    """GET lists the sender's uploads and gives the cookie; POST begins one; OPTIONS says what we speak.

    `of_case`: they are for the case that is open in this browser, not for a new report.
    """
    if request.method == "OPTIONS":
        response = _answer(204)
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = EXTENSIONS
        response["Tus-Max-Size"] = str(settings.MAX_UPLOAD_BYTES)
        return response
    return _carry_out(request, {"GET": _list, "POST": _create}, "", of_case)


@csrf_exempt  # _ours() below
def upload(request: HttpRequest, name: str, *, of_case: bool = False) -> HttpResponse:
    """HEAD tells how far an upload is, PATCH goes on with it, DELETE destroys it."""
    return _carry_out(request, {"HEAD": _offset, "PATCH": _append, "DELETE": _take_back}, name, of_case)


_Action = Callable[[HttpRequest, Bearer, str], HttpResponse]


def _carry_out(request: HttpRequest, actions: dict[str, _Action], name: str, of_case: bool) -> HttpResponse:
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
            raise _Refused(405, "This address does not do that.")
        if request.headers.get("Tus-Resumable") != VERSION:
            raise _Refused(412, f"Speak tus {VERSION}.")
        if method not in {"GET", "HEAD"} and not _ours(request):
            raise _Refused(403, "Only the hotline's own pages may do that.")
        if of_case and not scope:
            raise _Refused(403, "Give the code first: no case is open in this browser.")
        if who is None:
            if name:
                raise UnknownUpload
            if method != "GET":
                raise _Refused(403, "Ask for the list first: it gives the cookie.")
            who = bearer.new(scope)
        response = action(request, who, name)
        bearer.remember(response, who)
    except _Refused as refused:
        response = _answer(refused.status, str(refused))
        if refused.status == 412:
            response["Tus-Version"] = VERSION
        if refused.status == 405:
            response["Allow"] = ", ".join(sorted(actions))
    except UnknownUpload:
        response = _answer(404, "No such upload.")
    except GoneUpload as gone:
        response = _answer(410, str(gone))
    except HeldElsewhere:
        response = _answer(423, "This upload is being written to.")
    except receiving.TooBusy as busy:
        response = _answer(503, str(busy))
        response["Retry-After"] = _RETRY
    except OSError as error:
        log.error("an upload could not be saved: %s", type(error).__name__)
        response = _answer(507, "There is no room for this file now.")
    return response


def _ours(request: HttpRequest) -> bool:
    """Browsers name the page's origin with every request that is not a plain GET or HEAD."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


def _answer(status: int, why: str = "") -> HttpResponse:
    response = HttpResponse(
        f"{why}\n" if why else "", status=status, content_type="text/plain; charset=utf-8"
    )
    response["Tus-Resumable"] = VERSION
    return response


def _address(who: Bearer, one: Progress) -> str:
    return reverse("intake:case-upload" if who.scope else "intake:upload", args=[one.name])


def _say(response: HttpResponse, one: Progress) -> HttpResponse:
    response["Upload-Offset"] = str(one.offset)
    response["Upload-Expires"] = http_date(one.expires_at.timestamp())
    return response


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise _Refused(400, f"{header} must be a number of bytes.")
    return int(text)


def _list(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    listed = [
        {"url": _address(who, one), "length": one.length, "offset": one.offset}
        for one in resumable.of_sender(who.owner)
    ]
    response = JsonResponse({"uploads": listed})
    response["Tus-Resumable"] = VERSION
    return response


def _create(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    if "Upload-Defer-Length" in request.headers:
        raise _Refused(400, "Say the length at once: it cannot be deferred.")
    length = _number(request, "Upload-Length")
    with_body = request.content_type == BODY
    try:
        one = resumable.create(who.owner, length)
    except (TooLarge, TooMany) as error:
        raise _Refused(413, str(error)) from None
    except NoRoom as error:
        raise _Refused(507, str(error)) from None
    except ValueError as error:
        raise _Refused(400, str(error)) from None
    response = _answer(201)
    response["Location"] = _address(who, one)
    if with_body and _body_size(request) <= length:
        one = _receive(request, who, one.name, 0)
    return _say(response, one)


def _offset(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    with receiving.taken_over(who.owner, name) as held:
        # What a killed process had sealed is made durable before it is promised.
        one = held.save()
    response = _say(_answer(200), one)
    response["Upload-Length"] = str(one.length)
    response["Cache-Control"] = "no-store"
    return response


def _append(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    if request.content_type != BODY:
        raise _Refused(415, f"Send {BODY}.")
    if "Transfer-Encoding" in request.headers:
        # A body in chunks would be read as none, and a client that is told “not a byte more” tries for ever.
        raise _Refused(411, "Say the Content-Length of the piece.")
    return _say(_answer(204), _receive(request, who, name, _number(request, "Upload-Offset")))


def _body_size(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isdigit() else 0


def _receive(request: HttpRequest, who: Bearer, name: str, offset: int) -> Progress:
    with receiving.slot(), resumable.going(who.owner, name) as held:
        if held.offset != offset:
            raise _Refused(409, f"The upload stands at {held.offset}.")
        size = _body_size(request)
        if size > held.missing:
            raise _Refused(413, "The upload would become longer than was said.")
        if held.worn_out:
            raise GoneUpload("This upload broke off too often: begin again.")
        if not connection.in_atomic_block:
            # A body may take minutes: the database's connection is not held meanwhile.
            connection.close()
        try:
            receiving.receive(request, name, held, size)
        finally:
            one = held.save()
    return one


def _take_back(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    try:
        with receiving.taken_over(who.owner, name):
            resumable.take_back(who.owner, name)
    except GoneUpload:
        resumable.take_back(who.owner, name)
    return _answer(204)
