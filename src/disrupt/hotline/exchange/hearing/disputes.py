"""Whether a partner looked at what a fingerprint matched, and did not block it."""

from __future__ import annotations

from disrupt.hotline.bank.models import DERIVED
from disrupt.hotline.bank.nearness import distances, rows_of
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.exchange.models import EntryWord, Feedback, Opinion
from disrupt.protocol.feedback import DISPUTING
from disrupt.protocol.stopncii import Signal

RADIUS = 31


def somebody_did_not_block(prints: Prints) -> bool:
    """Whether a partner that is let in said so of this very file, or of a hash that this one would match."""
    said = Feedback.objects.filter(opinion=Opinion.NOT_BLOCKED, partner__active=True)
    if prints.md5 and said.filter(signal=Signal.VIDEO_MD5, value=prints.md5).exists():
        return True
    asked = [row["hex"] for row in prints.pdq if row.get("role") != DERIVED]
    if not asked:
        return False
    by_hash = said.filter(signal=Signal.IMAGE_PDQ).values_list("value", flat=True)
    known = rows_of([*by_hash, *_of_entries()])
    return any(distance <= RADIUS for distance in distances(known, asked))


def _of_entries() -> list[str]:
    """The hashes (but those of parts) of entries that a partner disputes."""
    disputed = EntryWord.objects.filter(opinion__in=DISPUTING, partner__active=True)
    found = disputed.values_list("entry__prints", flat=True)
    return [row["hex"] for one in found for row in one.get("pdq", ()) if row.get("role") != DERIVED]
