"""Undoing at the console: one press on whatever page, the words kept, the urgent hurried."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import kinds, only, work
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases import withdrawing
from disrupt.hotline.common import clock

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "https://example.org/a"


@pytest.fixture(autouse=True)
def _ten_minutes(settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)


def undo_of(html: str) -> str:
    found = re.search(r'action="(/decisions/\d+/undo/)"', html)
    return found[1] if found else ""


def test_one_press_undoes_and_the_text_stands_in_the_form(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,))
    assert "It takes effect in 10 minutes" in page(as_alice, item_path(case))
    as_alice.post(item_path(case), decision(next="1", reasoning="she <names> him"))
    html = page(as_alice, "/")
    assert "Your last decisions" in html
    response = as_alice.post(undo_of(html))
    assert response["Location"] == item_path(case)
    html = page(as_alice, item_path(case))
    assert "Undone: NCII-DIF. The item waits again." in html
    assert "You took back “NCII-DIF”" in html
    assert "she &lt;names&gt; him</textarea>" in html
    assert not re.search(r'name="person"[^>]* checked', html), "an age is never filled in beforehand"
    assert "Your last decisions" not in page(as_alice, "/")
    assert case.reference in page(as_alice, "/")
    assert kinds(case)[-2:] == ["item.decided", "item.undone"]


def test_another_analyst_undoes_from_the_case_and_the_second_press_is_told(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(urls=(URL,))
    as_alice.post(item_path(case), decision())
    bob = signed_in(make_user("bob"))
    assert not undo_of(page(bob, "/")), "only one's own follow one about"
    path = undo_of(page(bob, f"/cases/{case.pk}/"))
    bob.post(path)
    response = as_alice.post(path, follow=True)
    assert "does not wait any more: the item is “received”" in response.content.decode()
    assert kinds(case).count("item.undone") == 1


def test_after_its_time_or_a_withdrawal_nothing_is_undone(as_alice: Client, make_case: Any) -> None:
    late, withdrawn = make_case(urls=(URL,)), make_case(urls=(URL,))
    for case in (late, withdrawn):
        as_alice.post(item_path(case), decision(category="OUT", reason="NOT-INTIMATE"))
    paths = [undo_of(page(as_alice, f"/cases/{case.pk}/").split("<main", 1)[1]) for case in (late, withdrawn)]
    withdrawing.withdraw_case(withdrawn)
    clock.move(dt.timedelta(minutes=11))
    work()
    said = [as_alice.post(path, follow=True).content.decode() for path in paths]
    assert "the item is “not qualified, content destroyed”" in said[0]
    assert "the item is “withdrawn by the reporter”" in said[1]
    assert (only(late).state, only(withdrawn).state) == ("closed", "withdrawn")


def test_what_is_urgent_is_hurried_with_a_motive(as_alice: Client, make_case: Any) -> None:
    plain, urgent = make_case(urls=(URL,)), make_case(urls=(URL,), threat=True)
    for case in (plain, urgent):
        as_alice.post(item_path(case), decision())
    assert "Take effect now" not in page(as_alice, item_path(plain))
    html = page(as_alice, item_path(urgent))
    path = re.search(r'action="(/decisions/\d+/now/)"', html)
    assert path
    response = as_alice.post(path[1], {"why": ""}, follow=True)
    assert "Say in a few words why it cannot wait." in response.content.decode()
    assert only(urgent).state == "decided"
    as_alice.post(path[1], {"why": "it is being sent to her family"})
    assert only(urgent).state == "accepted"
    assert "Decision made to take effect at once" in page(as_alice, f"/cases/{urgent.pk}/ledger/")
    other = undo_of(page(as_alice, f"/cases/{plain.pk}/").split("<main", 1)[1])
    response = as_alice.post(other.replace("undo", "now"), {"why": "me too"}, follow=True)
    assert "Only what is of priority P0" in response.content.decode()
    assert only(plain).state == "decided"


def test_a_lead_holds_any_decision_and_lets_it_go(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(urls=(URL,))
    as_alice.post(item_path(case), decision())
    hold = undo_of(page(as_alice, f"/cases/{case.pk}/").split("<main", 1)[1]).replace("undo", "hold")
    assert as_alice.post(hold, {"why": "I say so"}).status_code == 403
    lead = signed_in(make_user("lena", "lead"))
    said = lead.post(hold, {"why": " "}, follow=True).content.decode()
    assert "Say in a few words why it waits." in said
    lead.post(hold, {"why": "the person is on the telephone"})
    assert "Held by lena: the person is on the telephone" in page(as_alice, item_path(case))
    clock.move(dt.timedelta(hours=3))
    work()
    assert only(case).state == "decided"
    assert "Take effect now" not in page(lead, item_path(case)), "what is held is let go first"
    lead.post(hold, {"go": "1"})
    work()
    assert only(case).state == "accepted"
    assert kinds(case).count("item.decision_held") == kinds(case).count("item.decision_let_go") == 1
    said = lead.post(hold, {"why": "too late"}, follow=True).content.decode()
    assert "does not wait any more" in said


def test_what_is_held_can_be_undone_and_a_new_decision_is_not_held(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(urls=(URL,))
    as_alice.post(item_path(case), decision())
    undo = undo_of(page(as_alice, f"/cases/{case.pk}/").split("<main", 1)[1])
    lead = signed_in(make_user("lena", "lead"))
    lead.post(undo.replace("undo", "hold"), {"why": "it is the wrong item"})
    as_alice.post(undo)
    as_alice.post(item_path(case), decision())
    clock.move(dt.timedelta(minutes=11))
    work()
    assert only(case).state == "accepted"


def test_a_lead_hurries_what_is_not_urgent_but_not_past_a_second_person(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    plain, refused = make_case(urls=(URL,)), make_case(urls=(URL,), threat=True)
    lead = signed_in(make_user("lena", "lead"))
    as_alice.post(item_path(plain), decision())
    as_alice.post(item_path(refused), decision(category="OUT", reason="NOT-INTIMATE"))
    assert "Take effect now" in page(lead, item_path(plain))
    made = [only(case).qualifications.get().pk for case in (plain, refused)]
    for number in made:
        lead.post(f"/decisions/{number}/now/", {"why": "a court asks for it today"})
    assert (only(plain).state, only(refused).state) == ("accepted", "decided")
