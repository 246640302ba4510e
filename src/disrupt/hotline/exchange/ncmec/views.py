"""The addresses of NCMEC's hash sharing that its public client asks."""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
import uuid
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from disrupt.hotline.bank import readers
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door.api import READ, Call, Endpoint, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import sight_of
from disrupt.hotline.exchange.hearing.refusing import told_of_no_room
from disrupt.hotline.exchange.hearing.words import give_feedback
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.ncmec import submitting
from disrupt.hotline.exchange.ncmec.entries import entry_of, page
from disrupt.hotline.exchange.ncmec.windows import Window, answered_until, window
from disrupt.hotline.exchange.stopncii.views import same_partner
from disrupt.protocol import ncmec
from disrupt.protocol.feed import is_entry_id
from disrupt.protocol.feedback import Opinion, Why, Word
from disrupt.protocol.ncmec_submission import read_submission

SIZE = 5000
"""Changes a page: so many that the client, which asks for less time where there is a next page, does not."""
_LARGEST = 10**18 - 1
_HOTLINE = 1
_BASIC = re.compile(r"basic +([A-Za-z0-9+/=]+) *", re.IGNORECASE)
_REASONS = {str(uuid.uuid5(uuid.NAMESPACE_URL, f"{ncmec.NAMESPACE}#{why}")): why for why in Why if why}
_OTHER_PICTURE = (Why.OTHER_PICTURE, Why.NOBODY_SHOWN)


def password(request: HttpRequest) -> str:
    """The key that is the password; the user is the same partner. Raises ApiError."""
    found = _BASIC.fullmatch(request.headers.get("Authorization", ""))
    try:
        user, colon, key = base64.b64decode(found[1] if found else "", validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        colon = ""
    if not colon:
        raise ApiError("missing_key", "This address needs Authorization: Basic, with the key as password.")
    if not same_partner(key, user):
        raise ApiError("invalid_key", "The user is neither this partner's identifier nor the key.")
    return key


def _key(call: Call) -> ApiKey:
    assert call.key is not None  # every address here has a credential
    return call.key


def _xml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _hotline() -> ncmec.Member:
    return ncmec.Member(_HOTLINE, settings.HOTLINE_NAME)


def _asker(partner: Partner) -> ncmec.Member:
    """A number of its own, that says nothing of others'."""
    return ncmec.Member((partner.pk.int >> 97) | 1 << 31, partner.name)


@serve(Endpoint(READ, Scope.FEED_READ, (), password))
def status(call: Call) -> HttpResponse:
    """GET v2/status: who asks."""
    return _xml(ncmec.document("status", _asker(_key(call).partner).xml()))


@serve(Endpoint(READ, Scope.FEED_READ, (), password))
def members(call: Call) -> HttpResponse:
    """GET v2/members: whose entries these are, and who asks; never who else reads."""
    those = (_hotline(), _asker(_key(call).partner))
    return _xml(ncmec.document("memberList", "".join(one.xml() for one in those)))


def entries(request: HttpRequest) -> HttpResponse:
    """v2/entries: read by windows, or submitted to."""
    return submit(request) if request.method == "POST" else changed(request)


@serve(Endpoint(("POST",), Scope.HASHES_SUBMIT, (), password))
def submit(call: Call) -> HttpResponse:
    """POST v2/entries: entries that the member proposes or retracts; all of them are taken, or none."""
    try:
        said = read_submission(call.body)
    except ncmec.BadNcmec as error:
        raise ApiError("bad_body", str(error)) from None
    partner = _key(call).partner
    with told_of_no_room():
        taken = submitting.submit(partner, said)
    return _xml(ncmec.write_entries(_asker(partner), taken, ""))


@serve(Endpoint(READ, Scope.FEED_READ, ("from", "to", "start", "size", "max"), password, beside=("POST",)))
def changed(call: Call) -> HttpResponse:
    """GET v2/entries: what changed from one time to another, or the next page of that."""
    key, sight = _key(call), sight_of(_key(call))
    now = clock.now().replace(microsecond=0)
    begin, end = _time(call, "from", dt.datetime(1970, 1, 1, tzinfo=dt.UTC)), _time(call, "to", now)
    if end > now:
        raise ApiError(
            "bad_parameter",
            f"“to” lies ahead: here it is {ncmec.write_time(now)}. "
            "Set your clock, and run the client with TZ=UTC.",
        )
    answered_until(end)
    asked = window(begin, end)
    start = call.whole("start", 0, 0, _LARGEST)
    last = call.whole("max", asked.end, 0, _LARGEST)
    asked = Window(asked.start, min(last, asked.end))
    readers.acknowledge(key.partner_id, asked.start, sight)
    size = call.whole("size", SIZE, 1, SIZE)
    found, reached = page(asked, max(start - 1, 0), size, sight)
    following = ""
    if reached < asked.end:
        query = {"from": ncmec.write_time(begin), "to": ncmec.write_time(end)}
        following = f"/v2/entries?{urlencode(query | {'start': reached + 1, 'size': size, 'max': asked.end})}"
    return _xml(ncmec.write_entries(_hotline(), found, following))


def _time(call: Call, name: str, default: dt.datetime) -> dt.datetime:
    try:
        return ncmec.read_time(call.query[name]) if name in call.query else default
    except ncmec.BadNcmec as error:
        raise ApiError("bad_parameter", str(error)) from None


@serve(Endpoint(READ, Scope.FEEDBACK_WRITE, (), password))
def reasons(call: Call) -> HttpResponse:
    """GET v2/feedback/TYPE/reasons: why an entry may be disputed."""
    return _xml(ncmec.write_reasons((guid, why.value) for guid, why in _REASONS.items()))


@serve(Endpoint(("PUT",), Scope.FEEDBACK_WRITE, (), password))
def feedback(call: Call) -> HttpResponse:
    """PUT v2/entries/MEMBER/ENTRY/TYPE/feedback: affirmed, or disputed for a reason."""
    entry = entry_of(call.parts["entry"])
    try:
        reason = ncmec.read_feedback(call.body)
    except ncmec.BadNcmec as error:
        raise ApiError("bad_body", str(error)) from None
    if reason is not None and reason not in _REASONS:
        raise ApiError("bad_body", "There is no such reason: see v2/feedback/PDQ/reasons.")
    word = Word(entry, Opinion.BLOCKED) if reason is None else _disputed(entry, _REASONS[reason])
    key = _key(call)
    known = call.parts["member"] == str(_HOTLINE) and is_entry_id(entry)
    if not known or not give_feedback(key.partner, sight_of(key), (word,)).kept:
        raise ApiError("not_found", "There is no such entry on your list.")
    return _xml(ncmec.document("feedbackResult", ""))


def _disputed(entry: str, why: Why) -> Word:
    opinion = Opinion.FALSE_MATCH if why in _OTHER_PICTURE else Opinion.NOT_BLOCKED
    return Word(entry, opinion, why)
