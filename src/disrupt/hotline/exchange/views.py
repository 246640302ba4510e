"""The feed, the classification and the state of the exchange."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

from django.http import HttpRequest, HttpResponse

from disrupt.hotline.bank import readers
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.cases.categories import DECLARED_MINOR, TEST_PICTURE, Category, scheme_at
from disrupt.hotline.common import clock
from disrupt.hotline.exchange import pages, standby
from disrupt.hotline.exchange.account import pages as account
from disrupt.hotline.exchange.described import openapi
from disrupt.hotline.exchange.door.api import (
    READ,
    Call,
    Endpoint,
    bearer,
    error_response,
    json_response,
    serve,
)
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.recently import vouch
from disrupt.hotline.exchange.door.remembering import remember
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.figures import figures as figures_of
from disrupt.hotline.exchange.hearing.words import give_feedback
from disrupt.protocol.feed import DEFAULT_LIMIT, MAX_LIMIT, MOST_WAIT
from disrupt.protocol.feedback import BadFeedback, parse_feedback

_LARGEST = 10**18 - 1


@serve(Endpoint(READ, Scope.FEED_READ, ("after", "limit", "wait"), bearer))
def feed(call: Call) -> HttpResponse:
    """GET /v1/feed: the changes after a cursor; 304 when nothing has changed since the same question."""
    after = call.whole("after", 0, 0, _LARGEST)
    limit = call.whole("limit", DEFAULT_LIMIT, 1, MAX_LIMIT)
    call.whole("wait", 0, 0, MOST_WAIT)  # the server's door has done it (processes/waiting.py)
    last = last_seq()
    if after > last:
        raise ApiError("cursor_ahead", f"The cursor is {after}; the last change here is {last}.")
    assert call.key is not None  # this address has a credential
    sight = sight_of(call.key)
    remember(partial(readers.acknowledge, call.key.partner_id, after, sight))
    vouch(bearer(call.request), call.key)
    return pages.answer(call.request, after, limit, last, sight, waited="wait" in call.query)


def _category(category: Category) -> dict[str, object]:
    return {
        "code": category.code,
        "name": {"fr": category.name.fr, "en": category.name.en},
        "article": {"fr": category.article.fr, "en": category.article.en},
        "minors": category.minors,
        "illegal": category.illegal,
    }


@serve(Endpoint(READ))
def categories(call: Call) -> HttpResponse:
    """GET /v1/categories: the classification in force; public, as the law is."""
    scheme = scheme_at(clock.now())
    listed = [_category(category) for category in (*scheme.values(), DECLARED_MINOR, TEST_PICTURE)]
    return json_response(
        {"version": scheme.version, "valid_from": scheme.valid_from.isoformat(), "categories": listed}
    )


@serve(Endpoint(READ, Scope.FIGURES_READ, (), bearer))
def figures(call: Call) -> HttpResponse:
    """GET /v1/figures: what the key may see, what its partner fetched, and what it said that it found."""
    assert call.key is not None  # this address has a credential
    return json_response(figures_of(call.key.partner_id, [sight_of(call.key)]))


@serve(Endpoint(READ))
def description(call: Call) -> HttpResponse:
    """GET /v1/openapi.json: every address, parameter and field, for programs."""
    return json_response(openapi.document())


@serve(Endpoint(READ))
def status(call: Call) -> HttpResponse:
    """GET /v1/status: this process answers (liveness)."""
    return json_response({"status": "alive"})


@serve(Endpoint(READ))
def ready(call: Call) -> HttpResponse:
    """GET /v1/status/ready: this process and its database answer (readiness), and how a standby stands."""
    last_seq()
    state = standby.state()
    return json_response({"status": "ready", **({"standby": state} if state != standby.NONE else {})})


@serve(Endpoint(("POST",), Scope.FEEDBACK_WRITE, (), bearer))
def feedback(call: Call) -> HttpResponse:
    """POST /v1/feedback: what a partner found about entries; all of it is kept, or none."""
    try:
        words = parse_feedback(call.json_body())
    except BadFeedback as error:
        raise ApiError("bad_body", str(error)) from None
    assert call.key is not None  # this address has a credential
    return json_response(asdict(give_feedback(call.key.partner, sight_of(call.key), words)))


def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:
    """Any other address."""
    return error_response(ApiError("not_found", "There is nothing at this address."))


def bad_request(request: HttpRequest, exception: object = None) -> HttpResponse:
    """A request that Django itself refuses."""
    return error_response(ApiError("bad_request", "This request cannot be understood."))


def server_error(request: HttpRequest) -> HttpResponse:
    """A failure outside any view."""
    return error_response(ApiError("internal_error", "Something failed on our side."))


def still(request: HttpRequest) -> HttpResponse:
    """The hotline is read-only for a while (common/still.py)."""
    if request.path.startswith("/account/"):
        return account.still(request)
    return error_response(ApiError("unavailable", "The hotline takes nothing just now; nothing was stored."))
