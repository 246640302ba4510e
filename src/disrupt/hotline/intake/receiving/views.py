"""Uploads by the tus protocol 1.0: creation (with upload), termination, expiration. https://tus.io/protocols/

`Upload-Metadata`, in which clients put the file's name and type, is never read. views/tus.py holds what all
requests share.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import http_date
from django.views.decorators.csrf import csrf_exempt

from disrupt.hotline.common import numerals
from disrupt.hotline.intake.receiving import bodies, handover, resumable
from disrupt.hotline.intake.receiving.bearer import Bearer
from disrupt.hotline.intake.receiving.resumable import GoneUpload, Progress, TooLarge, TooMany
from disrupt.hotline.intake.receiving.room import NoRoom
from disrupt.hotline.intake.receiving.tus import VERSION, Refused, answer, carry_out, number

EXTENSIONS = "creation,creation-with-upload,termination,expiration"
BODY = "application/offset+octet-stream"


@csrf_exempt  # tus.py looks at the origin
def uploads(request: HttpRequest, *, of_case: bool = False) -> HttpResponse:
    """GET lists the sender's uploads and gives the cookie; POST begins one; OPTIONS says what we speak.

    `of_case`: they are for the case that is open in this browser, not for a new report.
    """
    if request.method == "OPTIONS":
        response = answer(204)
        response["Tus-Version"] = VERSION
        response["Tus-Extension"] = EXTENSIONS
        response["Tus-Max-Size"] = str(settings.MAX_UPLOAD_BYTES)
        return response
    return carry_out(request, {"GET": _list, "POST": _create}, "", of_case)


@csrf_exempt  # tus.py looks at the origin
def upload(request: HttpRequest, name: str, *, of_case: bool = False) -> HttpResponse:
    """HEAD tells how far an upload is, PATCH goes on with it, DELETE destroys it."""
    return carry_out(request, {"HEAD": _offset, "PATCH": _append, "DELETE": _take_back}, name, of_case)


def _address(who: Bearer, one: Progress) -> str:
    return reverse("intake:case-upload" if who.scope else "intake:upload", args=[one.name])


def _say(response: HttpResponse, one: Progress) -> HttpResponse:
    response["Upload-Offset"] = str(one.offset)
    response["Upload-Expires"] = http_date(one.expires_at.timestamp())
    return response


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
        raise Refused(400, "Say the length at once: it cannot be deferred.")
    length = number(request, "Upload-Length")
    with_body = request.content_type == BODY
    try:
        one = resumable.create(who.owner, length)
    except (TooLarge, TooMany) as error:
        raise Refused(413, str(error)) from None
    except NoRoom as error:
        raise Refused(507, str(error)) from None
    except ValueError as error:
        raise Refused(400, str(error)) from None
    response = answer(201)
    response["Location"] = _address(who, one)
    if with_body and _body_size(request) <= length:
        one = _receive(request, who, one.name, 0)
    return _say(response, one)


def _offset(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    with bodies.taken_over(who.owner, name) as held:
        # What a killed process had sealed is made durable before it is promised.
        one = held.save()
    response = _say(answer(200), one)
    response["Upload-Length"] = str(one.length)
    response["Cache-Control"] = "no-store"
    return response


def _append(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    if request.content_type != BODY:
        raise Refused(415, f"Send {BODY}.")
    if "Transfer-Encoding" in request.headers:
        # A body in chunks would be read as none, and a client that is told “not a byte more” tries for ever.
        raise Refused(411, "Say the Content-Length of the piece.")
    return _say(answer(204), _receive(request, who, name, number(request, "Upload-Offset")))


def _body_size(request: HttpRequest) -> int:
    try:
        return numerals.whole(str(request.META.get("CONTENT_LENGTH") or "0"))
    except numerals.NotANumber:
        return 0


def _receive(request: HttpRequest, who: Bearer, name: str, offset: int) -> Progress:
    with bodies.slot(), resumable.going(who.owner, name) as held:
        if held.offset != offset:
            raise Refused(409, f"The upload stands at {held.offset}.")
        size = _body_size(request)
        if size > held.missing:
            raise Refused(413, "The upload would become longer than was said.")
        if held.worn_out:
            raise GoneUpload("This upload broke off too often: begin again.")
        if not connection.in_atomic_block:
            # A body may take minutes: the database's connection is not held meanwhile.
            connection.close()
        try:
            bodies.receive(request, name, held, size)
        finally:
            one = held.save()
    return one


def _take_back(request: HttpRequest, who: Bearer, name: str) -> HttpResponse:
    try:
        with bodies.taken_over(who.owner, name):
            handover.take_back(who.owner, name)
    except GoneUpload:
        handover.take_back(who.owner, name)
    return answer(204)
