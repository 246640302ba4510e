"""The log by itself: a proof between any two of its heads, and the signatures of who witnessed it."""

from __future__ import annotations

from django.http import HttpResponse

from disrupt.hotline.bank.log import tree_at
from disrupt.hotline.bank.queries import hotline_id
from disrupt.hotline.cases import anchoring
from disrupt.hotline.exchange.door.api import READ, Call, Endpoint, bearer, json_response, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.proving.proofs import between, logged, restored, signed_head
from disrupt.hotline.exchange.proving.witnessing import keep, witnesses
from disrupt.protocol.signed_log import LEDGERS, BadLog
from disrupt.protocol.witness import read_witness

_LARGEST = 10**18 - 1


@serve(Endpoint(READ, Scope.FEED_READ, ("first", "second", "ledgers"), bearer))
def log(call: Call) -> HttpResponse:
    """GET /v1/log: the signed head, a proof, the witnesses, restored backups, the ledgers' head."""
    size = logged()
    second = call.whole("second", size, 0, _LARGEST)
    first = call.whole("first", second, 0, _LARGEST)
    if max(first, second) > size:
        raise ApiError("cursor_ahead", f"You ask for {max(first, second)}; the last change here is {size}.")
    if first > second:
        raise ApiError("bad_parameter", "first is not beyond second.")
    ledgers = {"ledgers": _ledgers(call)} if "ledgers" in call.query else {}
    response = json_response(
        {
            **ledgers,
            "hotline": str(hotline_id()),
            "head": signed_head(size, tree_at(size).root()).to_wire(),
            "first": first,
            "second": second,
            "consistency": [one.hex() for one in between(first, second)],
            "witnesses": [one.to_wire() for one in witnesses()],
            "restored": [one.to_wire() for one in restored()],
        }
    )
    response["Cache-Control"] = "private, no-cache"
    return response


def _ledgers(call: Call) -> dict[str, object]:
    """The signed head of the hotline's own ledgers, and the proof that it goes on from what is known."""
    known = call.whole("ledgers", 0, 0, _LARGEST)
    size, root, proof = anchoring.tree(known)
    if known > size:
        raise ApiError("cursor_ahead", f"You know {known} anchors of the ledgers; there are {size}.")
    return {
        "head": signed_head(size, root, LEDGERS).to_wire(),
        "first": known,
        "consistency": [one.hex() for one in proof],
    }


@serve(Endpoint(("POST",), Scope.FEED_READ, (), bearer))
def witness(call: Call) -> HttpResponse:
    """POST /v1/log/witness: a partner signs a head that it verified."""
    try:
        said = read_witness(call.json_body())
    except BadLog as error:
        raise ApiError("bad_body", f"{str(error)[:1].upper()}{str(error)[1:]}.") from None
    assert call.key is not None  # this address has a credential
    keep(call.key.partner, said)
    return json_response({"size": said.size})
