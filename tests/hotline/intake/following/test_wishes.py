"""Steps that need the person: behind the code they ask for one or refuse it, and the analysts see it."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.utils import translation
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Allowed, Case, Mandate, Wish
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.intake.following import queries

PAGE = "follow/now/more/"


@pytest.fixture
def asked(inside: tuple[Person, Case]) -> tuple[Person, Case]:
    """A person whose address's site was written to."""
    person, case = inside
    case.items.update(state=ItemState.HOST_NOTIFIED)
    return person, case


def test_who_has_nothing_going_on_is_asked_nothing(inside: tuple[Person, Case]) -> None:
    person, _case = inside
    assert PAGE not in person.get("follow/now/").content.decode()
    assert person.get(PAGE).status_code == 404


def test_who_came_across_it_has_no_say(asked: tuple[Person, Case]) -> None:
    person, case = asked
    Case.objects.filter(pk=case.pk).update(reporter="witness")
    assert person.get(PAGE).status_code == 404


def test_one_asks_refuses_and_leaves_open(asked: tuple[Person, Case]) -> None:
    person, case = asked
    assert PAGE in person.get("follow/now/").content.decode()
    said = {
        "asked": {"en": "our analysts see that you do", "fr": "nos analystes le voient"},
        "refused": {"en": "nothing of it is sent", "fr": "rien n’en est envoyé"},
    }
    for wish in ("asked", "refused", ""):
        person.get(PAGE)
        page = person.post(PAGE, {"regulator": wish, "take_it_down": ""}).content.decode()
        assert Mandate.objects.get(case=case, what=Allowed.REGULATOR).wish == wish
        shown = [key for key, words in said.items() if words[person.language] in page]
        assert shown == ([wish] if wish else [])
    kinds = list(case.ledger.order_by("number").values_list("kind", flat=True))
    assert kinds[-3:] == ["mandate.asked", "mandate.refused", "mandate.open"]
    assert not Mandate.objects.filter(case=case, what=Allowed.TAKE_IT_DOWN).exists(), "nothing was said of it"
    ledger.verify(case)


def test_what_takes_no_signature_does_not_speak_of_one(asked: tuple[Person, Case]) -> None:
    person, case = asked
    person.get(PAGE)
    page = person.post(PAGE, {"prosecutor": "asked", "court": "asked"}).content.decode()
    signed = {"en": "before it is signed", "fr": "avant la signature"}[person.language]
    seen = {"en": "our analysts see that you do", "fr": "nos analystes le voient"}[person.language]
    assert (page.count(seen), page.count(signed)) == (2, 1)
    assert {one.what for one in case.mandates.exclude(wish="")} == {"prosecutor", "court"}


def test_nonsense_changes_nothing(asked: tuple[Person, Case]) -> None:
    person, case = asked
    before = case.ledger.count()
    person.get(PAGE)
    for data in ({}, {"regulator": "perhaps"}, {"other": Wish.ASKED}):
        assert person.post(PAGE, data).status_code == 200
    assert case.ledger.count() == before


@pytest.mark.parametrize("recipient", ["host", "search"])
def test_what_a_site_says_is_told_as_its_word(asked: tuple[Person, Case], recipient: str) -> None:
    _person, case = asked
    with transaction.atomic():
        data = {"recipient": recipient, "decision": "removed"}
        ledger.record(case, "notice.decided", analyst(1), item=case.items.get(), data=data)
    with translation.override("en"):
        steps = [str(step.text) for step in queries.followed(case, "en")[0].steps]
    word = "The site says that it is removed: we look whether it is so"
    assert (word in steps) == (recipient == "host")
