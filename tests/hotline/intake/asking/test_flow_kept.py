"""What is kept of a report on its way: stopped, too late, sealed meanwhile, and gone when it was sent."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.hotline.intake.asking.steps import answer, push, send, to, until_check
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.intake.asking import shelf

CANARY = "a-word-that-must-not-be-on-any-disk"


def test_stopping_destroys_everything(person: Person, settings: Any) -> None:
    answer(person, "ways", ways=["deposit"])
    answer(person, "files", files=[SimpleUploadedFile("a", b"content")])
    assert len(list(vault.stored_ids())) == 2, "the file and the draft"
    person.get("steps/stop/")
    assert person.post("steps/stop/").headers["Location"] == "/en/steps/stopped/"
    assert list(vault.stored_ids()) == []
    assert to(person.get("steps/who/")) == "ways"
    assert person.get("steps/stopped/").status_code == 200


def test_nothing_of_a_draft_can_be_read_without_the_browser(person: Person, settings: Any) -> None:
    until_check(person, description=CANARY, email=f"{CANARY}@example.org")
    kept = b"".join(path.read_bytes() for path in settings.VAR.rglob("*") if path.is_file())
    assert CANARY.encode() not in kept
    cookie = person.client.cookies["session"].value
    assert CANARY not in cookie
    assert CANARY in person.get("steps/check/").content.decode()
    # Another browser sees nothing, and neither does this one with another key.
    other = Person(type(person.client)())
    assert to(other.get("steps/check/")) == "ways"
    session = person.client.session
    session["draft-key"] = "x"
    with pytest.raises(shelf.NothingThere):
        shelf.load(session)


def test_a_report_is_gone_when_it_was_sent(person: Person) -> None:
    until_check(person)
    names = {name for name, _at in vault.stored_ids()}
    send(person)
    assert not names & {name for name, _at in vault.stored_ids()}
    assert to(person.get("steps/check/")) == "ways"


def test_after_two_hours_the_answers_are_gone(person: Person) -> None:
    until_check(person)
    person.get("steps/check/")
    clock.move(dt.timedelta(hours=1, minutes=59))
    assert person.client.post("/en/stay/").status_code == 204
    clock.move(dt.timedelta(hours=1))
    assert to(push(person, "check", description="still here", action="back")) == "who"
    person.get("steps/check/")
    clock.move(dt.timedelta(hours=2, minutes=1))
    assert push(person, "check", statement="on", action="send").status_code == 200
    assert "Your answers have been deleted" in person.html
    assert not Case.objects.exists()


def test_staying_opens_nothing_that_is_closed(person: Person) -> None:
    until_check(person)
    clock.move(dt.timedelta(hours=2, minutes=1))
    person.client.post("/en/stay/")
    assert to(person.get("steps/check/")) == "ways"


def test_the_page_says_when_it_closes(person: Person) -> None:
    assert 'id="closing"' not in person.get("").content.decode()
    answer(person, "ways", ways=["online"])
    html = person.get("steps/where/").content.decode()
    found = re.search(r'id="closing" role="alert" hidden data-in="(\d+)" data-lasts="(\d+)"', html)
    assert found
    assert (7190 <= int(found[1]) <= 7200, int(found[2])) == (True, 7200)
