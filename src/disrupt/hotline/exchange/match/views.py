"""POST /v1/match: whether fingerprints, or an upload, are on the list."""

from __future__ import annotations

from django.http import HttpResponse

from disrupt.hotline.exchange.door.api import Call, Endpoint, bearer, json_response, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.limits import LOOK_UPS, UPLOADS
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.match.answers import answers
from disrupt.hotline.exchange.match.counting import count
from disrupt.hotline.exchange.match.following import current
from disrupt.hotline.exchange.match.telling import certain, told
from disrupt.hotline.exchange.match.upload import asking
from disrupt.hotline.exchange.match.upload.receiving import is_upload
from disrupt.hotline.exchange.queries import require_scope
from disrupt.protocol.look_up import BadLookUp, parse_look_ups


@serve(Endpoint(("POST",), Scope.MATCH_ASK, (), bearer, often=True))
def match(call: Call) -> HttpResponse:
    """The matches of one look-up, or of a list of them; nothing that is asked is kept."""
    if is_upload(call.request.content_type or ""):
        return _upload(call)
    try:
        looks, several = parse_look_ups(call.json_body())
    except BadLookUp as error:
        raise ApiError("bad_body", str(error)) from None
    assert call.key is not None  # this address has a credential
    LOOK_UPS.take(call.key.pk, len(looks))
    held = current()
    said = answers(held, looks, sight_of(call.key))
    count(call.key.partner, certain(said))
    return json_response(told(held.seq, said, several=several))


def _upload(call: Call) -> HttpResponse:
    """The matches of a picture or film, which is decoded beside this process and gone with the answer."""
    assert call.key is not None  # this address has a credential
    require_scope(call.key, Scope.MATCH_UPLOAD)
    UPLOADS.take(call.key.pk)
    held = current()
    said = asking.answer(call.request, held, sight_of(call.key))
    count(call.key.partner, certain([said]))
    return json_response(told(held.seq, [said], several=False))
