"""The database does not answer while somebody reports: it is said, what was typed stays, and goes once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.receiving.sender import Sender

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common.still import Still
from disrupt.hotline.processes.portal import settings as portal_settings

pytestmark = pytest.mark.django_db
WORDS = "A sentence that nobody wants to type twice."


@contextmanager
def database_away(kind: type[Exception] = OperationalError) -> Iterator[None]:
    def nothing(*_: object) -> None:
        raise kind("connection to server failed")

    with connection.execute_wrapper(nothing):
        yield


@pytest.fixture(autouse=True)
def _the_portals_words(settings: Any) -> None:
    settings.STILL_VIEW = portal_settings.STILL_VIEW


@pytest.mark.parametrize("kind", [OperationalError, InterfaceError])
def test_what_was_typed_stays_and_goes_once(person: Person, kind: type[Exception]) -> None:
    person.open_form()
    with database_away(kind):
        person.send(b"a picture", description=WORDS)
        assert "Nothing is lost: please send it again in a minute" in person.html
        assert WORDS in person.html
    assert Case.objects.count() == 0
    assert person.send(description=WORDS).status_code == 302
    case = Case.objects.get()
    assert sorted(case.items.values_list("kind", flat=True)) == ["file", "url"]


def test_files_that_were_uploaded_before_are_in_the_report_that_goes_later(person: Person) -> None:
    person.open_form()
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    with database_away():
        person.send(b"by the form", description=WORDS)
        assert "Nothing is lost: please send it again in a minute" in person.html
        assert WORDS in person.html
    assert person.send(description=WORDS).status_code == 302
    assert Case.objects.get().items.filter(kind="file").count() == 2


def test_the_page_of_the_files_keeps_them_too(person: Person) -> None:
    person.get("steps/ways/")
    assert person.post("steps/ways/", {"ways": ["deposit"], "action": "continue"}).status_code == 302
    person.get("steps/files/")
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    with database_away():
        answer = person.post("steps/files/", {"action": "continue", "complete": "1"})
        assert (answer.status_code, "Nothing is lost" in person.html) == (200, True)
    answer = person.post("steps/files/", {"action": "continue", "complete": "1"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/steps/who/")


def test_a_page_that_needs_it_says_so(person: Person) -> None:
    person.get("follow/")
    with database_away():
        answer = person.post("follow/", {"code": "AAAA-BBBB-CCCC-DDDD-EEEE"})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "A code that you have stays good" in person.html
        assert person.get("").status_code == 200


def test_another_error_is_none_of_the_databases() -> None:
    def view(_request: HttpRequest) -> HttpResponse:
        return HttpResponse()

    still = Still(view)
    request = RequestFactory().get("/en/")
    assert still.process_exception(request, ValueError("x")) is None
