"""Adding to a case by the script, and fingerprints from the device: whose, once, and in which state."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from tests.hotline.intake.conftest import Person, hidden, opened
from tests.hotline.intake.following.entering import Make, enter
from tests.hotline.intake.receiving.sender import Sender

from disrupt.hotline.cases import withdrawing
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.store import vault
from disrupt.hotline.intake import tasks
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.visit.policy import DEVICE_POLICY

CANARY = b"canary-of-a-late-upload-5d11"
PRINT = {
    "kind": "image",
    "sha256": "ab" * 32,
    "md5": "cd" * 16,
    "pdq": [{"hex": "5a" * 32, "quality": 90, "role": "stored"}],
}


def sender_of(person: Person) -> Sender:
    sender = Sender.__new__(Sender)
    sender.client = person.client
    sender.list_url = f"/{person.language}/follow/now/files/"
    sender.headers = {"tus-resumable": "1.0.0", "origin": "http://testserver"}
    # Asking for the list gives the cookie.
    person.client.get(sender.list_url, headers=sender.headers)
    return sender


def send_whole(sender: Sender, data: bytes = CANARY) -> None:
    assert sender.patch(sender.begin(len(data)), data, 0).status_code == 204


def press_add(person: Person, **data: Any) -> Any:
    return person.post(
        "follow/now/add/", {"draft": hidden(person.html, "draft"), "complete": "1", "action": "add", **data}
    )


def test_a_large_file_is_added_by_the_script(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    page = person.get("follow/now/add/").content.decode()
    assert f'data-uploads="/{person.language}/follow/now/files/"' in page
    sender = sender_of(person)
    assert sender.list() == []
    url = sender.begin(len(CANARY))
    assert url.startswith(f"/{person.language}/follow/now/files/")
    sender.patch(url, CANARY[:5], 0)
    assert sender.head(url)["Upload-Offset"] == "5"
    assert sender.patch(url, CANARY[5:], 5).status_code == 204
    assert press_add(person).status_code == 302
    assert opened(case.items.get(kind="file").vault_id, settings) == CANARY
    assert not Upload.objects.exists()


def test_the_same_form_sent_twice_adds_once(inside: tuple[Person, Case]) -> None:
    person, case = inside
    person.get("follow/now/add/")
    send_whole(sender_of(person))
    # Without the script the files wait in the form itself.
    press_add(person, action="keep")
    form = person.html
    assert case.items.count() == 1
    press_add(person)
    person.html = form
    press_add(person)
    assert case.items.filter(kind="file").count() == 1
    assert case.ledger.filter(kind="items.added").count() == 1


def test_a_file_is_taken_out_before_it_is_added(inside: tuple[Person, Case]) -> None:
    person, case = inside
    person.get("follow/now/add/")
    send_whole(sender_of(person))
    press_add(person, action="keep", urls="example.org/typed")
    assert ">example.org/typed</textarea>" in person.html, "what was typed is still there"
    press_add(person, action="remove-1")
    assert list(vault.stored_ids()) == []
    assert press_add(person).status_code == 422
    assert not case.items.filter(kind="file").exists()


def test_two_people_with_one_browser(inside: tuple[Person, Case], make_case: Make) -> None:
    """What one sent and did not add is neither listed to the other nor put into their case."""
    person, _case = inside
    person.get("follow/now/add/")
    send_whole(sender_of(person))
    other = make_case(urls=("https://example.org/other",))
    enter(person, other)
    assert sender_of(person).list() == []
    person.get("follow/now/add/")
    press_add(person, urls="example.org/new")
    assert not other.items.filter(kind="file").exists()
    # Nor to whoever begins a report.
    assert Sender(person.client, person.language).list() == []


def test_whoever_gives_the_code_again_finds_the_upload(inside: tuple[Person, Case]) -> None:
    person, case = inside
    person.get("follow/now/add/")
    sender = sender_of(person)
    send_whole(sender)
    clock.move(dt.timedelta(minutes=45))
    assert person.get("follow/now/").status_code == 302, "closed by itself"
    assert sender.client.get(sender.list_url, headers=sender.headers).status_code == 403
    enter(person, case)
    assert len(sender.list()) == 1
    person.get("follow/now/add/")
    press_add(person)
    assert case.items.filter(kind="file").count() == 1


@pytest.mark.parametrize("path", ["follow/close/", "follow/now/end/"])
def test_closing_and_erasing_destroy_what_was_not_added(inside: tuple[Person, Case], path: str) -> None:
    person, _case = inside
    person.get("follow/now/add/")
    send_whole(sender_of(person))
    person.get("follow/now/end/")
    person.post(path)
    for duty in tasks.DUTIES:
        for one in list(duty.due()):
            duty.run(one)
    assert list(vault.stored_ids()) == []


def test_leaving_at_once_destroys_what_was_not_added(inside: tuple[Person, Case]) -> None:
    person, _case = inside
    person.get("follow/now/add/")
    send_whole(sender_of(person))
    person.client.post(f"/{person.language}/leave/")
    assert Upload.objects.get().expires_at <= clock.now()


def test_nobody_sends_to_a_case_without_its_code(db: None) -> None:
    sender = sender_of(Person(Client(enforce_csrf_checks=True)))
    assert sender.client.get(sender.list_url, headers=sender.headers).status_code == 403
    assert sender.create(5).status_code == 403


def make_prints(person: Person, *prints: dict[str, Any], action: str = "continue") -> Any:
    data = {
        "kept": hidden(person.html, "kept"),
        "prints": json.dumps(prints) if prints else "",
        "action": action,
    }
    return person.post("follow/now/device/", data)


def test_a_fingerprint_from_the_device_is_added(inside: tuple[Person, Case]) -> None:
    person, case = inside
    response = person.get("follow/now/device/")
    assert response["Content-Security-Policy"] == DEVICE_POLICY, "the browser forbids the page to send a file"
    assert make_prints(person, PRINT).status_code == 302
    item = case.items.get(kind="declared")
    assert item.declared["sha256"] == PRINT["sha256"]
    assert item.due_at is not None, "the worker offers it next"
    said = "Ajouté. Nos partenaires" if person.language == "fr" else "Added. Our partners"
    assert said in person.get("follow/now/").content.decode()
    person.get("follow/now/device/")
    make_prints(person, PRINT)
    assert case.items.filter(kind="declared").count() == 1, "the same fingerprint is added once"


def test_fingerprints_wait_in_the_page_itself(inside: tuple[Person, Case]) -> None:
    person, case = inside
    person.get("follow/now/device/")
    make_prints(person, PRINT, PRINT | {"sha256": "01" * 32}, action="keep")
    assert case.items.count() == 1
    make_prints(person, action="remove-1")
    assert make_prints(person).status_code == 302
    assert [item.declared["sha256"] for item in case.items.filter(kind="declared")] == ["01" * 32]


@pytest.mark.parametrize("prints", ['{"a": 1}', "[1]", '[{"kind": "image"}]', "x"])
def test_what_is_no_fingerprint_is_refused(inside: tuple[Person, Case], prints: str) -> None:
    person, case = inside
    person.get("follow/now/device/")
    assert person.post("follow/now/device/", {"kept": "", "prints": prints}).status_code == 422
    assert person.post("follow/now/device/", {"kept": prints, "prints": ""}).status_code == 422
    assert not case.items.filter(kind="declared").exists()


def test_nothing_made_is_said(inside: tuple[Person, Case]) -> None:
    person, _case = inside
    person.get("follow/now/device/")
    assert make_prints(person).status_code == 422
    assert 'href="#device-files"' in person.html


def test_what_was_taken_back_may_be_given_again(inside: tuple[Person, Case]) -> None:
    person, case = inside
    withdrawing.withdraw_case(case)
    person.get("follow/now/add/")
    press_add(person, urls="https://example.org/a")
    assert Item.objects.filter(case=case, url="https://example.org/a", state="received").exists()


def copy_of(sender: Sender) -> Sender:
    """Somebody who has copied all cookies of a browser."""
    thief = Sender.__new__(Sender)
    thief.client = Client()
    for name, morsel in sender.client.cookies.items():
        thief.client.cookies[name] = morsel.value
    thief.list_url, thief.headers = sender.list_url, dict(sender.headers)
    return thief


def test_copied_cookies_put_nothing_into_a_case_that_was_closed(inside: tuple[Person, Case]) -> None:
    person, case = inside
    person.get("follow/now/add/")
    sender = sender_of(person)
    send_whole(sender)
    thief = copy_of(sender)
    assert len(thief.list()) == 1
    uploads = person.client.cookies[settings.UPLOADS_COOKIE_NAME].value
    person.get("follow/now/")
    person.post("follow/close/")
    assert thief.list() == []
    send_whole(thief, b"planted")
    # The same browser again, even one that kept the cookie of its uploads.
    enter(person, case)
    person.client.cookies[settings.UPLOADS_COOKIE_NAME] = uploads
    assert sender.list() == []
    person.get("follow/now/add/")
    assert press_add(person).status_code == 422
    assert not case.items.filter(kind="file").exists()


def test_a_form_of_another_case_brings_no_file_along(inside: tuple[Person, Case], make_case: Make) -> None:
    """Whoever saw the page's source could put the file into a case of their own, and take it back there."""
    person, case = inside
    person.get("follow/now/add/")
    send_whole(sender_of(person))
    press_add(person, action="keep")
    form, thief = person.html, Person(Client(enforce_csrf_checks=True))
    enter(thief, make_case(urls=("https://example.org/thief",)))
    thief.get("follow/now/add/")
    stolen = thief.post("follow/now/add/", {"draft": hidden(form, "draft"), "complete": "1", "action": "add"})
    assert stolen.status_code == 422
    press_add(person)
    assert Item.objects.get(kind="file").case == case
