"""Where nobody can tell the person is asked; what was sent twice is decided once; precedents are found."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.processing.working import jpeg, kinds, only
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases import ledger, messages, queries
from disrupt.hotline.cases.models import Qualification
from disrupt.hotline.cases.states import ImpossibleStep
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, analyst
from disrupt.hotline.decisions import asking
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review.messages import letters

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ALICE = analyst(1)


def test_asked_about_it_waits_for_the_answer(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    asking.ask(only(case), "Where is it?", ALICE, "token")
    assert kinds(case)[-2:] == ["message.answered", "item.asked"]
    assert not queries.queue().exists()
    messages.write(case, "The third one.", REPORTER, "other")
    assert list(queries.queue()) == [case]
    assert only(case).asked_until is None
    ledger.verify(case)


def test_without_an_answer_it_is_back_after_a_week(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    asking.ask(only(case), "Where is it?", ALICE, "token")
    clock.move(dt.timedelta(days=6))
    assert asking.over() == []
    clock.move(dt.timedelta(days=1, minutes=1))
    for pk in asking.over():
        asking.put_back(pk)
    assert list(queries.queue()) == [case]
    assert asking.over() == []


def test_what_is_decided_is_not_asked_about(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    decisions.qualify(only(case), "NCII-DIF", ALICE)
    with pytest.raises(ImpossibleStep):
        asking.ask(only(case), "Where is it?", ALICE, "token")
    assert not case.messages.exists()


def test_a_text_to_begin_with_in_the_reporters_language(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",), language="fr")
    path = f"{item_path(case)}ask/"
    assert path in page(as_alice, item_path(case))
    html = page(as_alice, f"{path}?template=where")
    assert "la troisième photo" in html
    assert "la troisième photo" in page(as_alice, f"/cases/{case.pk}/messages/?template=where")
    assert as_alice.post(path, {"text": "", "form": "x"}).status_code == 422
    said = as_alice.post(path, {"text": "Où ?", "form": "x"}, follow=True).content.decode()
    assert "back in the queue with the answer" in said
    assert "waits for their answer" in page(as_alice, item_path(case))
    assert letters.text_of("nothing", "fr") == ""
    assert all(one.text.fr and one.text.en for one in letters.beginnings())


def test_the_same_thing_sent_twice_is_decided_as_the_other(
    as_alice: Client, alice: User, make_case: Any, settings: Any
) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    case = make_case(files=(jpeg(1), jpeg(2)))
    first, second = case.items.order_by("position")
    chosen = decision(synthetic="on", reasoning="a face on another body")
    as_alice.post(item_path(case), chosen | {"category": "DEEP-SEX"})
    html = page(as_alice, item_path(case, 2))
    assert "The same as item 1: DEEP-SEX" in html
    as_alice.post(item_path(case, 2), {"same": str(first.pk)})
    made = Qualification.objects.get(item=second)
    assert (made.category, made.person, made.synthetic) == ("DEEP-SEX", "adult", True)
    assert made.reasoning == "a face on another body"
    said = case.ledger.filter(kind="item.decided").latest("number").data
    assert (said["same_as"], said["synthetic"]) == (1, True)
    assert "made or edited by AI" in page(as_alice, f"/cases/{case.pk}/")
    other = make_case(files=(jpeg(3),))
    refused = as_alice.post(item_path(other), {"same": str(first.pk)}, follow=True)
    assert "The other item is not decided any more." in refused.content.decode()


def test_similar_decisions_are_one_key_away(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    decisions.qualify(only(case), "NCII-CAP", ALICE, reasoning="taken in a changing room")
    assert 'data-key="s"' in page(as_alice, item_path(make_case(urls=("https://example.org/b",))))
    assert "changing room" in page(as_alice, "/precedents/?category=NCII-CAP")
    assert "changing room" not in page(as_alice, "/precedents/?category=VOY")
    assert "changing room" not in page(as_alice, "/precedents/?category=nothing")
