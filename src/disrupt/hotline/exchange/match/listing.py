"""GET /v1/list: all hashes that a key may see, or what changed of them, from the list in memory."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from django.http import HttpResponse, StreamingHttpResponse

from disrupt.hotline.bank import readers
from disrupt.hotline.bank.models import BankChange, ChangeKind
from disrupt.hotline.exchange import lives
from disrupt.hotline.exchange.door.api import Call, Endpoint, bearer, serve
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.recently import vouch
from disrupt.hotline.exchange.door.remembering import remember
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import Sight, sight_of
from disrupt.hotline.exchange.match.following import current
from disrupt.hotline.exchange.match.held import PART, HeldList
from disrupt.protocol.binary_list import About, BinaryList, write_list
from disrupt.protocol.feed import MOST_WAIT

_LARGEST = 10**18 - 1


def _gone(after: int, seq: int) -> list[int]:
    """The numbers, up to `after`, of additions that were withdrawn since."""
    withdrawn = BankChange.objects.filter(seq__gt=after, seq__lte=seq, kind=ChangeKind.WITHDRAWN)
    added = BankChange.objects.filter(
        entry__in=withdrawn.values("entry_id"), kind=ChangeKind.ADDED, seq__lte=after
    )
    return list(added.order_by("seq").values_list("seq", flat=True))


def list_of(held: HeldList, after: int, sight: Sight, *, entries: bool) -> BinaryList:
    """The hashes of entries added after a change, as far as a key may see them."""
    seq = held.seq  # what comes meanwhile is of the next answer
    hashes, numbers = held.index.contents()
    seqs = numbers >> np.uint64(2)
    classes, facts = held.classes_of(seqs)
    shown = np.array([sight.shows(one) for one in facts] or [False])
    kept = shown[classes] & (seqs > after) & (seqs <= seq)
    if not sight.derived:
        kept &= (numbers & np.uint64(3)) != PART
    rows = np.flatnonzero(kept)
    # In order of their numbers: whoever was given them in an earlier answer has them in the same order.
    rows = rows[np.argsort(numbers[rows], kind="stable")]
    places = np.cumsum(shown) - 1
    return BinaryList(
        seq,
        after,
        tuple(
            About(one.kind, one.category, one.origin, one.minors or None, one.jurisdiction or None)
            for one, may in zip(facts, shown, strict=False)
            if may
        ),
        np.array(_gone(after, seq) if after else [], "<u8"),
        numbers[rows].astype("<u8"),
        places[classes[rows]].astype("<u2"),
        hashes[rows],
        held.entries_of(seqs[rows]) if entries else None,
    )


@serve(Endpoint(("GET",), Scope.FEED_READ, ("after", "entries", "life", "wait"), bearer))
def hashes(call: Call) -> HttpResponse:
    """The hashes that this key may see, in the binary form."""
    after, entries = call.whole("after", 0, 0, _LARGEST), call.whole("entries", 0, 0, 1)
    call.whole("wait", 0, 0, MOST_WAIT)  # the server's door has done it (processes/waiting.py)
    held = current()
    if after > held.seq:
        raise ApiError("cursor_ahead", f"The cursor is {after}; the last change here is {held.seq}.")
    lived = lives.current()
    if not lived.knows(call.whole("life", lived.name, 0, _LARGEST), after):
        raise ApiError("cursor_ahead", f"The cursor is {after}, of a list that was lost.")
    assert call.key is not None  # this address has a credential
    sight = sight_of(call.key)
    remember(partial(readers.acknowledge, call.key.partner_id, after, sight))
    vouch(bearer(call.request), call.key)
    told = write_list(replace(list_of(held, after, sight, entries=bool(entries)), life=lived.name))
    response = StreamingHttpResponse(told, content_type="application/octet-stream")
    # Hashes are as good as random: gzip would only take time (door/packed.py).
    response["Content-Encoding"] = "identity"
    response["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]  # a response all the same
