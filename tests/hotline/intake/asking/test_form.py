"""The form: what is wrong is said in the person's language, and nothing typed is lost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from tests.hotline.intake.conftest import Person, hidden, opened, sealed

from disrupt.hotline.cases import queries as case_queries
from disrupt.hotline.cases.models import Case, Item, SealedKind, SealedNote
from disrupt.hotline.intake.asking import shelf


def test_a_complete_report_is_a_case(person: Person, settings: Any) -> None:
    person.open_form()
    response = person.send(
        b"one",
        b"two",
        url=["example.org/1", "", "https://example.org/2"],
        urls="https://example.org/3\nhttps://example.org/1",
        reporter="representative",
        age="minor",
        description="He threatens to share it.",
        email="jane@example.org",
        email_safe="on",
        telephone="06 12 34 56 78",
    )
    assert response.headers["Location"] == "/en/code/"
    case = Case.objects.get()
    assert (case.reporter, case.age_when_taken, case.language, case.priority) == (
        "representative",
        "minor",
        "en",
        0,
    )
    items = list(Item.objects.order_by("position"))
    assert [item.url for item in items if item.kind == "url"] == [
        "https://example.org/1",
        "https://example.org/2",
        "https://example.org/3",
    ]
    assert [opened(item.vault_id, settings) for item in items if item.kind == "file"] == [b"one", b"two"]
    notes = {note.kind: note for note in SealedNote.objects.all()}
    settings.MAY_OPEN = True
    assert case_queries.read_note(notes[SealedKind.DESCRIPTION]) == "He threatens to share it."
    assert case_queries.read_note(notes[SealedKind.EMAIL]) == "jane@example.org"
    assert (notes[SealedKind.EMAIL].safe, notes[SealedKind.TELEPHONE].safe) == (True, False)


@pytest.mark.parametrize(
    ("changes", "anchor", "said"),
    [
        ({"statement": None}, "id_statement", ("Tick the statement", "Cochez la déclaration")),
        ({"reporter": None}, "id_reporter_0", ("Tell us who you are", "Dites-nous qui vous êtes")),
        ({"reporter": "stranger"}, "id_reporter_0", ("", "")),
        ({"age": None}, "id_age_0", ("Tell us how old", "Dites-nous quel âge")),
        ({"url": [""]}, "url-1", ("Give at least one address", "Indiquez au moins une adresse")),
        ({"url": ["hello"]}, "url-1", ("Address 1 is not", "L’adresse 1 n’est pas")),
        (
            {"urls": "hello"},
            "id_urls",
            ("1 line is not the address", "1 ligne n’est pas l’adresse"),
        ),
        ({"email": "jane"}, "id_email", ("name@example.org", "nom@example.org")),
        ({"telephone": "call me"}, "id_telephone", ("not a telephone number", "pas un numéro de téléphone")),
        ({"telephone": "++"}, "id_telephone", ("not a telephone number", "pas un numéro de téléphone")),
        ({"description": "x" * 5001}, "id_description", ("5001 characters", "5001 caractères")),
        (
            {"urls": "\n".join(f"example.org/{n}" for n in range(510))},
            "id_urls",
            ("11 did not fit", "11 n’y tiennent pas"),
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    somebody: Person, changes: dict[str, Any], anchor: str, said: tuple[str, str]
) -> None:
    somebody.open_form()
    assert somebody.send(**changes).status_code == 200
    assert not Case.objects.exists()
    assert f'href="#{anchor}"' in somebody.html, "the summary leads to the field"
    assert f'id="{anchor}"' in somebody.html
    assert said[somebody.language == "fr"] in somebody.html
    assert 'role="alert"' in somebody.html
    title = {"en": "<title>Error – Information – form", "fr": "<title>Erreur – Informations – formulaire"}
    assert title[somebody.language] in somebody.html


def test_a_file_alone_is_enough(person: Person) -> None:
    person.open_form()
    assert person.send(b"one", url=[""]).status_code == 302


def test_everything_typed_and_received_comes_back(somebody: Person, settings: Any) -> None:
    somebody.open_form()
    somebody.send(
        b"one",
        b"two",
        statement=None,
        url=["https://example.org/1", "not an address"],
        urls="https://example.org/2",
        reporter="representative",
        age="unsure",
        description="my <words>",
        email="jane@example.org",
        email_safe="on",
        telephone="0612345678",
    )
    for kept in (
        "https://example.org/1",
        "not an address",
        "my &lt;words&gt;",
        "jane@example.org",
        "0612345678",
    ):
        assert kept in somebody.html
    assert re.search(r'value="representative" checked', somebody.html)
    assert re.search(r'value="unsure" checked', somebody.html)
    assert re.search(r'name="email_safe" checked', somebody.html)
    assert not re.search(r'name="telephone_safe" checked', somebody.html)
    draft = hidden(somebody.html, "draft")
    assert somebody.send(b"three", draft=draft).status_code == 302
    kept_files = [opened(item.vault_id, settings) for item in Item.objects.filter(kind="file")]
    assert kept_files == [b"one", b"two", b"three"]
    assert len(sealed()) == 3


def test_a_button_that_does_not_send_checks_nothing(person: Person) -> None:
    person.open_form()
    person.send(b"one", action="more", statement=None, reporter=None, url=["a", "b"], email="wrong")
    assert "problems" not in person.html
    assert "aria-invalid" not in person.html
    assert len(re.findall(r'name="url"', person.html)) == 5
    assert "1 file received safely" in person.html


def test_changing_the_language_keeps_everything(person: Person) -> None:
    person.open_form()
    person.send(b"one", action="keep", description="my words", url=["example.org"])
    person.language = "fr"
    person.send(
        draft=hidden(person.html, "draft"), action="keep", description="my words", url=["example.org"]
    )
    assert "my words" in person.html
    assert "1 fichier bien reçu" in person.html


def test_a_received_file_can_be_taken_out(person: Person, settings: Any) -> None:
    person.open_form()
    person.send(b"one", b"two", action="keep")
    person.send(draft=hidden(person.html, "draft"), action="remove-1")
    assert "The file was taken out and destroyed." in person.html
    assert len(sealed()) == 1
    person.send(draft=hidden(person.html, "draft"))
    assert opened(Item.objects.get(kind="file").vault_id, settings) == b"two"


@pytest.mark.parametrize("action", ["remove-9", "remove-0", "remove-x", "dance"])
def test_a_button_that_we_did_not_make_does_nothing(person: Person, action: str) -> None:
    person.open_form()
    person.send(b"one", action=action)
    assert "1 file received safely" in person.html
    assert not Case.objects.exists()


@pytest.mark.parametrize("threat", ["on", None])
def test_a_threat_can_be_told_on_one_page_too(somebody: Person, threat: str | None) -> None:
    somebody.open_form()
    assert 'name="action" value="device"' in somebody.html, "the third way in is a button away"
    assert somebody.send(threat=threat, statement=None).status_code == 200
    assert ('name="threat" checked' in somebody.html) == bool(threat)
    assert somebody.send(threat=threat).status_code == 302
    assert Case.objects.get().threat == bool(threat)


def test_going_on_to_ones_own_device_loses_nothing(person: Person) -> None:
    person.open_form()
    answer = person.send(
        b"one",
        url=["example.org/1", "it is on the second page"],
        urls="https://example.org/2\nask for nina",
        age=None,
        description="He threatens me.",
        email="jane@example.org",
        email_safe="on",
        statement=None,
        action="device",
    )
    assert answer.headers["Location"] == "/en/steps/device/"
    assert "device-files" in person.get("steps/device/").content.decode()
    begun = shelf.load(person.client.session)
    assert begun.urls == ("https://example.org/1", "https://example.org/2")
    assert begun.ways == ("online", "deposit", "device")
    assert len(begun.draft.files) == 1
    assert (begun.reporter, begun.age, begun.email, begun.email_safe) == (
        "self",
        "",
        "jane@example.org",
        True,
    )
    for words in ("He threatens me.", "it is on the second page", "ask for nina"):
        assert words in begun.description


def test_with_nothing_typed_the_device_is_asked_first(person: Person) -> None:
    person.open_form()
    answer = person.send(url=[""], reporter=None, age=None, statement=None, action="device")
    assert answer.headers["Location"] == "/en/steps/device/"
    person.open_form()
    assert person.send(threat="on", action="device").headers["Location"] == "/en/steps/now/"


@pytest.mark.parametrize("number", ["²", "٣", "-1", "", "99999999999999999999"])
def test_a_strange_number_of_a_button_is_no_error(person: Person, number: str) -> None:
    person.open_form()
    assert person.send(b"one", action=f"remove-{number}").status_code == 200
    assert len(sealed()) == 1
