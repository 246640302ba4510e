"""The StopNCII protocol's three addresses, for clients that speak it already."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from disrupt.hotline.bank import readers
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.exchange.door import secretkeys
from disrupt.hotline.exchange.door.api import Call, Endpoint, json_response, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.hearing.refusing import told_of_no_room
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.stopncii import numbering
from disrupt.hotline.exchange.stopncii.fetching import fetch
from disrupt.protocol import stopncii
from disrupt.protocol.stopncii import BadSubmission

_LARGEST = 10**18 - 1


def functions_key(request: HttpRequest) -> str:
    """The key of `x-functions-key`; the subscription key, when sent, must be of the same partner.

    Raises ApiError.
    """
    key = request.headers.get("x-functions-key", "")
    if not key:
        raise ApiError("missing_key", "This address needs the header x-functions-key: KEY.")
    subscription = request.headers.get("Ocp-Apim-Subscription-Key")
    if subscription is not None and not same_partner(key, subscription):
        raise ApiError(
            "invalid_key", "Ocp-Apim-Subscription-Key is neither this partner's identifier nor the key."
        )
    return key


def same_partner(key: str, subscription: str) -> bool:
    """Whether a key and what came beside it are of one partner, as far as anything is said of the key."""
    if hmac.compare_digest(key.encode(), subscription.encode()):
        return True
    prefix = secretkeys.prefix_of(key)
    found = ApiKey.objects.filter(prefix=prefix or "").first()
    # A wrong key is answered as such, whatever came beside it.
    if found is None or not secretkeys.agrees(key, found.digest):
        return True
    return subscription.lower() == str(found.partner_id)


def _key(call: Call) -> ApiKey:
    assert call.key is not None  # every address here has a credential
    return call.key


@serve(
    Endpoint(
        ("GET", "HEAD"),
        Scope.STOPNCII_READ,
        ("startTimestamp", "pageSize", "nextPageToken"),
        functions_key,
    )
)
def fetch_hashes(call: Call) -> HttpResponse:
    """GET FetchHashes: the records after a timestamp, oldest change first."""
    numbers, asked = numbering.current(), call.whole("startTimestamp", 0, 0, _LARGEST)
    start = numbers.place(asked)
    size = call.whole("pageSize", stopncii.DEFAULT_PAGE_SIZE, 1, stopncii.MAX_PAGE_SIZE)
    position = call.whole("nextPageToken", start.seq, start.seq, _LARGEST)
    last = last_seq()
    if position > last:
        raise ApiError("cursor_ahead", f"The last change here has the timestamp {numbers.number(last)}.")
    readers.acknowledge(_key(call).partner_id, start.seq, sight_of(_key(call)))
    page = fetch(_key(call), start, position, size, last, numbers)
    # Who reads a lost list anew begins anew if it stops before it has come beyond what was lost.
    following = max(asked, numbers.number(page.end))
    token = str(page.end) if page.more else None
    return json_response(
        stopncii.write_fetch(page.records, following=following, token=token, source=settings.HOTLINE_NAME)
    )


def _partner(call: Call) -> Partner:
    return _key(call).partner


@serve(Endpoint(("POST",), Scope.HASHES_SUBMIT, (), functions_key))
def submit_hashes(call: Call) -> HttpResponse:
    """POST SubmitHashes: hashes that a partner proposes; all of them are kept, or none."""
    try:
        posted = stopncii.parse_hashes(call.json_body())
    except BadSubmission as error:
        raise ApiError("bad_body", str(error)) from None
    with told_of_no_room():
        changed = contributions.submit_hashes(_partner(call), posted)
    return json_response({"count": len(posted), "changed": changed})


@serve(Endpoint(("POST",), Scope.FEEDBACK_WRITE, (), functions_key))
def submit_feedback(call: Call) -> HttpResponse:
    """POST SubmitFeedback: what a partner found about hashes; all of it is kept, or none."""
    try:
        posted = stopncii.parse_feedback(call.json_body())
    except BadSubmission as error:
        raise ApiError("bad_body", str(error)) from None
    with told_of_no_room():
        changed = contributions.submit_feedback(_partner(call), posted)
    return json_response({"count": len(posted), "changed": changed})
