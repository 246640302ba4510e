"""Promise: whatever is pressed at the same moment on one case, there is one outcome, and no error.

Analysts, the reporter in two browsers and the worker do everything that can be done to a case, two at a time,
on the database that the tests run on. Each is done or refused in a way that its page can say; then the chain
of the ledger holds, and what was taken back or deleted stays so.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.conftest import make_case as make_case
from tests.hotline.pressing import unanswered
from tests.hotline.processing.working import work

from disrupt.hotline.bank import queries as bank
from disrupt.hotline.cases import (
    adding,
    contacts,
    erasing,
    ledger,
    messages,
    outer_limit,
    stopping,
    withdrawing,
)
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.locking import CaseErased
from disrupt.hotline.cases.models import Case, Item, Qualification, SealedKind
from disrupt.hotline.cases.states import HeldFor, ImpossibleStep, ItemState
from disrupt.hotline.cases.steps import hold
from disrupt.hotline.cases.waiting import waits
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, WORKER, analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import holding, proofs, reading, undoing
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import pipeline

pytestmark = pytest.mark.django_db(transaction=True)
ALICE, BOB = analyst(1), analyst(2)
ADDRESS, MORE = "https://example.org/a", "https://example.org/b"


@dataclass(frozen=True)
class Scene:
    """A case with an address and a file that wait, a decision that may be undone, a fingerprint that is held.

    Everything was read before anybody pressed, as on a page that is open.
    """

    case: Case
    address: Item
    file: Item
    decided: Item
    held: Item
    decision: Qualification


@pytest.fixture
def make_scene(make_case: Any, settings: Any) -> Callable[[], Scene]:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    numbers = itertools.count()

    def make() -> Scene:
        number = next(numbers)
        prints = {"kind": "image", "sha256": f"{number:064x}", "md5": f"{number:032x}", "pdq": [], "vpdq": []}
        case = make_case(
            urls=(f"{ADDRESS}{number}",),
            files=(b"waits", b"decided"),
            declared=(prints,),
            description=vault.seal("words"),
            threat=True,
        )
        address, file, decided, held = case.items.order_by("position")
        decision = decisions.qualify(decided, "OUT", ALICE, reason="NOT-INTIMATE")
        hold(held, HeldFor.MANY_TODAY, WORKER)
        # The time to undo is up: at this moment the worker may come, or one who undoes.
        clock.move(dt.timedelta(minutes=10))
        # Somebody has the file as well, and asked to stop.
        Item.objects.filter(pk=file.pk).update(possession=str(number), stop_at=clock.now())
        for row in (case, address, file, decided, held):
            row.refresh_from_db()
        return Scene(case, address, file, decided, held, decision)

    return make


def contact() -> Contact:
    return Contact(SealedKind.EMAIL, vault.seal("jane@example.org"), safe=True)


# Each deed, and what its page or duty has a sentence for.
DEEDS: dict[str, tuple[Callable[[Scene], object], tuple[type[Exception], ...]]] = {
    "decide": (lambda s: decisions.qualify(s.address, "NCII-DIF", ALICE), (ImpossibleStep,)),
    "decide otherwise": (
        lambda s: decisions.qualify(s.address, "OUT", BOB, reason="NOT-INTIMATE"),
        (ImpossibleStep,),
    ),
    "undo": (lambda s: undoing.undo(s.decision, BOB), (undoing.TooLate,)),
    "hurry": (lambda s: undoing.hurry(s.decision, ALICE, "now"), (undoing.TooLate,)),
    "proof": (lambda s: proofs.keep_as_proof(s.file, ALICE), (ImpossibleStep,)),
    "let through": (lambda s: holding.offer_after_all(s.held, ALICE), (holding.NotHeld,)),
    "let all through": (lambda s: holding.offer_all(s.case, BOB), ()),
    "keep off": (lambda s: holding.do_not_offer(s.held, BOB), (holding.NotHeld, ImpossibleStep)),
    "take off": (lambda s: holding.take_off_case(s.case, ALICE), (ImpossibleStep,)),
    "read": (lambda s: reading.have_read(s.case, BOB), (reading.WordsUnread, reading.Unanswered)),
    "answer": (lambda s: messages.write(s.case, "words", ALICE, "a"), (messages.NobodyReads,)),
    "ask": (lambda s: messages.write(s.case, "words", REPORTER, "b"), (messages.NobodyReads,)),
    "withdraw one": (lambda s: withdrawing.withdraw_item(s.decided), ()),
    "withdraw all": (lambda s: withdrawing.withdraw_case(s.case), ()),
    "erase": (lambda s: erasing.erase_case(s.case), ()),
    "add": (lambda s: adding.add_items(s.case, urls=[MORE]), (CaseErased,)),
    "contact": (lambda s: contacts.change_contacts(s.case, [contact()]), (CaseErased,)),
    "keep longer": (lambda s: outer_limit.prolong(s.case), ()),
    "stop by the file": (lambda s: stopping.stop(s.file.pk), ()),
    "go on all the same": (lambda s: stopping.refuse(s.case), ()),
    # What was withdrawn under its hands it takes up again in its next round.
    "worker": (lambda s: work_on(s), (ImpossibleStep,)),
}


def work_on(scene: Scene) -> None:
    for item in (scene.decided, scene.held, scene.address):
        pipeline.carry(item.pk)


def settle() -> None:
    for _ in range(5):
        if not work():
            return


def wrongs(scene: Scene, names: tuple[str, str]) -> Iterator[str]:
    """What must not be so afterwards."""
    case = Case.objects.get(pk=scene.case.pk)
    ledger.verify(case)
    kinds = list(case.ledger.order_by("number").values_list("kind", flat=True))
    decision = Qualification.objects.filter(pk=scene.decision.pk).first()
    if decision is not None and decision.undone_at and decision.in_force_at:
        yield "undone and in force"
    if kinds.count("item.undone") + kinds.count("item.qualified") > 1 + kinds.count("item.decided"):
        yield "more outcomes than decisions"
    if case.in_queue != Case.objects.filter(waits(), pk=case.pk).exists():
        yield "the queue is wrong"
    if not {"withdraw all", "erase"} & set(names):
        return
    fresh = [item for item in case.items.all() if item.state != ItemState.WITHDRAWN and item.url != MORE]
    if fresh:
        yield f"not taken back: {[(item.kind, item.state) for item in fresh]}"
    if any(item.vault_id for item in case.items.all()):
        yield "content is left"
    if bank.active().filter(sources__item_id__in=[item.pk for item in case.items.all()]).exists():
        yield "still offered"
    if "erase" not in names:
        return
    if case.notes.exists() or case.messages.exists() or case.texts_until or case.threat:
        yield "words are left"
    if case.items.exclude(url="").exists() or case.items.exclude(declared=None).exists():
        yield "an address or a fingerprint is left"
    if Qualification.objects.filter(item__case=case).exists():
        yield "a decision is left"


def go_through(pairs: Iterable[tuple[str, str]], make_scene: Callable[[], Scene]) -> list[str]:
    """Do all of these; everything that was wrong."""
    found: list[str] = []
    for names in pairs:
        scene = make_scene()
        found += unanswered((name, partial(DEEDS[name][0], scene), DEEDS[name][1]) for name in names)
        settle()
        found += [f"{' | '.join(names)}: {wrong}" for wrong in wrongs(scene, names)]
    return found


PAIRS = tuple(itertools.combinations_with_replacement(DEEDS, 2))
# What takes everything back, against every deed; and what two would do who look at the same page.
FINAL = frozenset({"withdraw all", "erase"})
SAME_PAGE = (("decide", "decide otherwise"), ("undo", "worker"), ("undo", "hurry"), ("undo", "undo"))


@pytest.mark.slow
def test_what_is_taken_back_at_the_same_moment_has_one_outcome(make_scene: Callable[[], Scene]) -> None:
    assert go_through([*SAME_PAGE, *(pair for pair in PAIRS if FINAL & {*pair})], make_scene) == []


@pytest.mark.fuzz
def test_any_two_deeds_have_one_outcome(make_scene: Callable[[], Scene]) -> None:
    assert go_through(PAIRS, make_scene) == []
