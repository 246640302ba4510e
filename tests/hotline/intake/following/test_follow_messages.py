"""Messages behind the code: read by both sides and by nobody else, limited kindly, destroyed for certain."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.entering import Make, enter

from disrupt.hotline.cases import erasing, finding, ledger, messages, opening, retention, withdrawing
from disrupt.hotline.cases.models import Author, Case, Message
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, analyst
from disrupt.hotline.common.keys import ReviewKeyMissing
from disrupt.hotline.common.store import vault

ALICE = analyst(1)
CANARY = "canary-letter-0b5e"


def write(person: Person, text: str, **more: Any) -> Any:
    person.get("follow/now/messages/")
    return person.post("follow/now/messages/", {"text": text, **more})


def as_analyst(settings: Any, case: Case) -> list[str | None]:
    settings.MAY_OPEN = True
    try:
        return [one.text for one in messages.read(case, ALICE)]
    finally:
        settings.MAY_OPEN = False


def test_a_question_and_its_answer(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    fr = person.language == "fr"
    assert write(person, "Is it gone?\r\n\r\nThank you").status_code == 200
    assert ("Envoyé." if fr else "Sent.") in person.html
    assert "Is it gone?" in person.html, "the person reads their own words"
    assert ("Pas encore lu" if fr else "Not read yet") in person.html
    assert as_analyst(settings, case) == ["Is it gone?\n\nThank you"]
    messages.write(case, "Yes, since <today>.", ALICE, "form-1")
    person.get("follow/now/")
    assert ("1 nouveau message" if fr else "1 new message") in person.html
    person.get("follow/now/messages/")
    assert "Yes, since &lt;today&gt;." in person.html
    assert ("Nouveau" if fr else "New") in person.html
    assert ("Lu le" if fr else "Read on") in person.html
    person.get("follow/now/messages/")
    assert 'class="chip"' not in person.html, "what was read is not new any more"
    kinds = list(case.ledger.values_list("kind", "actor"))
    assert kinds[-4:] == [
        ("message.written", "reporter"),
        ("message.read", "analyst:1"),
        ("message.answered", "analyst:1"),
        ("message.read", "reporter"),
    ]
    ledger.verify(case)


def test_the_portal_alone_reads_nothing_back(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    write(person, CANARY)
    with pytest.raises(ReviewKeyMissing):
        messages.read(case, ALICE)
    other = finding.unlock(str(make_other(case))).private_key
    with pytest.raises(vault.keys.ReviewKeyMissing if False else Exception, match="does not open"):
        messages.read(case, REPORTER, other)


def make_other(case: Case) -> str:
    """The code of another case."""
    import secrets

    from disrupt.hotline.cases.models import AgeWhenTaken, Reporter

    report = opening.Report(
        secrets.token_hex(8), "en", Reporter.SELF, AgeWhenTaken.ADULT, urls=("https://x.example/",)
    )
    return opening.open_case(report).code


def test_the_cookie_says_nothing(inside: tuple[Person, Case]) -> None:
    person, case = inside
    write(person, CANARY)
    key = bytes(finding.unlock(case.code).private_key)  # type: ignore[attr-defined]
    cookies = "; ".join(morsel.value for morsel in person.client.cookies.values())
    for form in (key.hex(), base64.b64encode(key).decode(), base64.urlsafe_b64encode(key).decode(), CANARY):
        assert form.rstrip("=") not in cookies
        assert form.rstrip("=").encode() not in b"".join(_unpacked(cookies))


def _unpacked(cookies: str) -> Iterator[bytes]:
    """What Django's signed cookies hold: base64, perhaps compressed."""
    import re
    import zlib

    for part in re.findall(r"[A-Za-z0-9_-]{16,}", cookies):
        raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        yield raw
        try:
            yield zlib.decompress(raw)
        except zlib.error:
            continue


def test_a_key_belongs_to_its_case(inside: tuple[Person, Case], make_case: Make) -> None:
    """Whoever could sign cookies still cannot use the key of one case for another."""
    from nacl.exceptions import CryptoError

    from disrupt.hotline.intake.visit import sessions

    person, case = inside
    session = person.client.session
    sealed = bytes.fromhex(session["key"])
    assert sessions._key_box(case.pk.hex).decrypt(sealed)
    with pytest.raises(CryptoError):
        sessions._key_box(make_case().pk.hex).decrypt(sealed)


def test_two_browsers_read_the_same(inside: tuple[Person, Case]) -> None:
    person, case = inside
    write(person, "from the telephone")
    other = Person(Client(enforce_csrf_checks=True), person.language)
    enter(other, case)
    other.get("follow/now/messages/")
    assert "from the telephone" in other.html
    person.get("follow/now/")
    person.post("follow/close/")
    assert write_status(other) == 302, "closing in one browser closes in every other"


def write_status(person: Person) -> int:
    status: int = person.get("follow/now/messages/").status_code
    return status


@pytest.mark.parametrize("path", ["messages/", "contact/", "add/", "notes.html", "document.pdf"])
def test_without_the_code_nothing_is_there(person: Person, make_case: Make, path: str) -> None:
    make_case(urls=("https://example.org/a",))
    assert person.get(f"follow/now/{path}").headers["Location"] == "/en/follow/"
    person.get("follow/")
    person.post("follow/", {"code": "AAAA-AAAA-AAAA-AAAA-AAAA"})
    assert person.get(f"follow/now/{path}").headers["Location"] == "/en/follow/"


def test_the_same_form_twice_is_one_message(inside: tuple[Person, Case]) -> None:
    person, case = inside
    person.get("follow/now/messages/")
    page = person.html
    for _ in range(2):
        person.html = page
        assert person.post("follow/now/messages/", {"text": "once", "form": "the-form"}).status_code == 200
    assert case.messages.count() == 1
    assert len(list(vault.stored_ids())) == 2


@pytest.mark.parametrize(
    ("text", "said"), [("  ", ("empty", "vide")), ("x" * 4002, ("2 characters", "2 caractères"))]
)
def test_what_cannot_be_sent_comes_back(
    inside: tuple[Person, Case], text: str, said: tuple[str, str]
) -> None:
    person, case = inside
    assert write(person, text).status_code == 422
    assert said[person.language == "fr"] in person.html
    assert text.strip() in person.html
    assert not case.messages.exists()


def test_many_messages_wait_kindly(inside: tuple[Person, Case], settings: Any) -> None:
    person, case = inside
    settings.MAX_MESSAGES_AN_HOUR = 2
    for number in range(2):
        assert write(person, f"message {number}").status_code == 200
    assert write(person, "one too many").status_code == 422
    assert "one too many</textarea>" in person.html
    assert case.messages.count() == 2
    clock.move(dt.timedelta(minutes=20))
    person.get("follow/now/")
    clock.move(dt.timedelta(minutes=25))
    person.get("follow/now/")
    clock.move(dt.timedelta(minutes=20))
    assert write(person, "one too many").status_code == 200


def everything_on_disk() -> bytes:
    """The database with its journal, and every file of the hotline."""
    if connection.vendor == "sqlite":
        connection.commit() if not connection.in_atomic_block else None
    kept = [path.read_bytes() for path in Path(django_settings.VAR).rglob("*") if path.is_file()]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            kept.append(
                repr(
                    [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
                ).encode()
            )
    return b"\n".join(kept)


@pytest.mark.parametrize("end", ["erase", "purge"])
def test_the_canary_is_nowhere_after_the_end(
    person: Person, make_case: Make, settings: Any, end: str
) -> None:
    case = make_case(urls=("https://example.org/a",))
    enter(person, case)
    write(person, CANARY)
    messages.write(case, f"answer {CANARY}", ALICE, "form")
    person.get("follow/now/contact/")
    contact = {"tell": "tell", "email": f"{CANARY}@example.org", "email_safe": "on"}
    assert person.post("follow/now/contact/", contact).status_code == 302
    stored = len(list(vault.stored_ids()))
    assert stored == 6, "two keys for each message and for the contact"
    assert CANARY.encode() not in everything_on_disk(), "sealed from the beginning"
    ciphertexts = [bytes(v) for m in Message.objects.all() for v in (m.review_text, m.reporter_text)]
    if end == "erase":
        person.get("follow/now/end/")
        person.post("follow/now/end/")
    else:
        withdrawing.withdraw_case(case)
        case.refresh_from_db()
        clock.move(settings.KEEP_PERSONAL_DATA + dt.timedelta(minutes=1))
        due = retention.cases_to_purge()
        assert due == [case]
        retention.purge(due[0])
    assert list(vault.stored_ids()) == []
    assert not Message.objects.exists()
    left = everything_on_disk()
    assert CANARY.encode() not in left
    for sealed in ciphertexts:
        assert sealed not in left
    assert case.ledger.filter(kind="message.destroyed").count() == 2
    assert "example.org" not in str(list(case.ledger.values_list("data", flat=True)))


def test_words_about_a_closed_case_are_kept_as_long_as_the_others(make_case: Make, settings: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    withdrawing.withdraw_case(case)
    clock.move(settings.KEEP_PERSONAL_DATA - dt.timedelta(days=1))
    case.refresh_from_db()
    messages.write(case, "one more thing", REPORTER, "form")
    clock.move(dt.timedelta(days=2))
    assert retention.cases_to_purge() == []
    clock.move(settings.KEEP_PERSONAL_DATA)
    assert retention.cases_to_purge() == [case]


def test_an_erased_case_cannot_be_answered(make_case: Make) -> None:
    case = make_case(urls=("https://example.org/a",))
    erasing.erase_case(case)
    with pytest.raises(messages.NobodyReads):
        messages.write(case, "hello", ALICE, "form")  # with the row as it was read before
    case.refresh_from_db()
    with pytest.raises(messages.NobodyReads):
        messages.write(case, "hello", ALICE, "form")
    assert list(vault.stored_ids()) == []


def test_keys_that_a_message_needs_are_not_swept_away(make_case: Make, settings: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    messages.write(case, "hello", REPORTER, "form")
    settings.KEEP_ABANDONED = dt.timedelta(seconds=-60)
    assert retention.abandoned() == []
    assert Message.objects.filter(author=Author.REPORTER).count() == 1
