"""GET /v1/private and POST /v1/private/evaluate: the tags, and the evaluation of what nobody can read."""

from __future__ import annotations

import re

from django.http import HttpResponse
from voprf import ristretto

from disrupt.hotline.bank import readers
from disrupt.hotline.exchange.door.api import READ, Call, Endpoint, bearer, json_response, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.limits import EVALUATIONS
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.match.following import current
from disrupt.hotline.exchange.private import tags
from disrupt.protocol.private.bands import ASKED, NEAR

MOST_EVALUATED = 4 * ASKED[NEAR]
_ELEMENT = re.compile(r"[0-9a-f]{64}")


@serve(Endpoint(READ, Scope.PRIVATE_ASK, (), bearer))
def table(call: Call) -> HttpResponse:
    """The list as this key sees it, as tags."""
    assert call.key is not None  # this address has a credential
    held, sight = current(), sight_of(call.key)
    seq = held.seq
    body = tags.TAGS.table(held, sight)
    readers.acknowledge(call.key.partner_id, seq, sight)
    response = HttpResponse(body, content_type="application/octet-stream")
    response["Content-Encoding"] = "identity"  # tags are as good as random
    response["Cache-Control"] = "private, no-store"
    return response


@serve(Endpoint(("POST",), Scope.PRIVATE_ASK, (), bearer))
def evaluate(call: Call) -> HttpResponse:
    """Blinded bands, evaluated, with the proof that the key is the table's."""
    blinded = _blinded(call.json_body())
    assert call.key is not None  # this address has a credential
    EVALUATIONS.take(call.key.pk, len(blinded))
    key = tags.evaluator()
    told = key.evaluate_batch(blinded).serialize().hex()
    return json_response({"key": key.public_key.serialize().hex(), "evaluated": told})


def _blinded(body: object) -> list[ristretto.BlindedInput]:
    several = body.get("blinded") if isinstance(body, dict) and len(body) == 1 else None
    if not isinstance(several, list) or not 1 <= len(several) <= MOST_EVALUATED:
        raise ApiError("bad_body", f"blinded is a list of 1 to {MOST_EVALUATED:,}, and stands alone.")
    try:
        if not all(isinstance(one, str) and _ELEMENT.fullmatch(one) for one in several):
            raise ValueError
        return [ristretto.BlindedInput.deserialize(bytes.fromhex(one)) for one in several]
    except ValueError:
        raise ApiError(
            "bad_body", "What is blinded is 64 lower-case hexadecimal digits, of ristretto255."
        ) from None
