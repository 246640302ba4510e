"""The one shape of every address of the API: who may, with which parameters, and one form of error."""

from __future__ import annotations

import functools
import json
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from disrupt.hotline.exchange.door import once
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.leaving import Leaving
from disrupt.hotline.exchange.door.limits import ALLOWANCE
from disrupt.hotline.exchange.door.recently import authenticate_recently
from disrupt.hotline.exchange.door.remembering import remember
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ApiKey
from disrupt.hotline.exchange.queries import authenticate, require_scope
from disrupt.hotline.exchange.services import note_use

log = logging.getLogger(__name__)

_WHOLE = re.compile(r"[0-9]{1,18}")
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)


@dataclass(frozen=True)
class Endpoint:
    """What an address takes; the documentation's test reads this."""

    methods: tuple[str, ...]
    scope: Scope | None = None
    parameters: tuple[str, ...] = ()
    credential: Callable[[HttpRequest], str] | None = None
    leaving: Leaving | None = None
    often: bool = False  # asked so often that keys are remembered; its view has a limit of its own
    beside: tuple[str, ...] = ()  # methods that another view takes at the same address


@dataclass(frozen=True)
class Call:
    """One request that was let in: its parameters, and whose key it came with."""

    request: HttpRequest
    key: ApiKey | None
    query: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)  # of the address

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number of the query. Raises ApiError."""
        text = self.query.get(name)
        if text is None:
            return default
        if not _WHOLE.fullmatch(text) or not low <= int(text) <= high:
            raise ApiError("bad_parameter", f"{name} is a whole number from {low} to {high}.")
        return int(text)

    @property
    def body(self) -> bytes:
        """The body as it came. `serve` answers for one that is too large or ends early."""
        return self.request.body

    def json_body(self) -> Any:
        """The body. Raises ApiError."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            raise ApiError("bad_body", "The body is not JSON in UTF-8.") from None


View = Callable[[Call], HttpResponse]


READ = ("GET", "HEAD")
PROBLEM = "application/problem+json"


def json_response(value: object, status: int = 200, kind: str = "application/json") -> HttpResponse:
    """JSON without spaces, in UTF-8."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return HttpResponse(body, status=status, content_type=kind)


def error_response(error: ApiError) -> HttpResponse:
    """The only shape in which this API says no, with the headers that belong to it."""
    response = json_response(error.shape, error.kind.status, PROBLEM)
    if error.kind.status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="disrupt"'
    for name, value in error.headers.items():
        response[name] = value
    return response


def bearer(request: HttpRequest) -> str:
    """The key of `Authorization: Bearer`. Raises ApiError."""
    sent = request.headers.get("Authorization", "")
    found = _BEARER.fullmatch(sent)
    if not found:
        raise ApiError("missing_key", "This address needs the header Authorization: Bearer KEY.")
    return found.group(1)


def _call(request: HttpRequest, endpoint: Endpoint, parts: Mapping[str, str]) -> Call:
    if request.method not in endpoint.methods:
        allowed = ", ".join((*endpoint.methods, *endpoint.beside))
        raise ApiError("method_not_allowed", f"This address takes {allowed}.", headers={"Allow": allowed})
    key = None
    if endpoint.credential and endpoint.scope:
        let_in = authenticate_recently if endpoint.often else authenticate
        key = let_in(endpoint.credential(request))
        require_scope(key, endpoint.scope)
        if not endpoint.often:
            ALLOWANCE.take(key.pk)
        remember(functools.partial(note_use, key))
    for name, values in request.GET.lists():
        if name not in endpoint.parameters:
            raise ApiError("unknown_parameter", f"This address has no parameter {name[:40]!r}.")
        if len(values) > 1:
            raise ApiError("bad_parameter", f"{name} is given more than once.")
    return Call(request, key, {name: str(request.GET[name]) for name in request.GET}, parts)


def serve(endpoint: Endpoint) -> Callable[[View], Callable[..., HttpResponse]]:
    """Turn a function of a Call into a Django view that never answers but in this API's shapes."""

    def wrap(view: View) -> Callable[..., HttpResponse]:
        @functools.wraps(view)
        def answer(request: HttpRequest, **parts: str) -> HttpResponse:
            response = attempt(request, parts)
            for name, value in endpoint.leaving.headers().items() if endpoint.leaving else ():
                response[name] = value
            return response

        def attempt(request: HttpRequest, parts: Mapping[str, str]) -> HttpResponse:
            try:
                call = _call(request, endpoint, parts)
                if request.method != "POST" or endpoint.often or not endpoint.credential or not call.key:
                    return view(call)
                secret = endpoint.credential(request)
                return once.answer(request, call.key, secret, lambda: call.body, lambda: view(call))
            except ApiError as error:
                return error_response(error)
            except RequestDataTooBig:
                too_large = "The body is larger than this exchange reads."
                return error_response(ApiError("body_too_large", too_large))
            except (BadRequest, SuspiciousOperation):  # of a form: too many fields, another encoding
                return error_response(ApiError("bad_body", "The form cannot be read."))
            except UnreadablePostError:
                return error_response(ApiError("bad_body", "The body ended before its length was reached."))
            except (OperationalError, InterfaceError, InternalError) as error:
                log.error("the database did not answer: %s", type(error).__name__)
                later = {"Retry-After": "5"}
                return error_response(ApiError("unavailable", "The database did not answer.", headers=later))
            except Exception as error:
                log.error("%s failed: %s", view.__name__, type(error).__name__)
                log.debug("%s", view.__name__, exc_info=True)
                return error_response(ApiError("internal_error", "Something failed on our side."))

        answer.endpoint = endpoint  # type: ignore[attr-defined]  # for the documentation's test
        return answer

    return wrap
