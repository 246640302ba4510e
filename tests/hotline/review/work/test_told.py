"""What is said of an address as it is decided stands in its notices, names nobody, and goes in time."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser, signed_in
from tests.hotline.processing.working import kinds, only, work
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases import erasing, retention
from disrupt.hotline.cases.models import Qualification
from disrupt.hotline.common import clock
from disrupt.hotline.takedown.models import Notice, Particular
from disrupt.hotline.takedown.notices.compose import compose

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "https://example.org/a"
TOLD = {
    "told-place": "third post,\nsecond picture",
    "told-moment": "02:13",
    "told-file": "https://img.example.org/12.jpg",
    "told-shows": "a person without clothes",
    "told-seen_at": "2026-11-02T10:00",
}


@pytest.fixture(autouse=True)
def _ten_minutes(settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)


def in_effect() -> None:
    clock.move(dt.timedelta(minutes=11))
    work()


def test_what_is_said_with_a_decision_stands_in_its_notices(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,))
    assert "Where in the page it is, for the host" in page(as_alice, item_path(case))
    as_alice.post(item_path(case), decision(**TOLD))
    assert not Particular.objects.exists(), "nothing follows before it is in effect"
    assert "Where in the page: third post, second picture<br>" in page(as_alice, item_path(case))
    in_effect()
    kept = Particular.objects.get()
    assert (kept.place, kept.moment, kept.by) == ("third post, second picture", "02:13", case_by(case))
    host = Notice.objects.get(step="host")
    body = compose(host, clock.now()).body
    for line in ("page: third post, second picture", "02:13", "img.example.org/12.jpg", "without clothes"):
        assert line in body
    assert "notice.described" in kinds(case)


def case_by(case: Any) -> str:
    return Qualification.objects.get(item__case=case).by


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"told-shows": "Jeanne Dupont"}, "write them small"),
        ({"told-place": "a@b.example"}, "There is an e-mail address in it."),
        ({"told-moment": "06 12 34 56 78"}, "There is a long number in it"),
        ({"told-file": "nothing"}, "This is not an address."),
        ({"told-place": "x" * 201}, "at most 200"),
        ({"told-seen_at": "2100-01-01T10:00"}, "This time is still to come."),
    ],
)
def test_a_decision_is_not_recorded_with_what_a_notice_could_not_say(
    as_alice: Client, make_case: Any, changed: dict[str, str], words: str
) -> None:
    case = make_case(urls=(URL,))
    answer = as_alice.post(
        item_path(case), decision(category="MIN-CSAM", person="minor", **{**TOLD, **changed})
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "without clothes" in html or "told-shows" in changed, "what was written is still there"
    assert not Qualification.objects.exists()


def test_nothing_is_said_of_what_is_not_illegal_or_no_address(as_alice: Client, make_case: Any) -> None:
    lawful, file = make_case(urls=(URL,)), make_case(files=(b"not a picture",))
    assert "for the host" not in page(as_alice, item_path(file))
    as_alice.post(
        item_path(lawful),
        decision(category="OUT", reason="NOT-INTIMATE", **{**TOLD, "told-shows": "Jeanne Dupont"}),
    )
    as_alice.post(item_path(file), decision(**TOLD))
    assert [one.particulars for one in Qualification.objects.all()] == [{}, {}]


def test_undone_it_is_gone_from_the_decision_and_its_author_goes_on_from_it(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    case = make_case(urls=(URL,))
    as_alice.post(item_path(case), decision(reasoning="she said no", **TOLD))
    number = Qualification.objects.get().pk
    bob = signed_in(make_user("bob"))
    bob.post(f"/decisions/{number}/undo/")
    assert Qualification.objects.get().particulars == {}
    in_effect()
    assert not Particular.objects.exists()
    html = page(as_alice, item_path(case))
    for said in (
        "third post, second picture",
        "without clothes",
        "2026-11-02T10:00",
        "she said no</textarea>",
    ):
        assert said in html
    assert not re.search(r'name="person"[^>]* checked', html)
    assert "second picture" not in page(bob, item_path(case))


def test_it_ends_with_what_is_personal_and_with_the_case(as_alice: Client, make_case: Any) -> None:
    purged, erased = make_case(urls=(URL,)), make_case(urls=("https://example.org/b",))
    for case in (purged, erased):
        as_alice.post(item_path(case), decision(**TOLD))
    in_effect()
    retention.purge(purged)
    assert Qualification.objects.get(item__case=purged).particulars == {}
    erasing.erase_case(erased)
    work()
    assert not Qualification.objects.filter(item__case=erased).exists()
    assert not Particular.objects.filter(target__concerns__item__case=erased).exists()


def test_it_is_carried_to_the_same_address_only(as_alice: Client, make_case: Any) -> None:
    first, same = make_case(urls=(URL,)), make_case(urls=(URL,))
    page(as_alice, item_path(first))
    asked = {"offered": str(only(same).pk), "carry": str(only(same).pk)}
    as_alice.post(item_path(first), decision(**TOLD, **asked))
    carried = Qualification.objects.get(item__case=same)
    assert carried.carried
    assert carried.particulars["place"] == "third post, second picture"


def test_a_draft_keeps_it(as_alice: Client, make_case: Any) -> None:
    path = item_path(make_case(urls=(URL,)))
    as_alice.post(f"{path}draft/", {"told-place": "fourth post"})
    html = page(as_alice, path)
    assert 'value="fourth post"' in html
    opened = as_alice.post(f"{path}words/", {"told-moment": "00:09"}).content.decode()
    assert 'value="00:09"' in opened
