"""Two deeds on notices at the same moment wait for each other, and never in a circle.

Two cases hold the same address, and its notice goes in one message with another's. All pairs of the deeds of
analysts, of recipients, of the checker and of the worker are done at once, on the database that the tests run
on; PostgreSQL would refuse one of two that wait for each other.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from tests.hotline.pressing import unanswered
from tests.hotline.takedown.conftest import ALICE

from disrupt.hotline.cases import ledger, withdrawing
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import actions, locking, services, targets
from disrupt.hotline.takedown.answers import reading, recording
from disrupt.hotline.takedown.checks import presence
from disrupt.hotline.takedown.models import Answer, AnswerKind, Check, Notice, Seen, Target
from disrupt.hotline.takedown.notices import particulars
from disrupt.hotline.takedown.pages import tray
from disrupt.hotline.takedown.posting import groups, sending
from disrupt.hotline.takedown.states import Decision, NoticeState, Step, WrongState

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass(frozen=True)
class Scene:
    """An address of two cases and a third that is to join; its notice leads one about another's."""

    first: Item
    second: Item
    joining: Item
    other: Item
    police: Notice
    host: Notice
    within: Notice
    answer: Answer


@pytest.fixture
def make_scene(accepted: Any) -> Callable[[], Scene]:
    numbers = itertools.count()

    def make() -> Scene:
        url = f"https://site{next(numbers)}.example.net"
        first, second, joining = (accepted(f"{url}/a") for _ in range(3))
        other = accepted(f"{url}/b")
        police, host = services.open_for_item(first, "NCII-DIF", WORKER)
        services.open_for_item(second, "NCII-DIF", WORKER)
        _police, within = services.open_for_item(other, "NCII-DIF", WORKER)
        now = clock.now()
        groups.change(police, state=NoticeState.SENT, sent_at=now)
        for notice in (host, within):
            groups.change(notice, waits_for_police=False, due_at=now, channel="email", address="a@b.example")
            groups.change(notice, state=NoticeState.SCHEDULED)
        groups.change(within, within=host)
        answer = Answer.objects.create(digest=url, kind=AnswerKind.UNMATCHED, at=now)
        return Scene(first, second, joining, other, police, host, within, answer)

    return make


@transaction.atomic
def seen(target_id: int, what: Seen) -> None:
    """Two looks that agree, as the checker writes them."""
    for hours in (13, 26):
        claimed = Target.objects.get(pk=target_id)
        at = clock.now() + dt.timedelta(hours=hours)
        check = Check.objects.create(target=claimed, at=at, seen=what)
        locking.hold_target(target_id)
        presence.seen(Target.objects.get(pk=target_id), check)


def send(scene: Scene) -> None:
    """All commits of a message that arrives."""
    claim = sending._claim(scene.host.pk)
    if claim is not None and sending._begin_transmission(claim):
        sending._finish(claim, "250 ok")


def answered(scene: Scene) -> None:
    choices = {f"choice-{notice.reference}": "removed" for notice in (scene.host, scene.within)}
    recording.record(Notice.objects.get(pk=scene.host.pk), choices)


def withdrawn(item: Item) -> None:
    """As the worker goes on with what its reporter took back."""
    withdrawing.withdraw_item(item)
    services.stop_for_item(item, WORKER)


DEEDS: dict[str, Callable[[Scene], object]] = {
    "join": lambda s: services.open_for_item(s.joining, "NCII-DIF", WORKER),
    "withdraw": lambda s: withdrawn(s.first),
    "withdraw the other": lambda s: withdrawn(s.other),
    "send": send,
    "answer": answered,
    "came back": lambda s: reading.bounced(s.host, "5.1.1"),
    "gone": lambda s: seen(s.host.target_id, Seen.GONE),
    "there": lambda s: seen(s.within.target_id, Seen.LIVE),
    "cancel": lambda s: actions.cancel(s.within, ALICE),
    "hurry": lambda s: actions.hurry(s.host, ALICE, "now"),
    "readdress": lambda s: actions.readdress(s.within, "new@b.example", ALICE),
    "decided": lambda s: actions.record_decision(s.within, Decision.DECLINED, ALICE),
    "describe": lambda s: particulars.describe(
        s.within, ALICE, particulars.said(shows="a picture in a gallery")
    ),
    "assign": lambda s: tray.assign(s.answer, s.host.reference, ALICE),
    "forget": lambda s: targets.forget(s.within.target_id),
}
PAIRS = tuple(itertools.combinations_with_replacement(DEEDS, 2))
# Each of these held a notice or an address while it waited for a case, against one that held the case.
KNOWN = (
    ("join", "join"),
    ("join", "send"),
    ("send", "withdraw"),
    ("send", "withdraw the other"),
    ("gone", "send"),
    ("answer", "withdraw"),
    ("cancel", "send"),
    ("cancel", "gone"),
)


ANSWERED = (WrongState, actions.NotPossible)


def go_through(pairs: Iterable[tuple[str, str]], make_scene: Callable[[], Scene]) -> list[str]:
    found: list[str] = []
    for names in pairs:
        scene = make_scene()
        found += unanswered((name, partial(DEEDS[name], scene), ANSWERED) for name in names)
        for item in (scene.first, scene.second, scene.joining, scene.other):
            ledger.verify(item.case)
    return found


@pytest.mark.slow
def test_what_waited_in_a_circle_does_not(make_scene: Callable[[], Scene]) -> None:
    assert go_through(KNOWN * 2, make_scene) == []


@pytest.mark.fuzz
def test_no_two_deeds_wait_in_a_circle(make_scene: Callable[[], Scene]) -> None:
    assert go_through(PAIRS, make_scene) == []


def test_an_address_that_comes_into_a_message_meanwhile_is_held_too(make_scene: Callable[[], Scene]) -> None:
    """What was read before the locks were there is read again under them."""
    scene = make_scene()
    Notice.objects.filter(pk=scene.within.pk).update(within=None)
    found = [set(), {scene.within.target_id}]

    def find() -> set[int]:
        return {scene.host.target_id} | (found.pop(0) if len(found) > 1 else found[0])

    with transaction.atomic():
        held = locking._hold(find, (), ())
    assert held == {scene.host.target_id, scene.within.target_id}
    assert Notice.objects.filter(step=Step.HOST).count() == 2
