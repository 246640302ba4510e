"""One question a page: every way in, in any mix, back and forth, and what is wrong said on its page."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.hotline.intake.asking.steps import PRINT, answer, push, push_last, send, to, until_check
from tests.hotline.intake.conftest import Person, opened

from disrupt.hotline.cases import queries as case_queries
from disrupt.hotline.cases.models import Case, Item, SealedKind, SealedNote
from disrupt.hotline.intake.asking.recognise import recognise


def test_all_three_ways_in_one_case(somebody: Person, settings: Any) -> None:
    assert to(answer(somebody, "ways", ways=["online", "deposit", "device"])) == "where"
    pasted = "https://t.me/2 https://vm.tiktok.com/1"
    assert to(answer(somebody, "where", url=["vm.tiktok.com/1"], urls=pasted)) == "files"
    file = SimpleUploadedFile("jane.jpg", b"content", "image/jpeg")
    assert to(answer(somebody, "files", files=[file])) == "device"
    assert to(answer(somebody, "device", prints=json.dumps([PRINT, PRINT]))) == "who"
    assert to(answer(somebody, "who", reporter="representative", age="unsure")) == "check"
    push_last(somebody, description="My words.", email="jane@example.org", email_safe="on")
    somebody.get("steps/check/")
    for seen in ("TikTok", "Telegram", "https://t.me/2", "My words.", "jane@example.org"):
        assert seen in somebody.html
    assert send(somebody).headers["Location"].endswith("/code/")
    case = Case.objects.get()
    assert (case.reporter, case.age_when_taken, case.priority, case.threat) == (
        "representative", "unsure", 0, False,
    )  # fmt: skip
    items = list(Item.objects.order_by("position"))
    assert [item.kind for item in items] == ["url", "url", "file", "declared"]
    assert items[0].url == "https://vm.tiktok.com/1"
    assert opened(items[2].vault_id, settings) == b"content"
    assert items[3].declared == {**PRINT, "vpdq": []}
    notes = {note.kind: note for note in SealedNote.objects.all()}
    settings.MAY_OPEN = True
    assert case_queries.read_note(notes[SealedKind.DESCRIPTION]) == "My words."
    assert notes[SealedKind.EMAIL].safe


def test_how_many_pages_there_are_never_changes_on_the_way(person: Person) -> None:
    person.get("steps/ways/")
    assert "First question" in person.html
    push(person, "ways", ways=["online", "device"])
    person.get("steps/where/")
    assert "Page 1 of 4" in person.html
    push(person, "where", url=["example.org/1"])
    answer(person, "device", prints=json.dumps([PRINT]))
    for reporter, age in (("minor", None), ("self", "adult")):
        person.get("steps/who/")
        assert "Page 3 of 4" in person.html
        push(person, "who", reporter=reporter, age=age)
        person.get("steps/check/")
        assert "Page 4 of 4" in person.html


def test_one_cannot_jump_ahead_and_goes_on_where_one_was(person: Person) -> None:
    assert to(person.get("steps/check/")) == "ways"
    answer(person, "ways", ways=["online"])
    assert to(person.get("steps/check/")) == "where"
    answer(person, "where", url=["example.org/1"])
    assert to(person.get("steps/check/")) == "who"
    assert to(answer(person, "where", url=["example.org/2"])) == "who"
    assert person.get("steps/device/").status_code == 302
    assert person.get("steps/nowhere/").status_code == 404


def test_back_keeps_what_was_typed(person: Person) -> None:
    until_check(person)
    assert to(answer(person, "check", description="kept", email="no address", action="back")) == "who"
    person.get("steps/check/")
    assert ">kept</textarea>" in person.html, "what is right is kept, whatever is wrong beside it"
    assert to(answer(person, "ways", ways=["online"], action="back")) == "en"


def test_changing_an_answer_leads_back_to_the_check(person: Person) -> None:
    until_check(person)
    assert to(answer(person, "where", url=["example.org/9"])) == "check"
    assert to(answer(person, "ways", ways=["online", "deposit"])) == "files"
    assert to(person.get("steps/check/")) == "files"
    assert to(answer(person, "ways", ways=["online"])) == "check"
    send(person)
    assert [item.url for item in Item.objects.all()] == ["https://example.org/9"]


@pytest.mark.parametrize(
    ("step", "fields", "anchor", "said"),
    [
        ("ways", {}, "id_ways_0", ("at least one of the four", "au moins une des quatre")),
        ("where", {}, "url-1", ("at least one address", "au moins une adresse")),
        ("where", {"url": ["hello"]}, "url-1", ("Address 1 is not", "L’adresse 1 n’est pas")),
        ("files", {}, "files", ("at least one photo", "au moins une photo")),
        ("device", {}, "device-files", ("no fingerprint yet", "pas encore d’empreinte")),
        ("device", {"prints": "{"}, "device-files", ("did not arrive whole", "ne sont pas arrivées")),
        ("who", {}, "id_reporter_0", ("Tell us who you are", "Dites-nous qui vous êtes")),
        ("who", {"reporter": "self"}, "id_age_0", ("Tell us how old", "Dites-nous quel âge")),
        (
            "check",
            {"action": "send", "description": "x" * 5001},
            "id_description",
            ("too long", "trop long"),
        ),
        (
            "check",
            {"action": "send", "email": "jane"},
            "id_email",
            ("name@example.org", "nom@example.org"),
        ),
        ("check", {"action": "send"}, "id_statement", ("Tick the statement", "Cochez la déclaration")),
    ],
)
def test_what_is_wrong_is_said_on_its_page(
    somebody: Person, step: str, fields: dict[str, Any], anchor: str, said: tuple[str, str]
) -> None:
    if step != "ways":
        answer(somebody, "ways", ways=["online", "deposit", "device"])
    answers: dict[str, dict[str, Any]] = {
        "where": {"url": ["example.org/1"]},
        "files": {"files": [SimpleUploadedFile("a", b"a")]},
        "device": {"prints": json.dumps([PRINT])},
        "who": {"reporter": "self", "age": "adult"},
    }
    for name, given in answers.items():
        if name == step or step == "ways":
            break
        answer(somebody, name, **given)
    response = answer(somebody, step, **fields)
    assert response.status_code == 200
    assert said[somebody.language == "fr"] in somebody.html
    assert f'href="#{anchor}"' in somebody.html
    assert f'id="{anchor}"' in somebody.html, "the summary leads to the field"
    assert not Case.objects.exists()


def test_a_minor_is_led_kindly(somebody: Person) -> None:
    answer(somebody, "ways", ways=["online"])
    answer(somebody, "where", url=["example.org/1"])
    assert to(answer(somebody, "who", reporter="minor")) == "check"
    somebody.get("steps/check/")
    assert ("You need nobody’s permission" if somebody.language == "en" else "la permission de personne") in (
        somebody.html
    )
    lines = re.findall(r'class="line" href="([^"]+)"', somebody.html)
    assert lines[0] == "tel:119"
    assert "tel:3114" in lines
    send(somebody)
    case = Case.objects.get()
    assert (case.reporter, case.age_when_taken, case.priority) == ("self", "minor", 0)


def test_somebody_elses_content_is_explained(somebody: Person) -> None:
    answer(somebody, "ways", ways=["online"])
    answer(somebody, "where", url=["example.org/1"])
    assert to(answer(somebody, "who", reporter="other")) == "other"
    somebody.get("steps/other/")
    assert "internet-signalement.gouv.fr" in somebody.html
    assert "tel:119" in somebody.html
    assert to(somebody.get("steps/check/")) == "who"


def test_a_threat_with_a_file_comes_first(somebody: Person) -> None:
    somebody.get("steps/now/")
    for help_line in ("tel:3018", "tel:3114", "tel:17", "tel:119", "sms:114"):
        assert help_line in somebody.html
    assert to(push(somebody, "now", reporter="self", action="more-ways")) == "ways"
    assert to(answer(somebody, "ways", ways=["deposit", "threat"])) == "files"
    assert to(answer(somebody, "files", files=[SimpleUploadedFile("a", b"a")])) == "age"
    answer(somebody, "age", age="adult")
    send(somebody)
    case = Case.objects.get()
    assert (case.threat, case.priority) == (True, 0)
    assert case.ledger.get(kind="case.opened").data["threat"] is True


def test_ticking_the_threat_leads_to_what_to_do_now(person: Person) -> None:
    assert to(answer(person, "ways", ways=["online", "threat"])) == "now"
    assert to(answer(person, "now", reporter="minor")) == "where"


def test_a_file_or_a_fingerprint_can_be_taken_out(person: Person) -> None:
    answer(person, "ways", ways=["deposit", "device"])
    answer(
        person, "files", files=[SimpleUploadedFile("a", b"a"), SimpleUploadedFile("b", b"bb")], action="keep"
    )
    push(person, "files", action="remove-1")
    assert "The file was taken out and destroyed." in person.html
    assert to(push(person, "files")) == "device"
    answer(person, "device", prints=json.dumps([PRINT, {**PRINT, "sha256": "ee" * 32}]), action="keep")
    push(person, "device", action="remove-1")
    assert person.html.count('value="remove-') == 1
    assert to(push(person, "device")) == "who"


def test_the_other_language_keeps_the_answer(person: Person) -> None:
    answer(person, "ways", ways=["online"])
    person.get("steps/where/")
    assert 'formaction="/fr/steps/where/"' in person.html
    person.language = "fr"
    push(person, "where", url=["example.org/1"], action="keep")
    assert 'value="https://example.org/1"' in person.html or 'value="example.org/1"' in person.html
    assert to(person.get("steps/check/")) == "who"


def test_more_rows_without_a_script(person: Person) -> None:
    answer(person, "ways", ways=["online"])
    answer(person, "where", url=["example.org/1"], action="more")
    assert 'id="url-4"' in person.html
    assert "Something is missing" not in person.html


def test_the_page_that_makes_fingerprints_may_open_no_connection(person: Person) -> None:
    answer(person, "ways", ways=["device"])
    policy = person.get("steps/device/").headers["Content-Security-Policy"]
    assert policy == (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; worker-src 'self'; "
        "media-src blob:; connect-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "data-no-js" in person.html
    field = re.search(r"<input type=.file. id=.device-files.[^>]*>", person.html)
    assert field
    assert " name=" not in field[0], "a form without the script could send the file"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://vm.tiktok.com/x", "TikTok"),
        ("https://X.com./a", "X (Twitter)"),
        ("https://www.instagram.com/p/1", "Instagram"),
        ("https://nottiktok.com/", None),
        ("https://tiktok.com.example.org/", None),
    ],
)
def test_platforms_are_recognised_by_their_host(url: str, name: str | None) -> None:
    known = recognise(url)
    assert (known.name if known else None) == name
