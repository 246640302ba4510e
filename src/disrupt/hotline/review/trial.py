"""Made-up cases in any number, for trials of speed: rows as a hotline's, ledgers that verify, no content.

The same seed makes the same cases. Their texts and files have no key: opened, they are said to be destroyed.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Model

from disrupt.hotline.cases import ledger, waiting
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.models import (
    AgeWhenTaken,
    Case,
    Item,
    LedgerEvent,
    PersonAge,
    Qualification,
    Reporter,
    SealedKind,
    SealedNote,
)
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, WORKER, Actor, analyst

MARK = "trial:"
BATCH = 1000
_CATEGORIES = ("NCII-DIF", "NCII-CAP", "DEEP-SEX", "EXT-SEX", "VOY")


@dataclass
class _Batch:
    """The rows of some cases, in the order in which they can be inserted."""

    cases: list[Case] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    notes: list[SealedNote] = field(default_factory=list)
    decisions: list[Qualification] = field(default_factory=list)
    events: list[LedgerEvent] = field(default_factory=list)

    @transaction.atomic
    def write(self) -> None:
        rows: list[list[Model]] = [
            list(self.cases), list(self.items), list(self.notes), list(self.decisions), list(self.events)
        ]  # fmt: skip
        for some in rows:
            if some:
                type(some[0])._default_manager.bulk_create(some, batch_size=500)
        waiting.sort_in(case.pk for case in self.cases)


def make(count: int, closed: int, seed: int = 1) -> Iterator[int]:
    """Write `count` open cases and `closed` ended ones; yields how many there are so far."""
    rng = random.Random(seed)  # noqa: S311  # made-up rows, the same each time
    now = clock.now()
    kinds = [False] * count + [True] * closed
    rng.shuffle(kinds)
    for start in range(0, len(kinds), BATCH):
        batch = _Batch()
        for number, ended in enumerate(kinds[start : start + BATCH], start):
            _case(batch, rng, f"{seed}:{number}", now, ended=ended)
        batch.write()
        yield start + len(batch.cases)


def _case(batch: _Batch, rng: random.Random, name: str, now: dt.datetime, *, ended: bool) -> None:
    """One case: one in seven may show a minor, one in eight is a threat, a third are written to by mail."""
    age = rng.choices(list(AgeWhenTaken), (8, 85, 7))[0]
    threat = rng.random() < 0.12
    opened = now - dt.timedelta(minutes=rng.randrange(30, 60 * 24 * (365 if ended else 20)))
    urgent = threat or age != AgeWhenTaken.ADULT
    case = Case(
        id=uuid.UUID(int=rng.getrandbits(128), version=4),
        lookup=hashlib.sha256(f"{MARK}{name}".encode()).hexdigest(),
        submission=f"{MARK}{name}",
        public_key=b"\0" * 32,
        language=rng.choice(("fr", "fr", "fr", "en")),
        reporter=Reporter.SELF,
        age_when_taken=age,
        threat=threat,
        priority=0 if urgent else 1,
        unread=not ended and (urgent or rng.random() < 0.3),
        stated_at=opened,
        created_at=opened,
    )
    batch.cases.append(case)
    _event(batch, case, "case.opened", REPORTER, opened)
    for position in range(1, rng.choices((1, 2, 3, 8), (60, 25, 12, 3))[0] + 1):
        _item(batch, rng, case, position, ended=ended)
    if rng.random() < 0.35 and not (ended and opened < now - dt.timedelta(days=20)):
        kind = SealedKind.EMAIL if rng.random() < 0.85 else SealedKind.TELEPHONE
        batch.notes.append(_note(rng, case, kind))
        new = not ended and case.ledger_length > 1
        case.to_tell, case.to_call = kind == SealedKind.EMAIL and new, kind == SealedKind.TELEPHONE and new
    if case.unread and rng.random() < 0.6:
        batch.notes.append(_note(rng, case, SealedKind.DESCRIPTION))
    if ended:
        case.closed_at = opened + dt.timedelta(hours=rng.randrange(1, 400))
        case.told_number = case.ledger_length + 1
        _event(batch, case, "case.closed", WORKER, case.closed_at)


def _item(batch: _Batch, rng: random.Random, case: Case, position: int, *, ended: bool) -> None:
    file = rng.random() < 0.5
    item = Item(
        id=uuid.UUID(int=rng.getrandbits(128), version=4),
        case=case,
        position=position,
        kind=ItemKind.FILE if file else ItemKind.URL,
        url="" if file else f"https://host-{rng.randrange(3000)}.example/{rng.getrandbits(40):x}",
        size=rng.randrange(20_000, 4_000_000) if file else 0,
        created_at=case.created_at,
        changed_at=case.created_at,
        prepared=file,
    )
    batch.items.append(item)
    if not ended and rng.random() < 0.85:
        item.vault_id = f"{rng.getrandbits(128):032x}" if file else ""
        return
    illegal = rng.random() < 0.8
    settled = ItemState.PROTECTED if file else ItemState.REMOVED
    under_way = ItemState.PROTECTED if file else ItemState.HOST_NOTIFIED
    item.state = (settled if ended else under_way) if illegal else ItemState.CLOSED
    category = rng.choice(_CATEGORIES) if illegal else "OUT"
    case.decided_as = (
        case.decided_as if f",{category}," in case.decided_as else f"{case.decided_as},{category},"
    )
    at = case.created_at + dt.timedelta(minutes=20)
    who = analyst(rng.randrange(1, 30))
    batch.decisions.append(
        Qualification(
            item=item,
            category=category,
            scheme=scheme_at(at).version,
            person=PersonAge.ADULT,
            reason="" if illegal else "NOT-INTIMATE",
            by=str(who),
            at=at,
            effective_at=at,
            in_force_at=at,
        )
    )
    _event(batch, case, "item.qualified", who, at, item)


def _note(rng: random.Random, case: Case, kind: SealedKind) -> SealedNote:
    return SealedNote(
        case=case,
        kind=kind,
        vault_id=f"{rng.getrandbits(128):032x}",
        ciphertext=rng.randbytes(64),
        safe=True,
        created_at=case.created_at,
    )


def _event(
    batch: _Batch, case: Case, kind: str, actor: Actor, at: dt.datetime, item: Item | None = None
) -> None:
    event = LedgerEvent(
        case=case,
        number=case.ledger_length + 1,
        at=at,
        actor=str(actor),
        kind=kind,
        item=item,
        data={},
        previous=case.ledger_head,
    )
    event.digest = ledger.digest_of(event)
    case.ledger_length, case.ledger_head = event.number, event.digest
    batch.events.append(event)
