"""The account's pages: signed in with an administrator's key, without JavaScript, in French and English."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from disrupt.hotline.exchange.account import services, visits
from disrupt.hotline.exchange.account.queries import overview
from disrupt.hotline.exchange.account.words import DONE
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.secretkeys import KeySecret
from disrupt.hotline.exchange.hooks.services import CHOICES
from disrupt.hotline.exchange.models import ApiKey
from disrupt.protocol import sample_picture

LANGUAGES = ("fr", "en")
_STYLE = Path(__file__).with_name("style.css")
Page = Callable[..., HttpResponse]
SignedPage = Callable[..., HttpResponse]


def spoken(page: Page) -> Page:
    """A page in the language of its address, whose forms are taken from itself only."""

    @csrf_protect
    @functools.wraps(page)
    def answer(request: HttpRequest, language: str, **parts: uuid.UUID) -> HttpResponse:
        with translation.override(language):
            return page(request, language, **parts)

    return answer


def signed(page: SignedPage) -> Page:
    """A page for who is signed in; others are led to where one signs in."""

    @spoken
    @functools.wraps(page)
    def answer(request: HttpRequest, language: str, **parts: uuid.UUID) -> HttpResponse:
        admin = visits.known(request.COOKIES.get(settings.PARTNER_COOKIE, ""))
        if admin is None:
            return redirect("exchange:account-sign-in", language=language)
        return page(request, language, admin, **parts)

    return answer


def _render(
    request: HttpRequest, language: str, name: str, status: int = 200, **more: object
) -> HttpResponse:
    others = [one for one in LANGUAGES if one != language]
    context = {"language": language, "others": others, "hotline": settings.HOTLINE_NAME, **more}
    return render(request, f"account/{name}.html", context, status=status)


@require_safe
def begin(request: HttpRequest) -> HttpResponse:
    """To the page in the language that the browser asks for."""
    asked = request.headers.get("Accept-Language", "").lower().split(",")
    spoken = (one for one in (part.strip()[:2] for part in asked) if one in LANGUAGES)
    return redirect("exchange:account", language=next(spoken, "en"))


@require_http_methods(["GET", "HEAD", "POST"])
@spoken
def sign_in(request: HttpRequest, language: str) -> HttpResponse:
    """Sign in with an administrator's key."""
    problem, done = "", DONE.get(request.GET.get("done", ""), "")
    if request.method == "POST":
        try:
            token = visits.begin(request.POST.get("key", "").strip())
        except ApiError as error:
            problem = _refused(error)
        else:
            answer = redirect("exchange:account", language=language)
            answer.set_cookie(
                settings.PARTNER_COOKIE,
                token,
                max_age=int(visits.LASTS.total_seconds()),
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Strict",
            )
            return answer
    return _render(request, language, "sign-in", 422 if problem else 200, problem=problem, done=done)


def _refused(error: ApiError) -> str:
    said = {
        "invalid_key": _("This is not a key of this exchange: check that the whole of it was copied."),
        "expired_key": _("This key has expired: ask the hotline for a new one."),
        "revoked_key": _("This key was ended: ask the hotline for a new one."),
        "partner_suspended": _("Your access is suspended: write to the hotline."),
        "missing_scope": _("This key does not open this page: ask the hotline for an administrator’s key."),
    }
    return said.get(error.code, _("Try again in a minute."))


@require_POST
@signed
def sign_out(request: HttpRequest, language: str, admin: ApiKey) -> HttpResponse:
    """Sign out."""
    visits.end(request.COOKIES.get(settings.PARTNER_COOKIE, ""))
    answer = redirect(f"{reverse('exchange:account-sign-in', args=(language,))}?done=out")
    answer.delete_cookie(settings.PARTNER_COOKIE, samesite="Strict")
    return answer


@require_safe
@signed
def account(request: HttpRequest, language: str, admin: ApiKey) -> HttpResponse:
    """The partner's keys, what it has fetched, its figures, and how its chain stands."""
    return shown(request, language, admin, done=DONE.get(request.GET.get("done", ""), ""))


def shown(
    request: HttpRequest, language: str, admin: ApiKey, status: int = 200, **more: object
) -> HttpResponse:
    """The page, with what there is to say just now."""
    return _render(
        request, language, "account", status,
        admin=admin, seen=overview(admin), events=CHOICES, picture=sample_picture, **more,
    )  # fmt: skip


@require_POST
@signed
def make(request: HttpRequest, language: str, admin: ApiKey, key_id: uuid.UUID) -> HttpResponse:
    """One more key like another; its secret is on the page that answers, once."""
    return _told(
        request, language, admin, lambda: services.make(admin, key_id, request.POST.getlist("scopes"))
    )


@require_POST
@signed
def rotate(request: HttpRequest, language: str, admin: ApiKey, key_id: uuid.UUID) -> HttpResponse:
    """A key in the place of another."""
    return _told(request, language, admin, lambda: services.rotate(admin, key_id))


def _told(
    request: HttpRequest, language: str, admin: ApiKey, done: Callable[[], tuple[ApiKey, KeySecret]]
) -> HttpResponse:
    try:
        fresh, secret = done()
    except services.NoSuchKey:
        return shown(request, language, admin, 404, problem=_("There is no such key, or it has ended."))
    except services.MayNot:
        said = _("Choose at least one thing that the new key may.")
        return shown(request, language, admin, 422, problem=said)
    except services.TooManyKeys:
        said = _("No more than %(number)d keys are in force at a time: end one first.")
        return shown(request, language, admin, 422, problem=said % {"number": services.MOST_KEYS})
    return shown(request, language, admin, fresh=fresh, secret=secret)


@require_POST
@signed
def end(request: HttpRequest, language: str, admin: ApiKey, key_id: uuid.UUID) -> HttpResponse:
    """A key ends now, once it is said that this is meant."""
    if not request.POST.get("sure"):
        said = _("Nothing was ended: tick that you mean it, and press again.")
        return shown(request, language, admin, 422, problem=said)
    try:
        services.end(admin, key_id)
    except services.NoSuchKey:
        return shown(request, language, admin, 404, problem=_("There is no such key, or it has ended."))
    still_in = visits.known(request.COOKIES[settings.PARTNER_COOKIE])
    page = "exchange:account" if still_in else "exchange:account-sign-in"
    return redirect(f"{reverse(page, args=(language,))}?done=ended")


@functools.cache
def _picture() -> bytes:
    return sample_picture.png()


@require_safe
def test_picture(request: HttpRequest) -> HttpResponse:
    """The test picture, as a file to keep."""
    answer = HttpResponse(_picture(), content_type="image/png")
    answer["Content-Disposition"] = 'attachment; filename="disrupt-test-picture.png"'
    return answer


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The pages' style."""
    return HttpResponse(_STYLE.read_bytes(), content_type="text/css; charset=utf-8")


def _plain(sentence: str, status: int) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that did not come from our page."""
    with translation.override("fr" if request.path.startswith("/account/fr/") else "en"):
        return _plain(
            _("Nothing was done: this did not come from the page. Go back, load it anew, try again."), 403
        )


def still(request: HttpRequest) -> HttpResponse:
    """Nothing is taken just now (common/still.py)."""
    with translation.override("fr" if request.path.startswith("/account/fr/") else "en"):
        return _plain(_("Nothing can be changed just now. Nothing was done: try again later."), 503)
