"""Promise: what is deleted in one browser is not brought back by another, whatever both press."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.hotline.conftest import make_case as make_case
from tests.hotline.intake.conftest import Person, hidden, sealed
from tests.hotline.intake.following.entering import Make, enter
from tests.hotline.pressing import pressed

from disrupt.hotline.cases import erasing, ledger
from disrupt.hotline.cases.models import Case, SealedNote
from disrupt.hotline.intake.following import queries

PRESSES: dict[str, dict[str, Any]] = {
    "follow/now/end/": {},
    "follow/now/all/": {},
    "follow/now/1/": {},
    "follow/now/add/": {"urls": "https://example.org/b", "complete": "1", "action": "add"},
    "follow/now/contact/": {"tell": "tell", "email": "jane@example.org", "email_safe": "on"},
    "follow/now/messages/": {"text": "hello"},
    "follow/now/keep/": {},
}


def entered(case: Case) -> Person:
    person = Person(Client(enforce_csrf_checks=True, raise_request_exception=False))
    enter(person, case)
    return person


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_two_answers(make_case: Make) -> None:
    final = ("follow/now/end/", "follow/now/all/")
    for names in itertools.combinations_with_replacement(PRESSES, 2):
        if not set(names) & set(final):
            continue
        case = make_case(urls=("https://example.org/a",))
        people = [entered(case), entered(case)]
        for person, name in zip(people, names, strict=True):
            person.get("follow/now/" if name.endswith("keep/") else name)
        presses = [
            partial(person.post, name, PRESSES[name]) for person, name in zip(people, names, strict=True)
        ]
        codes = [answer.status_code for answer in pressed(*presses)]
        # 200: the answer leads to that same page. 404: no item has that number. 422: the page says why not.
        assert set(codes) <= {200, 302, 404, 422}, (names, codes)
        ledger.verify(case)
        if "follow/now/end/" in names:
            assert not case.items.exclude(url="").exists(), names
            assert not case.notes.exists(), names
            assert not case.messages.exists(), names


def test_what_arrives_as_the_case_is_deleted_is_destroyed(
    db: None, make_case: Make, monkeypatch: Any
) -> None:
    case = make_case(urls=("https://example.org/a",))
    person = entered(case)
    person.get("follow/now/add/")
    room: Callable[[Case], int] = queries.room

    def then_erased(of: Case) -> int:
        erasing.erase_case(Case.objects.get(pk=of.pk))
        return room(of)

    monkeypatch.setattr(queries, "room", then_erased)
    files = [SimpleUploadedFile("holiday.jpg", b"content", "image/jpeg")]
    draft = hidden(person.html, "draft")
    answer = person.post(
        "follow/now/add/", {"files": files, "draft": draft, "complete": "1", "action": "add"}
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/en/done/"
    assert sealed() == []
    assert case.items.count() == 1
    assert not SealedNote.objects.exists()
