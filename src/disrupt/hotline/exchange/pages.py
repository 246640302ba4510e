"""Answers of the feed: a page, or that nothing has changed, alike for all who ask it with one sight."""

from __future__ import annotations

import functools
import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from disrupt.hotline.exchange import lives, standby
from disrupt.hotline.exchange.door.api import json_response
from disrupt.hotline.exchange.door.sight import Sight
from disrupt.hotline.exchange.proving.proofs import logged
from disrupt.hotline.exchange.queries import feed_page
from disrupt.protocol.feed import FORMAT, write_page


def answer(
    request: HttpRequest, after: int, limit: int, last: int, sight: Sight, *, waited: bool
) -> HttpResponse:
    """The changes after a cursor, of which `last` is the newest; 304 when `request` names this very page."""
    # Every withdrawal gets a number: the last of this list, and what the key may see, decide a page.
    life = lives.current().name
    question = f"{FORMAT} {after} {limit} {last} {life} {sight.mark}".encode()
    etag = f'W/"{hashlib.sha256(question).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        asked = (after, limit, last, sight)
        page = for_many(*asked, (life, logged())) if waited else _page(*asked)
        response = HttpResponse(page, content_type="application/json")
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response


def _page(after: int, limit: int, last: int, sight: Sight) -> bytes:
    page = standby.read(lambda using: feed_page(after, limit, last, sight, using))
    return json_response(write_page(page)).content


@functools.lru_cache(maxsize=8)
def for_many(after: int, limit: int, last: int, sight: Sight, proven: tuple[int, int]) -> bytes:
    """All who waited ask for the same page in one moment; in another log, or with more in it, it has another
    proof."""
    return _page(after, limit, last, sight)
