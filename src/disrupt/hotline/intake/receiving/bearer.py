"""The cookie by which a browser reaches its own uploads: random, signed, gone with the browser's session.

It is not the session's cookie, because answers to uploads cross those of the pages, and the last one to
arrive would undo what the other had set. It lasts a day after the last upload, however long that takes.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase

from disrupt.hotline.intake.receiving import handover, resumable

_SALT = "disrupt.intake.uploads"
_RENEW_AFTER = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Bearer:
    """Who sends, as the cookie says, and to what: `scope` is the open case that is added to, "" a new report.

    `fresh` needs no new cookie.
    """

    token: str
    fresh: bool
    scope: str = ""

    @property
    def owner(self) -> str:
        # Two people with one browser: what one sent to a case is not even listed to the other.
        return resumable.owner_of(f"{self.token}:{self.scope}" if self.scope else self.token)


def read(request: HttpRequest, scope: str = "") -> Bearer | None:
    """The bearer of a valid cookie, else None."""
    signed = request.COOKIES.get(settings.UPLOADS_COOKIE_NAME, "")
    signer = signing.TimestampSigner(salt=_SALT)
    try:
        token = signer.unsign(signed, max_age=settings.KEEP_ABANDONED)
    except signing.BadSignature:
        return None
    try:
        signer.unsign(signed, max_age=_RENEW_AFTER)
    except signing.SignatureExpired:
        return Bearer(token, fresh=False, scope=scope)
    return Bearer(token, fresh=True, scope=scope)


def new(scope: str = "") -> Bearer:
    """For a browser that comes for the first time."""
    return Bearer(resumable.new_token(), fresh=False, scope=scope)


def forget_uploads(request: HttpRequest, *scopes: str) -> None:
    """What this browser sent and nothing has taken can be reached no more: the worker destroys it next."""
    for scope in scopes:
        sender = read(request, scope)
        if sender is not None:
            handover.forget_sender(sender.owner)


def forget(response: HttpResponseBase) -> None:
    """Have the browser forget its cookie: the next to send from it is somebody else."""
    response.delete_cookie(settings.UPLOADS_COOKIE_NAME, samesite="Strict")


def remember(response: HttpResponseBase, bearer: Bearer) -> None:
    """Give the browser its cookie, when it needs a new one."""
    if bearer.fresh:
        return
    response.set_cookie(
        settings.UPLOADS_COOKIE_NAME,
        signing.TimestampSigner(salt=_SALT).sign(bearer.token),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Strict",
    )
