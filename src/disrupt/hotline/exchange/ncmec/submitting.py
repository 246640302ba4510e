"""What a member submits by this protocol is a proposal like any other; its own ids are for retracting."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.exchange.hearing.contributions import submit_hashes
from disrupt.hotline.exchange.models import Partner, SubmittedHash
from disrupt.protocol.ncmec import Entry
from disrupt.protocol.ncmec_submission import USED, Submitted
from disrupt.protocol.stopncii import Opinion, Posted, Signal

_SIGNALS = {"image": Signal.IMAGE_PDQ, "video": Signal.VIDEO_MD5}


@transaction.atomic
def submit(partner: Partner, entries: Sequence[Submitted]) -> list[Entry]:
    """Keep what is submitted, take back what is retracted; the entries that this partner has now of those.

    What is not kept (a generic hash, that of a lawful picture) and an id that is not known are left out.
    """
    gone = {one.id for one in entries if one.value is None}
    rows = SubmittedHash.objects.filter(partner=partner, their_id__in=gone)
    retracted = [
        (row.their_id, Posted(Signal(row.signal), row.value, Opinion.WITHDRAWN, tuple(row.tags)))
        for row in rows
    ]
    new = [(one, _posted(one, one.value)) for one in entries if one.value is not None]
    # What is retracted under one id and submitted under another stays: the last word on a hash counts.
    submit_hashes(partner, [*(said for _, said in retracted), *(said for _, said in new)])
    now, told = clock.now(), list[Entry]()
    kinds = {one.id: one.kind for one in entries}
    told += [Entry(kinds[name], name, now, deleted=True) for name, _ in retracted]
    kept = set(SubmittedHash.objects.filter(partner=partner, value__in=[said.value for _, said in new])
               .values_list("value", flat=True))  # fmt: skip
    for one, said in new:
        if said.value in kept:
            SubmittedHash.objects.filter(partner=partner, signal=said.signal.value, value=said.value).update(
                their_id=one.id
            )
            prints = ((USED[one.kind], said.value),)
            told.append(Entry(one.kind, one.id, now, False, one.classification, prints))
    return told


def _posted(one: Submitted, value: str) -> Posted:
    tags = (one.classification,) if one.classification else ()
    return Posted(_SIGNALS[one.kind], value, Opinion.BLOCKED, tags)
