"""The analysts' pages of messages: opened on purpose, recorded, answered once; calls and bounces in sight."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser

from disrupt.hotline.cases import erasing, finding, messages
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import SealedKind
from disrupt.hotline.common import permissions
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.common.store import vault
from disrupt.hotline.correspondence import telling

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(make_case: Any) -> Any:
    """A case whose reporter has asked a question."""
    case = make_case(urls=("https://example.org/a",))
    messages.write(case, "Is it <gone>?", REPORTER, "form")
    return case


def token_of(html: str) -> str:
    found = re.search(r'name="form" value="([^"]+)"', html)
    assert found
    return found[1]


def test_the_words_are_opened_on_purpose(as_alice: Client, english: Any, asked: Any) -> None:
    path = f"/cases/{asked.pk}/messages/"
    page = as_alice.get(path).content.decode()
    assert "gone" not in page
    assert "1 not read" in page
    assert not asked.ledger.filter(kind="message.read").exists()
    opened = as_alice.post(path)
    assert "Is it &lt;gone&gt;?" in opened.content.decode()
    assert opened.headers["Cache-Control"] == "no-store"
    assert asked.ledger.get(kind="message.read").actor.startswith("analyst:")
    as_alice.post(path)
    assert asked.ledger.filter(kind="message.read").count() == 1, "nothing new was read"


def test_an_answer_is_sent_once(as_alice: Client, english: Any, asked: Any) -> None:
    page = as_alice.post(f"/cases/{asked.pk}/messages/").content.decode()
    data = {"text": "Yes.\r\nToday.", "form": token_of(page)}
    for _ in range(2):
        response = as_alice.post(f"/cases/{asked.pk}/answer/", data)
        assert response.headers["Location"] == f"/cases/{asked.pk}/"
    said = messages.read(asked, REPORTER, finding.unlock(asked.code).private_key)
    assert [one.text for one in said] == ["Is it <gone>?", "Yes.\nToday."]


@pytest.mark.parametrize("text", ["", "x" * 4001])
def test_what_cannot_be_sent_comes_back(as_alice: Client, english: Any, asked: Any, text: str) -> None:
    response = as_alice.post(f"/cases/{asked.pk}/answer/", {"text": text, "form": "f"})
    assert response.status_code == 422
    assert text in response.content.decode()
    assert asked.messages.count() == 1


def test_an_erased_case_takes_no_answer(as_alice: Client, english: Any, asked: Any) -> None:
    erasing.erase_case(asked)
    page = as_alice.get(f"/cases/{asked.pk}/messages/").content.decode()
    assert "nobody can read an answer" in page
    assert "<textarea" not in page
    as_alice.post(f"/cases/{asked.pk}/answer/", {"text": "hello", "form": "f"})
    assert not asked.messages.exists()


def test_what_waits_stands_on_one_page(as_alice: Client, english: Any, asked: Any, make_case: Any) -> None:
    number = Contact(SealedKind.TELEPHONE, vault.seal("06 12 34 56 78"), safe=True)
    address = Contact(SealedKind.EMAIL, vault.seal("jane@example.org"), safe=True)
    to_call, returned = make_case(contacts=(number,)), make_case(contacts=(address,))
    messages.write(to_call, "News.", REPORTER, "a")
    messages.write(to_call, "Answer.", messages_actor(), "b")
    telling.mark_bounced(returned.notes.get().pk, "5.1.1", REPORTER)
    page = as_alice.get("/messages/").content.decode()
    for case in (asked, to_call, returned):
        assert case.reference in page
    assert "5.1.1" in page
    assert "jane" not in page
    assert "06 12" not in page
    assert as_alice.post(f"/cases/{to_call.pk}/called/").status_code == 302
    assert f"/cases/{to_call.pk}/called/" not in as_alice.get("/messages/").content.decode()
    assert "mail came back" in as_alice.get(f"/cases/{returned.pk}/").content.decode()


def messages_actor() -> Any:
    from disrupt.hotline.common.actors import analyst

    return analyst(1)


def test_who_may_only_read_does_not_write(
    client: Client, make_user: MakeUser, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = frozenset({permissions.MESSAGE_READ, permissions.CASE_READ})
    monkeypatch.setattr(permissions, "ROLES", {**permissions.ROLES, "reader": reader})
    client.force_login(make_user("bob", "reader"))
    assert client.post(f"/cases/{asked.pk}/messages/").status_code == 200
    assert "<textarea" not in client.get(f"/cases/{asked.pk}/messages/").content.decode()
    for path in ("answer", "called"):
        assert client.post(f"/cases/{asked.pk}/{path}/", {"text": "x", "form": "f"}).status_code == 403
