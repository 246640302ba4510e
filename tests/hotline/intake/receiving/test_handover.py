"""From an upload to a report: the form takes what is whole, once, and keeps it over its corrections."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.hotline.intake.conftest import Person, hidden, opened, sealed
from tests.hotline.intake.receiving.sender import Sender

from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common import clock
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.receiving import handover


def test_a_report_takes_the_whole_ones(somebody: Person, settings: Any) -> None:
    somebody.open_form()
    sender = Sender(somebody.client, somebody.language)
    for content in (b"first", b"second"):
        sender.patch(sender.begin(len(content)), content, 0)
    sender.patch(sender.begin(10), b"half.", 0)
    assert [(one["offset"], one["length"]) for one in sender.list()] == [(5, 5), (6, 6), (5, 10)]
    assert somebody.send(b"by the form").status_code == 302
    items = list(Item.objects.filter(kind="file").order_by("position"))
    assert [opened(item.vault_id, settings) for item in items] == [b"by the form", b"first", b"second"]
    assert [one["offset"] for one in sender.list()] == [5], "the one that is not whole was not taken"
    clock.move(dt.timedelta(days=2))
    for pk in handover.expired():
        handover.destroy(pk)
    assert [opened(item.vault_id, settings) for item in items] == [b"by the form", b"first", b"second"]


def test_a_form_that_comes_back_shows_them_and_keeps_them(somebody: Person) -> None:
    somebody.open_form()
    sender = Sender(somebody.client, somebody.language)
    url = sender.begin(5)
    sender.patch(url, b"whole", 0)
    first = somebody.html
    assert somebody.send(statement=None).status_code == 200
    assert {"en": "1 file received safely", "fr": "1 fichier bien reçu"}[somebody.language] in somebody.html
    assert sender.list() == []
    assert sender.delete(url).status_code == 404, "it belongs to the form now"
    somebody.html = first  # the answer was lost: the same form is sent again
    assert somebody.send().status_code == 302
    assert Item.objects.filter(kind="file").count() == 1
    assert not Upload.objects.exists()


def test_two_forms_share_no_file(person: Person) -> None:
    person.open_form()
    first = person.html
    person.open_form()
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    assert person.send(statement=None).status_code == 200
    second, person.html = person.html, first
    assert person.send().status_code == 302
    assert not Item.objects.filter(kind="file").exists()
    person.html = second
    assert person.send(draft=hidden(second, "draft")).status_code == 302
    assert Item.objects.filter(kind="file").count() == 1


def test_one_taken_out_of_the_form_does_not_come_back(person: Person) -> None:
    person.open_form()
    sender = Sender(person.client)
    sender.patch(sender.begin(5), b"whole", 0)
    first = hidden(person.html, "draft")
    person.send(action="keep")
    person.send(action="remove-1")
    assert sealed() == []
    assert person.send(draft=first).status_code == 302
    assert not Item.objects.filter(kind="file").exists()


def test_more_than_a_report_holds_stay_and_are_said(person: Person, settings: Any) -> None:
    settings.MAX_FILES = 2
    person.open_form()
    sender = Sender(person.client)
    for _ in range(2):
        sender.patch(sender.begin(5), b"whole", 0)
    assert person.send(b"by the form").status_code == 200
    assert "1 file was not taken: a report holds 2" in person.html
    assert not Case.objects.exists()
