"""What an upload is answered: as its hashes would be, with the views that were taken of it."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest

from disrupt.fingerprint import FingerprintError, Held, Unconfined
from disrupt.hotline.common.running.decoders import Decoders
from disrupt.hotline.exchange.door.sight import Sight
from disrupt.hotline.exchange.match.answers import MOST_MATCHES, told_match
from disrupt.hotline.exchange.match.held import HeldList
from disrupt.hotline.exchange.match.upload.receiving import DECODERS, busy, limits, place, received
from disrupt.hotline.exchange.match.upload.seen import SeenList
from disrupt.matching.lookup import Findings, best_of, same_bytes
from disrupt.matching.store import Bank
from disrupt.matching.upload import find_file
from disrupt.protocol import matched

_decoders = Decoders(DECODERS, limits)


def answer(request: HttpRequest, held: HeldList, sight: Sight) -> dict[str, Any]:
    """What the upload in the body matches. Raises ApiError, and what reading a body raises."""
    seen = SeenList(held, sight)
    with place(), received(request) as content:
        found, careful = _found(content, cast("Bank", seen))  # which answers what a look-up asks of one
    best = found.matches[:MOST_MATCHES]
    said: dict[str, Any] = {
        "action": "review" if careful and found.action == "none" else found.action,
        "matches": [
            told_match(one, seen.facts[one.entry])
            | {"box": list(one.box) if one.box else None, "seconds": matched.seconds(one)}
            for one in best
        ],
        "quality": found.quality,
        "size": list(found.size),
    }
    return said | ({"refused": found.refused} if found.refused else {})


def _found(content: Held, bank: Bank) -> tuple[Findings, bool]:
    """What was found, and whether that is all that could be: nothing passes because it cannot be decoded."""
    try:
        return find_file(content, bank, sandbox=_decoders.sandbox()), False
    except Unconfined:
        raise busy("No file is decoded here just now.") from None
    except FingerprintError as error:
        exact = same_bytes(content.digests(), bank)
        return Findings(best_of(exact), 0, (0, 0), str(error)), True
