"""Nothing irreversible within ten minutes: a decision waits, can be undone, and then takes effect, once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import translation
from tests.hotline.pressing import pressed
from tests.hotline.processing.working import jpeg, kinds, only, work

from disrupt.hotline.bank.models import BankChange, BankEntry
from disrupt.hotline.cases import ledger, queries, withdrawing
from disrupt.hotline.cases.models import Case, PersonAge
from disrupt.hotline.cases.states import ImpossibleStep, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.correspondence import telling
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.decisions import undoing
from disrupt.hotline.intake.following.queries import followed
from disrupt.hotline.processing import pipeline
from disrupt.hotline.takedown.models import Notice

pytestmark = pytest.mark.django_db
ALICE, BOB = analyst(1), analyst(2)
MINUTE = dt.timedelta(minutes=1)
URL = "https://example.org/a"


@pytest.fixture(autouse=True)
def _ten_minutes(settings: Any) -> None:
    settings.UNDO_WAIT = 10 * MINUTE


@pytest.fixture
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def nothing_followed(case: Case) -> bool:
    """No content gone, no entry, no notice, nothing to be told of."""
    files = [item.vault_id for item in case.items.filter(kind="file")]
    return (
        all(stored and vault.exists(stored) for stored in files)
        and not BankEntry.objects.exists()
        and not BankChange.objects.exists()
        and not Notice.objects.exists()
        and not telling._to_write_to().filter(pk=case.pk).exists()
        and not case.ledger.filter(kind__in=["item.qualified", "content.destroyed", "item.banked"]).exists()
    )


@pytest.mark.parametrize("category", ["NCII-DIF", "OUT"])
def test_nothing_follows_for_ten_minutes_then_everything_does(make_case: Any, category: str) -> None:
    case = make_case(files=(jpeg(),), urls=(URL,))
    for item in case.items.all():
        decision = decisions.qualify(
            item, category, ALICE, reason="" if category != "OUT" else "NOT-INTIMATE"
        )
    for _minute in range(9):
        assert work() == 0
        assert nothing_followed(case)
        assert set(case.items.values_list("state", flat=True)) == {ItemState.DECIDED}
        assert queries.current_qualification(item) is None
        assert queries.waiting_decision(item) == decision
        assert not queries.queue().exists()
        clock.move(MINUTE)
    clock.move(MINUTE)
    assert work() > 0
    assert not nothing_followed(case)
    assert queries.current_qualification(item) == decision
    assert Notice.objects.exists() == (category != "OUT")
    event = case.ledger.filter(kind="item.qualified").first()
    assert (event.actor, event.data["category"]) == ("analyst:1", category)
    ledger.verify(case)
    with pytest.raises(undoing.TooLate):
        undoing.undo(decision, ALICE)


def test_undone_it_waits_again_and_the_words_are_kept(make_case: Any) -> None:
    case = make_case(files=(jpeg(),))
    decision = decisions.qualify(only(case), "NCII-CAP", ALICE, reasoning="a face is seen")
    undoing.undo(decision, BOB)
    clock.move(30 * MINUTE)
    assert work() == 0
    assert nothing_followed(case)
    assert only(case).state == ItemState.RECEIVED
    assert list(queries.queue()) == [case]
    assert kinds(case)[-2:] == ["item.decided", "item.undone"]
    kept = undoing.undone_before(only(case), ALICE)
    assert kept is not None
    assert kept.reasoning == "a face is seen"
    assert undoing.undone_before(only(case), BOB) is None, "one's own words only"
    again = decisions.qualify(only(case), "NCII-DIF", ALICE)
    assert undoing.undone_before(only(case), ALICE) is None
    with pytest.raises(undoing.TooLate):
        undoing.undo(decision, ALICE)  # the old page's button does not undo the new decision
    clock.move(10 * MINUTE)
    work()
    assert queries.current_qualification(only(case)) == again
    assert BankEntry.objects.get().category == "NCII-DIF"


def test_a_wrong_press_on_a_minor_leaves_the_priority_as_it_was(make_case: Any) -> None:
    case = make_case(files=(jpeg(),))
    undoing.undo(decisions.qualify(only(case), "NCII-DIF", ALICE, person=PersonAge.MINOR), ALICE)
    case.refresh_from_db()
    assert case.priority == 1


def test_what_is_urgent_takes_effect_at_once_with_a_motive(make_case: Any) -> None:
    plain, urgent = make_case(files=(jpeg(1),)), make_case(files=(jpeg(2),), threat=True)
    first = decisions.qualify(only(plain), "NCII-DIF", ALICE)
    second = decisions.qualify(only(urgent), "NCII-DIF", ALICE)
    with pytest.raises(undoing.NotUrgent):
        undoing.hurry(first, ALICE, "it spreads")
    with pytest.raises(undoing.MotiveMissing):
        undoing.hurry(second, ALICE, "  ")
    undoing.hurry(second, ALICE, "it is sent to her family now")
    assert work() == 2
    assert only(urgent).state == ItemState.PROTECTED
    assert only(plain).state == ItemState.DECIDED
    assert kinds(urgent)[1:4] == ["item.decided", "item.hurried", "item.qualified"]
    assert "family" not in str(list(urgent.ledger.values_list("data", flat=True))), (
        "the ledger outlives words"
    )
    second.refresh_from_db()
    assert second.hurried == "it is sent to her family now"
    with pytest.raises(undoing.TooLate):
        undoing.hurry(second, ALICE, "again")


def test_a_withdrawal_during_the_wait_wins(make_case: Any) -> None:
    case = make_case(files=(jpeg(),), urls=(URL,))
    made = [decisions.qualify(item, "NCII-DIF", ALICE) for item in case.items.all()]
    stored = case.items.get(kind="file").vault_id
    withdrawing.withdraw_case(case)
    for decision in made:
        with pytest.raises(undoing.TooLate):
            undoing.undo(decision, ALICE)
        with pytest.raises(undoing.TooLate):
            undoing.hurry(decision, ALICE, "now")
    work()
    clock.move(20 * MINUTE)
    work()
    assert set(case.items.values_list("state", flat=True)) == {ItemState.WITHDRAWN}
    assert not vault.exists(stored)
    assert not BankEntry.objects.exists()
    assert not Notice.objects.exists()
    assert not case.ledger.filter(kind="item.qualified").exists()


@pytest.mark.usefixtures("in_english")
def test_the_person_is_told_nothing_that_may_still_be_undone(make_case: Any) -> None:
    case = make_case(files=(jpeg(),))

    def told() -> tuple[str, list[str]]:
        (one,) = followed(case, "en")
        return str(one.meaning.word), [str(step.text) for step in one.steps]

    decision = decisions.qualify(only(case), "NCII-DIF", ALICE)
    begun = ["Received", "An analyst has begun to look at it"]
    assert told() == ("Being examined", begun)
    undoing.undo(decision, ALICE)
    assert told() == ("Being examined", begun)
    decisions.qualify(only(case), "OUT", ALICE, reason="NOT-INTIMATE")
    assert told() == ("Being examined", begun)
    clock.move(10 * MINUTE)
    pipeline.take_effect(only(case))
    assert told() == ("No intimate picture", ["Received", "Examined: we do not act"])


def test_what_nobody_has_seen_cannot_be_decided(make_case: Any) -> None:
    case = make_case(declared=({"sha256": "ab" * 32},))
    with pytest.raises(ImpossibleStep):
        decisions.qualify(only(case), "NCII-DIF", ALICE)


@pytest.mark.django_db(transaction=True)
def test_at_the_deadline_undo_and_worker_have_one_outcome(make_case: Any) -> None:
    for seed in range(3):
        case = make_case(files=(jpeg(seed),))
        decision = decisions.qualify(only(case), "NCII-DIF", ALICE)
        clock.move(10 * MINUTE)
        pk = only(case).pk
        undone, *_ = pressed(
            lambda d=decision: undoing.undo(d, ALICE),  # type: ignore[misc]  # bound at once
            lambda pk=pk: pipeline.carry(pk),  # type: ignore[misc]
            lambda pk=pk: pipeline.carry(pk),  # type: ignore[misc]
        )
        state, told = only(case).state, kinds(case)
        ledger.verify(case)
        if isinstance(undone, undoing.TooLate):
            assert state == ItemState.PROTECTED
            assert told.count("item.qualified") == 1
            assert "item.undone" not in told
        else:
            assert state == ItemState.RECEIVED
            assert told == ["case.opened", "item.decided", "item.undone"]
            assert vault.exists(only(case).vault_id)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_it_is_undone_once(make_case: Any) -> None:
    case = make_case(files=(jpeg(),))
    decision = decisions.qualify(only(case), "NCII-DIF", ALICE)
    found = pressed(*[lambda: undoing.undo(decision, ALICE)] * 4)
    assert [type(outcome) for outcome in found].count(undoing.TooLate) == 3
    assert kinds(case) == ["case.opened", "item.decided", "item.undone"]


@pytest.mark.django_db(transaction=True)
def test_withdrawn_and_undone_at_once_it_is_withdrawn(make_case: Any) -> None:
    for seed in range(3):
        case = make_case(files=(jpeg(seed),))
        decision = decisions.qualify(only(case), "NCII-DIF", ALICE)
        pressed(
            lambda d=decision: undoing.undo(d, ALICE),  # type: ignore[misc]
            lambda c=case: withdrawing.withdraw_case(c),  # type: ignore[misc]
        )
        assert only(case).state == ItemState.WITHDRAWN
        ledger.verify(case)
