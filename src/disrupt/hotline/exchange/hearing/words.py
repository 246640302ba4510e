"""Partners' words on entries (`POST /v1/feedback`): kept once for each partner and entry, and acted on."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from disrupt.hotline.bank import copies
from disrupt.hotline.bank.models import BankChange, ChangeKind, EntryState
from disrupt.hotline.bank.services import take_turn
from disrupt.hotline.common import clock
from disrupt.hotline.exchange import counted
from disrupt.hotline.exchange.door.sight import FIELDS, Facts, Sight
from disrupt.hotline.exchange.hearing import room, secondlook
from disrupt.hotline.exchange.models import EntryWord, Partner
from disrupt.protocol.feedback import DISPUTING, Opinion, Word


@dataclass(frozen=True)
class Taken:
    """How many words were kept, how many of those were new or changed, and how many are of no entry here."""

    kept: int
    changed: int
    unknown: int


@transaction.atomic
def give_feedback(partner: Partner, sight: Sight, words: Sequence[Word]) -> Taken:
    """Keep what a partner found about entries that it may see; have a person look where that calls for it."""
    asked = [uuid.UUID(word.entry) for word in words]
    told = BankChange.objects.filter(entry__in=asked, kind=ChangeKind.ADDED, entry__state=EntryState.ACTIVE)
    seen = {pk for pk, *facts in told.values_list("entry_id", *FIELDS) if sight.shows(Facts(*facts))}
    known = {row.entry_id: row for row in EntryWord.objects.filter(partner=partner, entry__in=seen)}
    now, changed = clock.now(), 0
    take_turn()  # before any case is held: an entry may be set aside below
    ours = [(uuid.UUID(word.entry), word) for word in words if uuid.UUID(word.entry) in seen]
    for entry_id, word in ours:
        row = known.get(entry_id) or EntryWord(partner=partner, entry_id=entry_id, first_at=now)
        before = (row.opinion, row.why, row.seen, row.retroactive)
        if row.pk and before == (word.opinion, word.why, word.seen, word.retroactive):
            continue
        disputed_before = row.opinion in DISPUTING
        row.opinion, row.why = word.opinion.value, word.why.value
        row.seen, row.retroactive, row.changed_at = word.seen, word.retroactive, now
        row.answered_at = None
        row.save()
        counted.said([row])
        if word.opinion == Opinion.BLOCKED:
            copies.blocked(entry_id, partner.pk, word.seen)
        elif word.opinion in DISPUTING:
            copies.took_back(entry_id, partner.pk)
        changed += 1
        newly_disputed = word.opinion in DISPUTING and not disputed_before
        if not secondlook.matched_too_much(entry_id, partner, word.seen) and newly_disputed:
            secondlook.ask_for_review(entry_id, partner)
    if changed:
        room.trace(partner, "feedback-given", changed)
    return Taken(len(ours), changed, len(words) - len(ours))
