"""Behind the code: adding later, and the choice between “tell me” and “I come back with my code”."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.hotline.intake.conftest import Person, opened

from disrupt.hotline.cases import finding, messages, retention, withdrawing
from disrupt.hotline.cases.models import Case, SealedKind, SealedNote
from disrupt.hotline.cases.queries import read_note
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.intake.following import contacts
from disrupt.hotline.intake.following.contacts import Reach

CANARY = b"canary-of-an-addition-77aa"


def add(person: Person, urls: str = "", *files: bytes, **changes: Any) -> Any:
    person.get("follow/now/add/")
    uploads = [SimpleUploadedFile("holiday-jane.jpg", data, "image/jpeg") for data in files]
    data = {"urls": urls, "files": uploads, "complete": "1", **changes}
    return person.post("follow/now/add/", {k: v for k, v in data.items() if v is not None})


def urls_of(case: Case) -> list[str]:
    return list(case.items.filter(kind="url").order_by("position").values_list("url", flat=True))


def test_addresses_and_files_are_added(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    said = "Ajouté." if person.language == "fr" else "Added."
    assert add(person, "example.org/b\nhttps://example.org/a", CANARY).status_code == 302
    assert said in person.get("follow/now/").content.decode()
    assert urls_of(case) == ["https://example.org/a", "https://example.org/b"], (
        "what is known is not added twice"
    )
    assert opened(case.items.get(kind="file").vault_id, settings) == CANARY
    event = case.ledger.get(kind="items.added")
    assert (event.actor, event.data) == ("reporter", {"kinds": ["url", "file"]})


def test_a_closed_case_opens_again(inside: tuple[Person, Case]) -> None:
    person, case = inside
    withdrawing.withdraw_case(case)
    case.refresh_from_db()
    assert case.closed_at
    page = person.get("follow/now/add/").content.decode()
    assert (
        "Votre signalement était terminé" if person.language == "fr" else "Your report was finished"
    ) in page
    add(person, "example.org/b")
    case.refresh_from_db()
    assert (case.closed_at, case.purge_at) == (None, None)
    clock.move(dt.timedelta(days=60))
    assert retention.cases_to_purge() == []


def test_what_is_right_is_added_and_what_is_wrong_comes_back(inside: tuple[Person, Case]) -> None:
    person, case = inside
    assert add(person, "example.org/b\nhello", CANARY, b"").status_code == 422
    assert urls_of(case) == ["https://example.org/a", "https://example.org/b"]
    assert case.items.filter(kind="file").count() == 1
    assert ">hello</textarea>" in person.html
    assert "example.org/b" not in person.html
    assert {"en": "2 things were added", "fr": "2 éléments ont été ajoutés"}[person.language] in person.html


@pytest.mark.parametrize("known", [True, False])
def test_nothing_new_changes_nothing(inside: tuple[Person, Case], known: bool) -> None:
    person, case = inside
    before = case.ledger.count()
    assert add(person, "https://example.org/a" if known else "").status_code == (302 if known else 422)
    assert (case.items.count(), case.ledger.count()) == (1, before)


def test_a_request_that_breaks_off_or_is_forged_adds_nothing(inside: tuple[Person, Case]) -> None:
    person, case = inside
    assert add(person, "example.org/b", CANARY, complete=None).status_code == 400
    upload = SimpleUploadedFile("a.jpg", CANARY)
    forged = person.client.post(f"/{person.language}/follow/now/add/", {"files": [upload], "complete": "1"})
    assert forged.status_code == 403
    assert case.items.count() == 1
    assert list(vault.stored_ids()) == []


def choose(person: Person, tell: str, **data: str) -> Any:
    person.get("follow/now/contact/")
    return person.post("follow/now/contact/", {"tell": tell, **data})


def reach(case: Case) -> Reach:
    return contacts.reach_of(case, finding.unlock(case.code).private_key)  # type: ignore[attr-defined]


def test_contact_is_given_corrected_and_ended(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    page = person.get("follow/now/contact/").content.decode()
    assert 'value="code" checked' in page
    choose(person, "tell", email="jane@example.org", email_safe="on", telephone="06 12 34 56 78")
    assert reach(case) == Reach("jane@example.org", True, "06 12 34 56 78", False)
    settings.MAY_OPEN = True
    assert read_note(SealedNote.objects.get(kind=SealedKind.EMAIL)) == "jane@example.org"
    settings.MAY_OPEN = False
    page = person.get("follow/now/contact/").content.decode()
    assert 'value="jane@example.org"' in page
    assert 'name="email_safe" checked' in page
    assert 'name="telephone_safe" checked' not in page
    choose(person, "tell", email="other@example.org", email_safe="on")
    assert reach(case) == Reach("other@example.org", True)
    assert len(list(vault.stored_ids())) == 2, "what was there before is destroyed"
    choose(person, "code", email="other@example.org", email_safe="on")
    assert reach(case) == Reach()
    assert list(vault.stored_ids()) == []
    last = case.ledger.filter(kind="contact.changed").last()
    assert last is not None
    assert last.data == {"contacts": []}


def test_the_night_is_quiet_unless_one_chooses_otherwise(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    settings.QUIET_HOURS = "21:30-8"
    page = person.get("follow/now/contact/").content.decode()
    said = {"fr": "de 21 h 30 à 8 h", "en": "from 9:30 PM to 8 AM"}[person.language]
    assert said in page.replace("\u00a0", " ")
    choose(person, "tell", email="jane@example.org", email_safe="on")
    assert not SealedNote.objects.get().any_hour
    choose(person, "tell", email="jane@example.org", email_safe="on", email_any_hour="on")
    assert SealedNote.objects.get().any_hour
    assert reach(case).email_any_hour
    assert 'name="email_any_hour" checked' in person.get("follow/now/contact/").content.decode()
    settings.QUIET_HOURS = "none"
    assert "email_any_hour" not in person.get("follow/now/contact/").content.decode()


def test_the_night_is_asked_about_in_a_first_report(somebody: Person, settings: Any) -> None:
    settings.QUIET_HOURS = "21-8"
    somebody.open_form()
    assert "email_any_hour" in somebody.html
    somebody.send(email="jane@example.org", email_safe="on", email_any_hour="on")
    assert SealedNote.objects.get(kind=SealedKind.EMAIL).any_hour


@pytest.mark.parametrize(
    ("tell", "data", "anchor"),
    [
        ("", {}, "tell-code"),
        ("tell", {}, "id_email"),
        ("tell", {"email": "jane"}, "id_email"),
        ("tell", {"telephone": "call me"}, "id_telephone"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    inside: tuple[Person, Case], tell: str, data: dict[str, str], anchor: str
) -> None:
    person, _case = inside
    assert choose(person, tell, **data).status_code == 422
    assert f'href="#{anchor}"' in person.html
    assert f'id="{anchor}"' in person.html
    assert not SealedNote.objects.exists()


def test_mail_that_came_back_is_said(inside: tuple[Person, Case]) -> None:
    person, _case = inside
    choose(person, "tell", email="jane@example.org", email_safe="on")
    SealedNote.objects.update(bounced_at=clock.now(), bounce="5.1.1")
    said = "nous est revenu" if person.language == "fr" else "came back"
    assert said in person.get("follow/now/").content.decode()
    assert said in person.get("follow/now/contact/").content.decode()
    choose(person, "tell", email="jane2@example.org", email_safe="on")
    assert said not in person.get("follow/now/").content.decode()


def test_whoever_looks_is_not_written_to(inside: tuple[Person, Case]) -> None:
    person, case = inside
    decisions.qualify(case.items.get(), "NCII-DIF", analyst(1))
    person.get("follow/now/")
    case.refresh_from_db()
    assert case.told_number == case.ledger_length


def test_an_analyst_has_begun_to_look(inside: tuple[Person, Case]) -> None:
    person, case = inside
    said = "Un analyste a commencé" if person.language == "fr" else "An analyst has begun"
    assert said not in person.get("follow/now/").content.decode()
    messages.write(case, "We are looking at it.", analyst(1), "form")
    assert said in person.get("follow/now/").content.decode()
    add(person, "example.org/later")
    assert person.get("follow/now/").content.decode().count(said) == 1, "not at what was added afterwards"


def test_lines_that_are_none_are_explained_and_long_texts_come_back_whole(
    inside: tuple[Person, Case],
) -> None:
    person, case = inside
    long = "\n".join(f"hello {n} {'x' * 90}" for n in range(3000))
    assert add(person, f"snapchat jane_33\nIMG_1.jpg\nexample.org/b\n{long}").status_code == 422
    words = {
        "en": ("it is the name of a file", "more lines like these"),
        "fr": ("nom d’un fichier", "de ce genre"),
    }
    for said in words[person.language]:
        assert said in person.html
    assert f"hello 2999 {'x' * 90}" in person.html
    assert urls_of(case) == ["https://example.org/a", "https://example.org/b"]


def test_a_case_that_is_full_says_so_and_loses_nothing(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    settings.MAX_ITEMS = 3
    assert add(person, "example.org/b\nexample.org/c\nexample.org/d").status_code == 422
    assert urls_of(case) == [f"https://example.org/{n}" for n in "abc"]
    assert ">https://example.org/d</textarea>" in person.html
    full = {"en": "make a new report for them", "fr": "faites un nouveau signalement pour elles"}
    assert full[person.language] in person.html
    assert add(person, "", CANARY).status_code == 422
    assert not case.items.filter(kind="file").exists()
