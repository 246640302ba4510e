"""A second person is asked by rule, unseen; a refusal waits for the answer, and a third one ends disputes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import jpeg, kinds, only, work
from tests.hotline.review.pages import decision, page

from disrupt.hotline.cases import ledger, withdrawing
from disrupt.hotline.cases.models import Asked, PersonAge, Qualification, SecondOpinion
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import disputes, opinions, undoing
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review.work.agreement import agreements, kappa

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def _ten_minutes(settings: Any) -> None:
    settings.UNDO_WAIT, settings.SECOND_WAIT = dt.timedelta(minutes=10), 4 * HOUR


@pytest.fixture
def people(make_user: MakeUser) -> list[User]:
    return [make_user("alice"), make_user("bob"), make_user("charlie", "lead")]


def refuse(item: Any, user: User, **more: Any) -> Qualification:
    return decisions.qualify(item, "OUT", analyst(user.pk), reason="NOT-INTIMATE", **more)


def test_an_urgent_refusal_waits_until_somebody_else_has_looked(
    make_case: Any, people: list[User], settings: Any
) -> None:
    alice, bob, _lead = people
    case, plain = make_case(files=(jpeg(),), threat=True), make_case(files=(jpeg(2),))
    made = refuse(only(case), alice)
    refuse(only(plain), alice)
    assert [one.decision for one in opinions.waiting()] == [made]
    with pytest.raises(undoing.WaitsForAnother):
        undoing.hurry(made, analyst(alice.pk), "it cannot wait")
    clock.move(240 * HOUR)
    work()
    assert (only(case).state, only(plain).state) == (ItemState.DECIDED, ItemState.CLOSED)
    assert vault.exists(only(case).vault_id)
    opinion = made.opinion
    with pytest.raises(opinions.NotYours):
        opinions.give(opinion, analyst(alice.pk), category="OUT", person=PersonAge.ADULT)
    given = opinions.give(opinion, analyst(bob.pk), category="OUT", person=PersonAge.ADULT)
    assert given.agrees
    work()
    assert only(case).state == ItemState.CLOSED
    assert "item.second_opinion" in kinds(case)
    ledger.verify(case)
    with pytest.raises(opinions.NotAsked):
        opinions.give(opinion, analyst(bob.pk), category="OUT", person=PersonAge.ADULT)


def test_nobody_is_asked_where_there_is_nobody_else(make_case: Any, alice: User, settings: Any) -> None:
    case = make_case(files=(jpeg(),), threat=True)
    refuse(only(case), alice)
    assert not SecondOpinion.objects.exists()
    clock.move(HOUR)
    work()
    assert only(case).state == ItemState.CLOSED


def test_the_first_decisions_of_an_analyst_and_no_longer(
    make_case: Any, people: list[User], settings: Any
) -> None:
    settings.SECOND_FIRST = 2
    alice = people[0]
    for seed in range(3):
        decisions.qualify(only(make_case(files=(jpeg(seed),))), "NCII-DIF", analyst(alice.pk))
    asked = list(SecondOpinion.objects.all())
    assert [one.why for one in asked] == [Asked.NEW] * 2
    assert {one.decision.effective_at - one.decision.at for one in asked} == {4 * HOUR}


def test_what_is_illegal_waits_no_longer_than_said_and_urgent_not_at_all(
    make_case: Any, people: list[User], settings: Any
) -> None:
    settings.SECOND_SAMPLE = 100
    alice, bob, _lead = people
    plain, urgent = make_case(files=(jpeg(1),)), make_case(files=(jpeg(2),), threat=True)
    for case in (plain, urgent):
        decisions.qualify(only(case), "NCII-DIF", analyst(alice.pk))
    assert [one.why for one in opinions.waiting()] == [Asked.SAMPLE] * 2
    clock.move(dt.timedelta(minutes=11))
    work()
    assert (only(plain).state, only(urgent).state) == (ItemState.DECIDED, ItemState.PROTECTED)
    clock.move(4 * HOUR)
    work()
    assert only(plain).state == ItemState.PROTECTED
    assert not opinions.waiting().exists()
    with pytest.raises(opinions.NotAsked):
        opinions.give(
            SecondOpinion.objects.get(decision__item=only(plain)),
            analyst(bob.pk),
            category="OUT",
            person=PersonAge.ADULT,
        )


@pytest.mark.parametrize("stands", ["first", "second"])
def test_a_third_person_ends_a_dispute(make_case: Any, people: list[User], stands: str) -> None:
    alice, bob, lead = people
    case = make_case(files=(jpeg(),), threat=True)
    opinion = refuse(only(case), alice).opinion
    opinions.give(opinion, analyst(bob.pk), category="NCII-DIF", person=PersonAge.ADULT)
    clock.move(24 * HOUR)
    work()
    assert only(case).state == ItemState.DECIDED
    assert list(opinions.disputed()) == [opinion]
    end = opinions.confirm if stands == "first" else disputes.decide_as_second
    for one in (alice, bob):
        with pytest.raises(opinions.NotYours):
            end(opinion, analyst(one.pk))
    end(opinion, analyst(lead.pk))
    with pytest.raises(opinions.NotAsked):
        end(opinion, analyst(lead.pk))
    clock.move(HOUR)
    work()
    assert only(case).state == (ItemState.CLOSED if stands == "first" else ItemState.PROTECTED)
    assert case.ledger.get(kind="item.settled").data == {"stands": stands}
    ledger.verify(case)


def test_undone_or_withdrawn_nobody_is_asked_any_more(make_case: Any, people: list[User]) -> None:
    alice, bob, _lead = people
    undone, withdrawn = make_case(files=(jpeg(1),), threat=True), make_case(files=(jpeg(2),), threat=True)
    first = refuse(only(undone), alice)
    refuse(only(withdrawn), alice)
    undoing.undo(first, analyst(alice.pk))
    withdrawing.withdraw_case(withdrawn)
    assert not opinions.waiting().exists()
    with pytest.raises(opinions.NotAsked):
        opinions.give(first.opinion, analyst(bob.pk), category="OUT", person=PersonAge.ADULT)


def test_who_is_asked_is_not_shown_what_was_decided(make_case: Any, people: list[User]) -> None:
    alice, bob, lead = people
    case = make_case(files=(jpeg(),), threat=True)
    refuse(only(case), alice, reasoning="a landscape")
    as_bob, item = signed_in(bob), only(case)
    assert "1 item waits for your second opinion" in page(as_bob, "/")
    assert f"/second/{item.pk}/" in page(as_bob, "/second/")
    assert as_bob.get(f"/items/{item.pk}/")["Location"] == f"/second/{item.pk}/"
    ledger = f"/cases/{case.pk}/ledger/"
    assert "<dt>category</dt>" in page(signed_in(alice), ledger)
    for path in (f"/second/{item.pk}/", f"/cases/{case.pk}/", ledger):
        html = page(as_bob, path)
        assert "a landscape" not in html
        assert "<dt>category</dt>" not in html
        assert "takes effect" not in html
        assert "<dt>Decision</dt>" not in html
    assert "<dt>Decision</dt>" in page(signed_in(alice), f"/cases/{case.pk}/")
    assert as_bob.post(f"/second/{item.pk}/", {}).status_code == 422
    said = as_bob.post(f"/second/{item.pk}/", decision(category="NCII-DIF"), follow=True)
    assert "A lead decides." in said.content.decode()
    assert "<dt>category</dt>" in page(as_bob, ledger), "they have answered"
    html = page(signed_in(lead), "/agreement/")
    assert "a landscape" in html
    assert f'<a href="/items/{item.pk}/">item 1</a>' in html, "who ends it can look at it"
    assert signed_in(lead).get(f"/items/{item.pk}/").status_code == 200
    opinion = SecondOpinion.objects.get()
    signed_in(lead).post(f"/disputes/{opinion.pk}/settle/", {"stands": "second"})
    assert Qualification.objects.latest().category == "NCII-DIF"
    assert "No dispute waits" in page(signed_in(lead), "/agreement/")


def test_what_may_show_a_minor_stays_guarded(make_case: Any, people: list[User]) -> None:
    alice, bob, _lead = people
    case = make_case(files=(jpeg(),))
    refuse(only(case), alice, person=PersonAge.POSSIBLE_MINOR)
    html = page(signed_in(bob), f"/second/{only(case).pk}/")
    assert "<img" not in html
    assert "Why do you need to see it?" in html
    assert 'flag">minor</strong>' not in html


def test_kappa_is_cohens() -> None:
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert kappa(pairs) == pytest.approx(0.4)
    assert kappa([("y", "y")] * 5) is None
    assert kappa([]) is None


def test_agreement_is_measured_on_what_was_drawn_by_chance_only(
    make_case: Any, people: list[User], settings: Any
) -> None:
    alice, bob, _lead = people
    answers = {Asked.SAMPLE: ("NCII-DIF", "NCII-DIF", "OUT"), Asked.REFUSAL: ("OUT",)}
    for why, said in answers.items():
        for number, code in enumerate(said):
            case = make_case(urls=(f"https://example.org/{why}/{number}",))
            made = decisions.qualify(only(case), "NCII-DIF", analyst(alice.pk))
            opinion = SecondOpinion.objects.create(
                decision=made, why=why, asked_at=made.at, first=made.category
            )
            opinions.give(opinion, analyst(bob.pk), category=code, person=PersonAge.ADULT)
    rows, together = agreements()
    assert [(row.category, row.n, row.both) for row in rows] == [("NCII-DIF", 3, 2), ("OUT", 1, 0)]
    assert (together.n, together.both) == (3, 2)
    assert "NCII-DIF" in page(signed_in(_lead), "/agreement/")
