"""What waits for somebody else than an analyst is on the page of the queue where it is asked for."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.people import MakeUser
from tests.hotline.processing.working import only
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases import steps, waiting
from disrupt.hotline.cases.models import Asked, Case, Item, PersonAge, SecondOpinion
from disrupt.hotline.cases.states import HeldFor, ItemState
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions import asking, opinions
from disrupt.hotline.decisions.services import qualify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture(autouse=True)
def _ten_minutes(settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)


def listed(client: Client, path: str) -> set[Case]:
    return {row.case for row in client.get(path).context["page"].rows}


def test_what_was_asked_and_what_came_back(as_alice: Client, make_case: Any) -> None:
    asked, back, plain = (make_case(urls=(f"https://example.org/{n}",)) for n in range(3))
    asking.ask(only(asked), "Which one is it?", analyst(1), "one")
    Item.objects.filter(case=back).update(state=ItemState.BACK_ONLINE)
    waiting.sort_in([back.pk])
    assert listed(as_alice, "/") == {plain}
    assert listed(as_alice, "/?kind=asked") == {asked}
    assert "asked, no answer yet" in page(as_alice, "/?kind=asked")
    assert listed(as_alice, "/?kind=back") == {back}
    assert "came back</span>" in page(as_alice, "/?kind=back")
    assert listed(as_alice, "/?kind=back&late=on") == set()


def test_the_disputed_are_those_of_partners_and_our_own(
    as_alice: Client, make_case: Any, alice: User, make_user: MakeUser
) -> None:
    by_partner, among_us, agreed = (make_case(urls=(f"https://example.org/{n}",)) for n in range(3))
    steps.hold(only(by_partner), HeldFor.DISPUTED, WORKER)
    bob = analyst(make_user("bob").pk)
    for case, category in ((among_us, "VOY"), (agreed, "NCII-DIF")):
        made = qualify(only(case), "NCII-DIF", analyst(alice.pk))
        SecondOpinion.objects.filter(decision=made).delete()
        opinion = SecondOpinion.objects.create(decision=made, why=Asked.SAMPLE, asked_at=made.at)
        opinions.give(opinion, bob, category=category, person=PersonAge.ADULT, reason="")
    assert listed(as_alice, "/?kind=disputed") == {by_partner, among_us}


def test_by_what_was_decided_in_it(as_alice: Client, make_case: Any) -> None:
    some, other = (
        make_case(urls=(f"https://example.org/{n}", f"https://example.org/{n}b")) for n in range(2)
    )
    as_alice.post(item_path(some), decision())
    as_alice.post(item_path(other), decision(category="VOY"))
    assert listed(as_alice, "/?category=VOY") == {other}
    as_alice.post(f"/decisions/{other.items.get(position=1).qualifications.get().pk}/undo/")
    assert listed(as_alice, "/?category=VOY") == set()
