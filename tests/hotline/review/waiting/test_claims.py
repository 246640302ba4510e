"""Two analysts never work on one case without knowing, and nothing that one of them typed is lost."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases import withdrawing
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review import tasks
from disrupt.hotline.review.models import Claim
from disrupt.hotline.review.waiting import claims

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URLS = ("https://example.org/1", "https://example.org/2")
TEXT = "she <names> the one who sent it"
OURS = {"HTTP_ORIGIN": "http://testserver"}


@pytest.fixture
def as_bob(make_user: MakeUser) -> Client:
    return signed_in(make_user("bob"))


def given_back(response: Any) -> str:
    """The text that a page gives back, whole and harmless."""
    found = re.search(
        r"<textarea id=\"[a-z0-9-]+\" rows=\"\d\" readonly[^>]*>\n(.*?)</textarea>",
        response.content.decode(),
        re.S,
    )
    return found[1] if found else ""


def test_a_case_is_one_analysts_until_its_end(as_alice: Client, as_bob: Client, make_case: Any) -> None:
    case, other = make_case(urls=URLS), make_case(urls=URLS[:1])
    assert "Yours until" in page(as_alice, item_path(case))
    html = page(as_bob, item_path(case))
    assert "alice works on this case until" in html
    assert 'id="qualify"' not in html, "nobody types what cannot be recorded"
    assert re.search(r"alice, until \d\d:\d\d", page(as_bob, "/"))
    response = as_bob.post(item_path(other), decision(next="1"))
    assert response["Location"] == "/", "the next is nothing that somebody else works on"
    clock.move(dt.timedelta(minutes=14))
    assert as_alice.post(f"/cases/{case.pk}/claim/").json()["mine"] is True
    clock.move(dt.timedelta(minutes=14))
    assert "alice works on this case" in page(as_bob, item_path(case)), "prolonged while she works"
    clock.move(dt.timedelta(minutes=2))
    assert "Yours until" in page(as_bob, item_path(case))
    assert as_alice.post(f"/cases/{case.pk}/claim/").json()["mine"] is False


def test_who_comes_second_gets_the_text_back(as_alice: Client, as_bob: Client, make_case: Any) -> None:
    case = make_case(urls=URLS)
    page(as_alice, item_path(case))
    clock.move(dt.timedelta(minutes=16))
    page(as_bob, item_path(case))
    response = as_alice.post(item_path(case), decision(reasoning=TEXT))
    assert response.status_code == 409
    assert "bob works on this case now." in response.content.decode()
    assert given_back(response) == "she &lt;names&gt; the one who sent it"
    assert not case.items.get(position=1).qualifications.exists()
    assert as_bob.post(item_path(case), decision()).status_code == 302


@pytest.mark.parametrize("meanwhile", ["withdrawn", "decided"])
def test_what_happened_meanwhile_costs_no_word(as_alice: Client, make_case: Any, meanwhile: str) -> None:
    case = make_case(urls=URLS)
    page(as_alice, item_path(case))
    if meanwhile == "withdrawn":
        withdrawing.withdraw_case(case)
    else:
        decisions.qualify(case.items.get(position=1), "NCII-CAP", analyst(9))
    response = as_alice.post(item_path(case), decision(reasoning=TEXT))
    assert response.status_code == 409
    html = response.content.decode()
    assert "Your decision was not recorded." in html
    assert {"withdrawn": "withdrawn by the reporter", "decided": "qualified as illegal"}[meanwhile] in html
    assert "NCII-DIF" in html
    assert given_back(response) == "she &lt;names&gt; the one who sent it"


def test_who_is_signed_out_gets_the_text_back(as_alice: Client, make_case: Any) -> None:
    path = item_path(make_case(urls=URLS))
    as_alice.post("/accounts/logout/")
    response = as_alice.post(path, decision(reasoning=TEXT), **OURS)
    assert response.status_code == 401
    assert "You were signed out" in response.content.decode()
    assert given_back(response) == "she &lt;names&gt; the one who sent it"
    elsewhere = as_alice.post(path, decision(reasoning=TEXT), HTTP_ORIGIN="https://evil.example")
    assert elsewhere.status_code == 302, "words of another site's form are not shown on our pages"
    assert as_alice.post(path, decision(), **OURS).status_code == 302


def test_a_page_of_an_earlier_sign_in_gives_the_text_back(alice: Any, make_case: Any) -> None:
    path = item_path(make_case(urls=URLS))
    strict = Client(enforce_csrf_checks=True)
    strict.cookies["language"] = "en"
    strict.force_login(alice)
    response = strict.post(path, decision(reasoning=TEXT), **OURS)
    assert response.status_code == 403
    assert "opened before your last sign-in" in response.content.decode()
    assert given_back(response) == "she &lt;names&gt; the one who sent it"
    assert not given_back(strict.post(path, decision(reasoning=TEXT), HTTP_ORIGIN="https://evil.example"))


def test_handed_over_given_back_and_taken_over(
    as_alice: Client, as_bob: Client, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(urls=URLS)
    page(as_alice, item_path(case))
    bob = get_user_model().objects.get(username="bob")
    nobody = make_user("dora", role="")
    path = f"/cases/{case.pk}/hand-over/"
    for wrong in (str(nobody.pk), "²", "999"):
        as_alice.post(path, {"to": wrong})
        assert "Yours until" in page(as_alice, item_path(case))
    as_bob.post(path, {"to": ""})
    assert "Yours until" in page(as_alice, item_path(case)), "only what is one's own is given away"
    as_alice.post(path, {"to": str(bob.pk)})
    assert "bob works on this case" in page(as_alice, item_path(case))
    assert as_alice.post(f"/cases/{case.pk}/take-over/").status_code == 403
    lead = signed_in(make_user("charlie", "lead"))
    assert "Take it over" in page(lead, item_path(case))
    lead.post(f"/cases/{case.pk}/take-over/")
    assert "Yours until" in page(lead, item_path(case))
    lead.post(path, {"to": ""})
    assert not Claim.objects.exists()


def test_a_case_that_is_done_is_free_and_ended_claims_go(as_alice: Client, make_case: Any) -> None:
    case, left = make_case(urls=URLS[:1]), make_case(urls=URLS)
    as_alice.post(item_path(case), decision())
    assert not Claim.objects.filter(case_id=case.pk).exists()
    page(as_alice, item_path(left))
    duty = next(duty for duty in tasks.DUTIES if duty.name == "review.claims")
    assert list(duty.due()) == []
    clock.move(dt.timedelta(minutes=31))
    for key in duty.due():
        duty.run(key)
    assert not Claim.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_has_the_case(make_user: MakeUser, make_case: Any) -> None:
    case: Case = make_case(urls=URLS)
    users = [make_user(f"user{n}") for n in range(5)]

    def take(user: Any) -> int:
        try:
            return claims.take(case.pk, user).user_id
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        assert len(set(pool.map(take, users))) == 1
