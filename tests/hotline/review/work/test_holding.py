"""The console: what waits for a person is shown with its reason; one press takes a case off."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.hotline.processing.test_holding import prints, states
from tests.hotline.processing.working import work
from tests.hotline.review.pages import page

from disrupt.hotline.bank import queries
from disrupt.hotline.exchange.hearing.secondlook import ask_for_review, matched_too_much
from disrupt.hotline.exchange.services import OPERATOR, create_partner

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


def test_what_a_partner_took_off_goes_on_only_with_a_motive(as_alice: Client, make_case: Any) -> None:
    case = make_case(declared=(prints(1), prints(2)))
    work()
    partner = create_partner("Platform One", OPERATOR)
    first, second = case.items.order_by("position")
    entries = {item.pk: queries.entry_of_item(item.pk) for item in (first, second)}
    matched_too_much(entries[first.pk].pk, partner, 10**6)
    ask_for_review(entries[second.pk].pk, partner)
    html = page(as_alice, f"/cases/{case.pk}/")
    assert "It matched unusually often at a partner, and was taken off the lists." in html
    assert "It stays on the partners’ lists until you decide." in html
    assert html.count('name="motive"') == 2
    said = as_alice.post(f"/items/{first.pk}/let-through/", {"motive": " "}, follow=True).content.decode()
    assert "Say why it goes on" in said
    assert "taken off the lists" in said
    as_alice.post(f"/items/{first.pk}/let-through/", {"motive": "it is what it was"})
    as_alice.post(f"/items/{second.pk}/keep-off/")
    work()
    assert [entry.sha256 for entry in queries.active()] == [entries[first.pk].sha256]
    assert case.ledger.get(kind="item.let_through").data["motive"] == "it is what it was"
