"""The two addresses that the public client of `hash-list/v2` asks: a token, and the list by pages.

A page is one of the StopNCII protocol's in other words: a record a hash, a withdrawn one as deleted, and only
for who was handed it. Its checkpoint is a moment and the number of a change, of which the number counts.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.http import HttpRequest, HttpResponse

from disrupt.hotline.bank import readers
from disrupt.hotline.bank.models import BankChange
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.exchange.door.api import READ, Call, Endpoint, bearer, json_response, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.stopncii import numbering
from disrupt.hotline.exchange.stopncii.fetching import fetch
from disrupt.hotline.exchange.stopncii.numbering import Numbering
from disrupt.hotline.exchange.stopncii.views import same_partner
from disrupt.protocol.stopncii import EPOCH, HashRecord, Signal, Status

PAGE = 500
FORM = "application/x-www-form-urlencoded"
_LARGEST = 10**18 - 1
CHECKPOINT = r"(?:([0-9]{1,12})(?:\.[0-9]{1,6})?,([0-9]{1,18}))?"
_CHECKPOINT = re.compile(CHECKPOINT)
# The client keeps a video's MD5 by the ending of its file, which nobody told us.
_KINDS = {Signal.IMAGE_PDQ: ("PDQ", "jpg"), Signal.VIDEO_MD5: ("MD5", "mp4")}


def password(request: HttpRequest) -> str:
    """The key that is the password of a form; the user is the same partner. Raises ApiError."""
    form = request.POST if request.content_type == FORM else {}  # one with files would lay them on a disk
    user, key = str(form.get("username", "")), str(form.get("password", ""))
    if not key:
        raise ApiError(
            "missing_key", "This address needs a form with username and password, which is the key."
        )
    if not same_partner(key, user):
        raise ApiError("invalid_key", "The user is neither this partner's identifier nor the key.")
    return key


@serve(Endpoint(("POST",), Scope.STOPNCII_READ, (), password))
def token(call: Call) -> HttpResponse:
    """POST token-auth/tcap/: the key again, as what the client sends with each page."""
    response = json_response({"user": {}, "token": password(call.request)})
    response["Cache-Control"] = "no-store"
    return response


# What the client asks for first is the word None.
@serve(Endpoint(READ, Scope.STOPNCII_READ, ("None", "order", "after", "offset"), bearer))
def hashes(call: Call) -> HttpResponse:
    """GET api/hash-list/v2/all: the hashes after a checkpoint, and those taken back."""
    found = _CHECKPOINT.fullmatch(call.query.get("after", ""))
    if not found or call.query.get("order", "asc") != "asc":
        raise ApiError("bad_parameter", "after is a checkpoint of ours, order is asc.")
    numbers, last = numbering.current(), last_seq()
    moment, asked = int(found[1] or 0), EPOCH + int(found[2] or 0)
    start = numbers.place(asked)
    position = call.whole("offset", start.seq, start.seq, _LARGEST)
    if position > last:
        raise ApiError("cursor_ahead", f"The checkpoint is {position}; the last change here is {last}.")
    assert call.key is not None  # this address has a credential
    page = fetch(call.key, start, position, PAGE, last, numbers)
    readers.acknowledge(call.key.partner_id, start.seq, sight_of(call.key))
    moments = dict(BankChange.objects.filter(seq__gt=position, seq__lte=page.end).values_list("seq", "at"))
    reached = numbers.number(page.end)
    # Neither of the two goes back, or the client stops: also where a list that was lost is read anew.
    told = (
        f"{max(moment, int(moments[page.end].timestamp()))},{reached - EPOCH}"
        if page.end in moments and reached > asked
        else call.query.get("after", "")
    )
    return json_response(
        {
            "count": len(page.records),
            "next": f"offset={page.end}" if page.more else None,
            "previous": None,
            "checkpoint": told,
            "results": [_record(one, numbers, moments) for one in page.records],
        }
    )


def _record(one: HashRecord, numbers: Numbering, moments: dict[int, dt.datetime]) -> dict[str, Any]:
    number = numbers.place(one.timestamp).seq
    algorithm, ending = _KINDS[one.signal]
    at = moments[number]
    return {
        "hash_digest": one.value,
        "algorithm": algorithm,
        "ideology": "all",
        "file_type": ending,
        "deleted": one.status is Status.WITHDRAWN,
        "updated_on": at.timestamp(),
        "created_on": at.isoformat(),
        "id": number,
    }
