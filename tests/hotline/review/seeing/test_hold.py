"""A content is clear for as long as a key is held: once, in the ledger, and with an end."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import jpeg, kinds
from tests.hotline.review.pages import item_path, page

from disrupt.hotline.cases.models import AgeWhenTaken
from disrupt.hotline.review.models import Look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def test_it_is_given_once_and_ends_when_the_key_is_let_go(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(jpeg(1),))
    assert "Hold to see it unblurred" in page(as_alice, item_path(case))
    answer = as_alice.post(f"{item_path(case)}hold/")
    (picture,) = answer.json()["pictures"]
    assert answer["Cache-Control"] == "no-store"
    assert kinds(case).count("content.viewed") == 1
    assert as_alice.get(picture)["Content-Type"] == "image/jpeg"
    assert as_alice.get(picture).status_code == 404
    look = Look.objects.get(clear=True)
    assert look.seconds is None
    assert as_alice.post("/let-go/").status_code == 204
    look.refresh_from_db()
    assert look.seconds == 1
    assert "The content, unblurred" not in page(as_alice, item_path(case))


def test_what_may_show_a_minor_needs_its_right_and_a_motive(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(files=(jpeg(1),), age_when_taken=AgeWhenTaken.UNSURE)
    answer = as_alice.post(f"{item_path(case)}hold/")
    assert (answer.status_code, "pictures" in answer.json()) == (422, False)
    assert "Say why you need to see it" in answer.json()["said"]
    bob = signed_in(make_user("bob", minors=False))
    assert bob.post(f"{item_path(case)}hold/", {"motive": "decide"}).status_code == 403
    assert "content.viewed" not in kinds(case)
    assert as_alice.post(f"{item_path(case)}hold/", {"motive": "decide"}).status_code == 200
    assert case.ledger.get(kind="content.viewed").data == {"motive": "decide"}


def test_nothing_is_shown_to_somebody_who_rests_nor_of_an_address(
    as_alice: Client, alice: User, make_case: Any
) -> None:
    case = make_case(urls=("https://example.org/a",), files=(jpeg(1),))
    assert as_alice.post(f"{item_path(case, 1)}hold/").status_code == 409
    as_alice.post("/stop/")
    assert as_alice.post(f"{item_path(case, 2)}hold/").status_code == 409
    assert not Look.objects.filter(user=alice, clear=True).exists()
