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

from disrupt.hotline.intake import resumable

_SALT = "disrupt.intake.uploads"
_RENEW_AFTER = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Bearer:
    """Who sends, as the cookie says; `fresh` needs no new cookie."""

    token: str
    fresh: bool

    @property
    def owner(self) -> str:
        return resumable.owner_of(self.token)


def read(request: HttpRequest) -> Bearer | None:
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
        return Bearer(token, fresh=False)
    return Bearer(token, fresh=True)


def new() -> Bearer:
    """For a browser that comes for the first time."""
    return Bearer(resumable.new_token(), fresh=False)


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
