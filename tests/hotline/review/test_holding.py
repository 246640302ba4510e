"""The console: what waits for a person is shown with its reason; one press takes a case off."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.hotline.processing.test_holding import prints, states
from tests.hotline.processing.working import work
from tests.hotline.review.pages import page

from disrupt.hotline.bank import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def case(make_case: Any, settings: Any) -> Any:
    settings.UNSEEN_A_REPORT = 1
    made = make_case(declared=tuple(prints(n) for n in range(4)))
    work()
    return made


def test_the_queue_and_the_case_say_what_waits(as_alice: Client, case: Any) -> None:
    assert "3 fingerprints held" in page(as_alice, "/")
    html = page(as_alice, f"/cases/{case.pk}/")
    assert html.count("This report has put as many unseen fingerprints as it may.") == 3
    assert "Offer item 2 all the same" in html
    assert "Take 4 items off" in html


def test_one_is_let_through_one_kept_off_the_rest_offered_then_all_taken_off(
    as_alice: Client, case: Any
) -> None:
    second, third = case.items.get(position=2), case.items.get(position=3)
    as_alice.post(f"/items/{second.pk}/let-through/")
    as_alice.post(f"/items/{third.pk}/keep-off/")
    said = as_alice.post(f"/items/{third.pk}/keep-off/", follow=True).content.decode()
    assert "This item waits for nobody any more." in said
    as_alice.post(f"/cases/{case.pk}/let-through/")
    work()
    assert [state for state, _held in states(case)] == ["protected", "protected", "withdrawn", "protected"]
    said = as_alice.post(f"/cases/{case.pk}/take-off/", follow=True).content.decode()
    assert "3 items leave the partners’ lists" in said
    assert "Take everything of this case off" not in said
    work()
    assert not queries.active().exists()
    assert case.ledger.get(kind="case.taken_off").actor.startswith("analyst:")
