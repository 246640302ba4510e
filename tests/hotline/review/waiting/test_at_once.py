"""Two people, or a person and a reporter, a rule or the worker, at one moment: one outcome, told clearly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.pressing import pressed
from tests.hotline.processing.working import accept, jpeg, only, prepare, work
from tests.hotline.review.pages import decision, item_path, page
from tests.hotline.review.waiting.test_claims import given_back

from disrupt.hotline.cases import ledger, withdrawing
from disrupt.hotline.cases.models import CarryRule, Case, How
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.decisions import rules

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("english")]
TEXT = "what she typed"
KNOWN = jpeg(11)


def at_once(*deeds: Callable[[], object]) -> list[Any]:
    return pressed(*deeds)


def decides(client: Client, case: Case, category: str = "NCII-DIF") -> Any:
    return client.post(item_path(case), decision(category=category, reasoning=TEXT))


def stands(case: Case) -> str:
    """The category of the one decision that stands; every ledger verifies."""
    ledger.verify(case)
    made = only(case).qualifications.filter(undone_at=None)
    assert made.count() == 1
    return str(made.get().category)


def test_of_two_who_decide_one_does_and_the_other_keeps_her_words(
    make_user: MakeUser, make_case: Any
) -> None:
    for seed in range(3):
        case = make_case(files=(jpeg(seed),))
        clients = {code: signed_in(make_user(f"{code}-{seed}")) for code in ("NCII-DIF", "NCII-CAP")}
        answers = at_once(*(partial(decides, client, case, code) for code, client in clients.items()))
        codes = dict(zip(clients, answers, strict=True))
        won = [code for code, answer in codes.items() if answer.status_code == 302]
        assert [stands(case)] == won
        (lost,) = [answer for answer in answers if answer.status_code != 302]
        assert lost.status_code == 409
        assert given_back(lost) == TEXT


def test_withdrawn_while_somebody_decides_it_is_withdrawn(as_alice: Client, make_case: Any) -> None:
    for seed in range(3):
        case = make_case(files=(jpeg(seed),))
        page(as_alice, item_path(case))
        answer, _ = at_once(partial(decides, as_alice, case), partial(withdrawing.withdraw_case, case))
        assert only(case).state == ItemState.WITHDRAWN
        ledger.verify(case)
        assert answer.status_code in {302, 409}
        if answer.status_code == 409:
            assert given_back(answer) == TEXT


def test_a_rule_and_a_person_decide_once(as_alice: Client, make_case: Any, settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta()
    accept(only(make_case(files=(KNOWN,))))
    work()
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    rule = rules.turn_on("NCII-DIF", How.FILE, OPERATOR)
    CarryRule.objects.filter(pk=rule.pk).update(earned_at=rule.since, looked_at=400, sample=0.0)
    for _ in range(3):
        case = make_case(files=(KNOWN,))
        answer, _done = at_once(partial(decides, as_alice, case, "NCII-CAP"), prepare)
        by_her = answer.status_code == 302
        assert stands(case) == ("NCII-CAP" if by_her else "NCII-DIF")
        if not by_her:
            assert answer.status_code == 409
            assert given_back(answer) == TEXT


def test_the_worker_goes_round_while_somebody_decides(
    as_alice: Client, make_case: Any, settings: Any
) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    for seed in range(3):
        case = make_case(files=(jpeg(seed),))
        page(as_alice, item_path(case))
        answer, *_ = at_once(partial(decides, as_alice, case), prepare, work, work)
        assert answer.status_code == 302
        assert stands(case) == "NCII-DIF"
        assert only(case).state == ItemState.DECIDED, "nobody is told before it can be undone no more"
