"""What stands in a case's row about waiting is what its items and words say, whatever was done."""

from __future__ import annotations

import random
from typing import Any

import pytest
from tests.hotline.processing.working import jpeg, work

from disrupt.hotline.cases import adding, erasing, queries, steps, withdrawing
from disrupt.hotline.cases.locking import CaseErased
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import HeldFor, ImpossibleStep, ItemKind, ItemState
from disrupt.hotline.cases.waiting import waits
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import reading, undoing
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review.services import open_note

pytestmark = pytest.mark.django_db
ALICE = analyst(1)


def as_it_should_be() -> bool:
    said = set(Case.objects.filter(in_queue=True).values_list("pk", flat=True))
    return said == set(Case.objects.filter(waits()).values_list("pk", flat=True))


def do(rng: random.Random, case: Case) -> None:
    """Something that happens to a case."""
    item = case.items.order_by("?").first()
    deed = rng.randrange(9)
    if deed == 0:
        adding.add_items(case, urls=["https://example.org/more"])
    elif deed == 1 and item and item.kind != ItemKind.DECLARED:
        decision = decisions.qualify(item, rng.choice(["NCII-DIF", "OUT"]), ALICE, reason="NOT-INTIMATE")
        if rng.random() < 0.5:
            undoing.undo(decision, ALICE)
    elif deed == 2 and item:
        withdrawing.withdraw_item(item)
    elif deed == 3 and item and item.state == ItemState.ACCEPTED:
        steps.hold(item, next(iter(HeldFor)), WORKER)
    elif deed == 4 and item:
        steps.let_through(item, ALICE)
    elif deed == 5:
        for note in case.notes.all():
            open_note(note, ALICE)
    elif deed == 6:
        reading.have_read(case, ALICE)
    elif deed == 7:
        work()
    elif rng.random() < 0.1:
        erasing.erase_case(case)


def test_whatever_is_done_the_row_says_what_is_so(make_case: Any, settings: Any) -> None:
    settings.UNDO_WAIT = settings.CLAIM_TIME
    rng = random.Random(7)
    cases = [
        make_case(urls=("https://example.org/1",), files=(jpeg(),)),
        make_case(urls=("https://example.org/1",), threat=True, description=vault.seal("words")),
        make_case(declared=({"sha256": "ab" * 32},), age_when_taken="unsure"),
        make_case(threat=True),
    ]
    assert as_it_should_be()
    done = 0
    for _ in range(160):
        case = Case.objects.get(pk=rng.choice(cases).pk)
        try:
            do(rng, case)
            done += 1
        except (CaseErased, ImpossibleStep, undoing.TooLate, reading.WordsUnread, reading.Unanswered):
            continue
        assert as_it_should_be()
    assert done > 80


def test_live_threats_come_before_what_else_is_urgent(make_case: Any) -> None:
    minor = make_case(urls=("https://example.org/1",), age_when_taken="minor")
    threat = make_case(urls=("https://example.org/1",), threat=True)
    plain = make_case(urls=("https://example.org/1",))
    assert list(queries.queue()) == [threat, minor, plain]
