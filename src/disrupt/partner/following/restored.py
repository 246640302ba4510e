"""Whether a hotline whose list went back says, signed, that it restored a backup (docs/adr/0141)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from disrupt.partner.following.feed_client import FeedClient, SyncError
from disrupt.partner.following.proof import Proof, is_signed
from disrupt.protocol.signed_log import RESTORED, BadLog, Head, read_head

MOST = 100


def restored_since(client: FeedClient, proof: Proof) -> Head | None:
    """What a key that is trusted here signed of a backup restored after this reader came last; else None.

    An old word does not count: it must be younger than the newest head that was verified here, and the list
    must have gone on from before that head. Who knows no head of the log believes nobody.
    """
    if proof.signed is None:
        return None
    try:
        said = client.ask("/v1/log").get("restored", [])
        heads = [read_head(one, RESTORED) for one in said[:MOST]]
    except (SyncError, BadLog, AttributeError, TypeError):
        return None
    known = proof.signed
    later = (one for one in heads if one.size < known.size and _is_later(one.at, known.at))
    return next(_trusted(later, proof.keys), None)


def _trusted(heads: Iterable[Head], keys: tuple[str, ...]) -> Iterator[Head]:
    for head in heads:
        pairs = zip(head.keys, head.signatures, strict=True)
        signed = {key for key, one in pairs if is_signed(head, key, one)}
        if len(signed) == len(head.keys) and signed & set(keys):
            yield head


def _is_later(at: str, than: str) -> bool:
    try:
        return dt.datetime.fromisoformat(at) > dt.datetime.fromisoformat(than)
    except (ValueError, TypeError):  # no time, or one without its zone
        return False
