"""What an analyst was writing is there again, whatever ended the session; notes are for analysts only."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases import promising
from disrupt.hotline.cases.models import Jotting
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
BY_SCRIPT = {"HTTP_ACCEPT": "application/json"}


def test_a_decision_goes_on_where_it_was_left(
    as_alice: Client, alice: User, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(urls=("https://example.org/a",))
    path = item_path(case)
    chosen = {"category": "NCII-CAP", "reasoning": "filmed through a <window>", "secondary": ["HAR-SEX"]}
    kept = as_alice.post(f"{path}draft/", chosen, **BY_SCRIPT)
    assert kept.json() == {"kept": "Kept as a draft, for you only."}
    as_alice.logout()
    anew = signed_in(alice)
    html = page(anew, path)
    assert "Your draft of" in html
    assert "filmed through a &lt;window&gt;" in html
    assert 'value="NCII-CAP" checked' in html
    assert 'name="secondary" value="HAR-SEX" checked' in html
    assert "window" not in page(signed_in(make_user("bob")), path), "it is alice's"
    anew.post(path, decision(category="NCII-DIF"))
    assert not Jotting.objects.exists(), "it was used"
    assert anew.post(f"{path}draft/", chosen, **BY_SCRIPT).json() == {"kept": ""}, "nothing waits any more"
    assert not Jotting.objects.exists()


def test_a_draft_is_thrown_away_without_a_script(as_alice: Client, make_case: Any) -> None:
    path = item_path(make_case(urls=("https://example.org/a",)))
    assert as_alice.post(f"{path}draft/", {"reasoning": "so far"})["Location"] == path
    assert "so far" in page(as_alice, path)
    assert as_alice.post(f"{path}draft/", {"reasoning": "so far", "drop": "1"})["Location"] == path
    assert "so far" not in page(as_alice, path)


def test_a_message_and_a_question_go_on_too(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    thread, question = f"/cases/{case.pk}/messages/", f"{item_path(case)}ask/"
    as_alice.post(f"/cases/{case.pk}/draft/", {"text": "Dear person", "form": "one"}, **BY_SCRIPT)
    as_alice.post(f"{item_path(case)}draft/", {"text": "Which of the two?", "form": "two"}, **BY_SCRIPT)
    assert "Dear person" in page(as_alice, thread)
    assert "Which of the two?" in page(as_alice, question)
    as_alice.post(f"/cases/{case.pk}/answer/", {"text": "Dear person, done", "form": "one"})
    as_alice.post(question, {"text": "Which of the two, please?", "form": "two"})
    assert not Jotting.objects.exists()
    # The last word of a form arrives after it was sent.
    late = as_alice.post(f"/cases/{case.pk}/draft/", {"text": "Dear person", "form": "one"}, **BY_SCRIPT)
    assert late.json() == {"kept": ""}
    assert not Jotting.objects.exists()


def test_notes_are_read_by_analysts_and_kept_from_who_gives_a_second_opinion(
    as_alice: Client, make_case: Any, make_user: MakeUser, settings: Any
) -> None:
    settings.UNDO_WAIT, settings.SECOND_FIRST = dt.timedelta(minutes=10), 20
    case = make_case(urls=("https://example.org/a",))
    path, item = f"/cases/{case.pk}/", case.items.get()
    as_alice.post(f"{path}jot/", {"text": "the site answers on Mondays", "item": item.pk, "second": "1:05"})
    as_alice.post(f"{path}jot/", {"text": "second opinions of nobody", "item": item.pk, "second": "soon"})
    assert Jotting.objects.get().second == 65
    page(as_alice, item_path(case))  # hers from now on
    bob, auditor = signed_in(make_user("bob")), signed_in(make_user("olga", "auditor"))
    for where in (path, item_path(case)):
        html = page(bob, where)
        assert "the site answers on Mondays" in html
        assert "1:05" in html
        assert "Take away" not in html
    assert "Mondays" not in page(auditor, path)
    number = Jotting.objects.get().pk
    as_alice.post(item_path(case), decision())
    assert "Mondays" not in page(bob, path), "bob is asked for a second opinion"
    assert "Mondays" not in page(bob, f"/second/{item.pk}/")
    bob.post(f"/jottings/{number}/take-away/")
    assert Jotting.objects.exists()
    as_alice.post(f"/jottings/{number}/take-away/")
    assert not Jotting.objects.exists()


def test_a_promise_stands_on_the_case_and_in_the_queue(as_alice: Client, alice: User, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    path, day = f"/cases/{case.pk}/", (clock.now() + dt.timedelta(days=3)).date()
    as_alice.post(f"{path}promise/", {"day": "yesterday"})
    as_alice.post(f"{path}promise/", {"day": day.isoformat()})
    assert "Promised to the person for" in page(as_alice, path)
    assert "promise due" not in page(as_alice, "/")
    clock.move(dt.timedelta(days=4))
    assert list(promising.due()) == [case.pk]
    promising.bring_back(case.pk)
    assert "promise due" in page(as_alice, "/?kind=promised")
    as_alice.post(f"{path}promise/", {"kept": "1"})
    assert "promise due" not in page(as_alice, "/")
    assert case.ledger.get(kind="promise.kept").actor == str(analyst(alice.pk))
