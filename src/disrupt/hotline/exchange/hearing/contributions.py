"""What partners send us: hashes they propose and feedback on ours; the same post twice is stored once.

Neither is for ever: feedback goes with the entry that it is about, and both go after a time (docs/adr/0013).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from disrupt.hotline.bank import copies, lawful
from disrupt.hotline.bank.models import EntryState, LawfulPrint
from disrupt.hotline.bank.services import take_turn
from disrupt.hotline.common import clock
from disrupt.hotline.exchange import counted
from disrupt.hotline.exchange.hearing import proposed, room, secondlook
from disrupt.hotline.exchange.models import Feedback, Opinion, Partner, ProposalState, SubmittedHash, WireHash
from disrupt.hotline.exchange.stopncii import wirehashes
from disrupt.protocol.generic import is_generic, is_generic_digest
from disrupt.protocol.stopncii import Posted, Signal

T = TypeVar("T", SubmittedHash, Feedback)


def _store(model: type[T], partner: Partner, posted: Sequence[Posted]) -> int:
    """Insert or bring up to date; how many rows are new or changed. The last word on a hash counts."""
    latest = {(p.signal.value, p.value): p for p in posted}
    now = clock.now()
    values = [value for _, value in latest]
    known = list(model._default_manager.filter(partner=partner, value__in=values))
    unchanged = {
        (row.signal, row.value)
        for row in known
        if (row.opinion, tuple(row.tags)) == _said(latest.get((row.signal, row.value)))
    }
    there = {(row.signal, row.value) for row in known}
    room.make_sure(model, partner, len(latest.keys() - there))
    rows = [
        model(
            partner=partner,
            signal=signal,
            value=value,
            opinion=p.opinion.value,
            tags=list(p.tags),
            first_at=now,
            changed_at=now,
        )
        for (signal, value), p in latest.items()
        if (signal, value) not in unchanged
    ]
    model._default_manager.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["partner", "signal", "value"],
        update_fields=["opinion", "tags", "changed_at"],
    )
    if model is Feedback:
        counted.said(rows)
    return len(rows)


def _said(posted: Posted | None) -> tuple[str, tuple[str, ...]] | None:
    return (posted.opinion.value, posted.tags) if posted else None


def worth_keeping(posted: Sequence[Posted]) -> list[Posted]:
    """Without generic hashes, and those of lawful pictures: nobody will ever be offered them."""
    known = set(
        LawfulPrint.objects.filter(value__in=[p.value for p in posted]).values_list("value", flat=True)
    )
    pdqs = [p.value for p in posted if p.signal is Signal.IMAGE_PDQ]
    known |= {value for value, lawful_one in zip(pdqs, lawful.near(pdqs), strict=True) if lawful_one}
    generic = {Signal.IMAGE_PDQ: is_generic, Signal.VIDEO_MD5: is_generic_digest}
    return [p for p in posted if p.value not in known and not generic[p.signal](p.value)]


@transaction.atomic
def submit_hashes(partner: Partner, posted: Sequence[Posted]) -> int:
    """Keep the hashes that a partner proposes, for an analyst to decide on; how many were new or changed.

    What it takes back (`Withdrawn`, `Deleted`) leaves the lists, if it was offered. Raises NoRoom.
    """
    taken_back = {p for p in posted if p.opinion.value in proposed.TAKEN_BACK}
    back = [p.value for p in taken_back]
    if back:
        take_turn()  # before any row is held: entries may leave the lists below
    kept = {*worth_keeping([p for p in posted if p not in taken_back]), *taken_back}
    changed = _store(SubmittedHash, partner, [p for p in posted if p in kept])
    if changed:
        proposed.taken_back(partner, back)
        room.trace(partner, "hashes-submitted", changed)
    return changed


@transaction.atomic
def submit_feedback(partner: Partner, posted: Sequence[Posted]) -> int:
    """Keep what a partner found about hashes; how many were new or changed. Raises NoRoom."""
    if any(one.opinion.value == Opinion.NOT_BLOCKED for one in posted):
        take_turn()  # before any case is held: an entry may be set aside below
    changed = _store(Feedback, partner, posted)
    if changed:
        _have_looked_at(partner, posted)
        room.trace(partner, "feedback-submitted", changed)
    return changed


def _have_looked_at(partner: Partner, posted: Sequence[Posted]) -> None:
    """What was looked at and not blocked is looked at again here; of what was blocked a copy is counted."""
    for entry_id in _behind(posted, Opinion.BLOCKED):
        copies.blocked_one(entry_id, partner.pk)
    for entry_id in _behind(posted, Opinion.NOT_BLOCKED):
        copies.took_back(entry_id, partner.pk)
        secondlook.ask_for_review(entry_id, partner)


def _behind(posted: Sequence[Posted], opinion: Opinion) -> set[uuid.UUID]:
    """The active entries of which a hash was said to be so."""
    values = [one.value for one in posted if one.opinion.value == opinion]
    behind = WireHash.objects.filter(value__in=values, entry__state=EntryState.ACTIVE)
    return set(behind.values_list("entry_id", flat=True))


def _about_nothing(feedback: QuerySet[Feedback]) -> QuerySet[Feedback]:
    """That on hashes of no active entry: nothing can follow from it any more."""
    ours = WireHash.objects.filter(
        signal=OuterRef("signal"), value=OuterRef("value"), entry__state=EntryState.ACTIVE
    )
    return feedback.exclude(Exists(ours))


def forget_feedback(values: Iterable[str]) -> int:
    """Erase what was found about hashes of an entry that is erased; how many words that were."""
    return _about_nothing(Feedback.objects.filter(value__in=list(values))).delete()[0]


def _old(model: type[T]) -> QuerySet[T]:
    return model._default_manager.filter(changed_at__lte=clock.now() - settings.KEEP_PARTNERS_WORDS)


def _old_proposals() -> QuerySet[SubmittedHash]:
    return _old(SubmittedHash).exclude(state=ProposalState.OFFERED)


def forget_old() -> int:
    """Erase old proposals that are not offered, and old feedback on what is not in the bank; how many.

    Feedback on an active entry stays as long as the entry does: it may be why the entry must go.
    """
    if wirehashes.is_behind():  # which hashes are of active entries is not known yet
        return 0
    return _old_proposals().delete()[0] + _about_nothing(_old(Feedback)).delete()[0]


def is_old() -> bool:
    """Whether `forget_old` has something to erase."""
    if wirehashes.is_behind():
        return False
    return _old_proposals().exists() or _about_nothing(_old(Feedback)).exists()
