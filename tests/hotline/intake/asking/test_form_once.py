"""The form sent twice, late, altered or into a failing database: one case, and no file lost unsaid."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import DatabaseError
from tests.hotline.intake.conftest import Person, hidden, opened, sealed

from disrupt.hotline.cases import opening, retention
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common import clock, switches
from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.store import vault
from disrupt.hotline.intake.asking import drafts
from disrupt.hotline.intake.visit.limits import GATE


def test_the_same_form_twice_is_one_case_with_one_code(person: Person) -> None:
    person.open_form()
    first_page = person.html
    person.send(b"one")
    first = person.code()
    person.html = first_page
    assert person.send(b"one").status_code == 302
    assert person.code() == first
    assert Case.objects.count() == 1
    assert Item.objects.count() == 2
    assert len(sealed()) == 1


def test_a_corrected_form_sent_twice_keeps_its_files(person: Person, settings: Any) -> None:
    person.open_form()
    person.send(b"one", statement=None)
    page = person.html
    for _ in range(2):
        person.html = page
        assert person.send(draft=hidden(page, "draft")).status_code == 302
    assert Case.objects.count() == 1
    assert opened(Item.objects.get(kind="file").vault_id, settings) == b"one"


def test_two_people_with_the_same_file_are_two_cases(person: Person) -> None:
    codes = set()
    for _ in range(2):
        person.open_form()
        person.send(b"the same")
        codes.add(person.code())
    assert len(codes) == 2
    assert Item.objects.filter(kind="file").count() == 2


def test_a_draft_that_was_altered_is_a_new_form(person: Person) -> None:
    person.open_form()
    person.send(b"one", statement=None)
    draft = hidden(person.html, "draft")
    person.send(draft=draft[:-1] + ("A" if draft[-1] != "A" else "B"), statement=None)
    assert "received safely" not in person.html
    assert hidden(person.html, "draft") != draft


def test_abandoned_files_are_destroyed_after_a_day_and_said_to_be(somebody: Person, settings: Any) -> None:
    somebody.open_form()
    somebody.send(b"one", statement=None)
    draft = hidden(somebody.html, "draft")
    settings.KEEP_ABANDONED = dt.timedelta(seconds=-1)
    (vault_id,) = [name for name in retention.abandoned() if vault.is_whole(name)]
    vault.destroy(vault_id)
    settings.KEEP_ABANDONED = dt.timedelta(hours=24)
    assert somebody.send(draft=draft).status_code == 200
    said = {"en": "1 file was received too long ago", "fr": "1 fichier a été reçu il y a trop longtemps"}
    assert said[somebody.language] in somebody.html
    assert not Case.objects.exists(), "the person must know before it is sent"
    assert somebody.send(draft=hidden(somebody.html, "draft")).status_code == 302


def test_a_file_is_not_promised_in_its_last_hour(person: Person, settings: Any) -> None:
    person.open_form()
    person.send(b"one", statement=None)
    draft = hidden(person.html, "draft")
    mark = drafts.mark_of(person.client.cookies[settings.CSRF_COOKIE_NAME].value)
    assert len(drafts.unpack(draft, mark).files) == 1
    clock.move(dt.timedelta(hours=23, minutes=30))
    assert (len(drafts.unpack(draft, mark).files), drafts.unpack(draft, mark).lost) == (0, 1)


def test_a_failing_database_loses_nothing(somebody: Person, monkeypatch: Any) -> None:
    def fail(*_: Any) -> Any:
        raise DatabaseError

    somebody.open_form()
    with monkeypatch.context() as broken:
        broken.setattr(opening, "open_case", fail)
        response = somebody.send(b"one", email="jane@example.org", description="words")
    assert response.status_code == 200
    assert {"en": "We could not save", "fr": "Nous n’avons pas pu enregistrer"}[
        somebody.language
    ] in somebody.html
    assert len(sealed()) == 1, "the file waits; the texts' keys are destroyed"
    assert somebody.send(draft=hidden(somebody.html, "draft")).status_code == 302


def test_the_form_is_never_cached(person: Person) -> None:
    assert person.get("form/").headers["Cache-Control"] == "no-store"
    first, second = (hidden(person.html, "draft"), hidden(person.get("form/").content.decode(), "draft"))
    assert first != second


def test_read_only_a_report_that_waits_goes_on_waiting(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(GATE, "ask", lambda network, worked: 5.0)
    person.open_form()
    assert person.send()["Location"].endswith("/wait/")
    switches.put(switches.Stop.WRITING, True, OPERATOR, "a restore is under way")
    clock.move(dt.timedelta(seconds=6))
    assert person.get("steps/wait/").status_code == 503
    assert not Case.objects.exists()
    switches.put(switches.Stop.WRITING, False, OPERATOR, "it is over")
    clock.move(dt.timedelta(minutes=1))
    assert person.get("steps/wait/")["Location"].endswith("/code/")
    assert Case.objects.count() == 1
