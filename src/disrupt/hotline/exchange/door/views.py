"""A partner looks after its own keys."""

from __future__ import annotations

from django.http import HttpResponse

from disrupt.hotline.exchange.door.api import Call, Endpoint, bearer, json_response, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.services import TurnedOver, turn_over


@serve(Endpoint(("POST",), Scope.KEY_ROTATE, (), bearer))
def rotate(call: Call) -> HttpResponse:
    """POST /v1/key/rotate: another key in the place of the one that is sent."""
    if call.json_body() != {}:
        raise ApiError("bad_body", "The body is an empty object: a new key may what this one may.")
    assert call.key is not None  # this address has a credential
    try:
        fresh, secret = turn_over(call.key)
    except TurnedOver as error:
        raise ApiError("turned_over", str(error)) from None
    ends = {"expires_at": fresh.expires_at.isoformat(), "old_expires_at": call.key.expires_at.isoformat()}
    response = json_response({"key": secret, **ends})
    response["Cache-Control"] = "no-store"
    return response
