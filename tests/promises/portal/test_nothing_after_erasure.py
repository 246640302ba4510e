"""Promise: nothing after erasure. What a person gave is nowhere: database, its journal, store, any row."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core import serializers
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.conftest import person as person

from disrupt.hotline.cases import messages
from disrupt.hotline.cases.models import Case, Item, Qualification
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.running import journal
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import due, pipeline
from disrupt.hotline.takedown import tasks as takedown

pytestmark = pytest.mark.django_db(transaction=True)
CANARIES = (
    "words-canary-Ophelia",
    "account-canary-Laertes",
    "mail-canary@example.org",
    "0698765432",
    "https://canary-host.example/Yorick",
    "message-canary-Horatio",
    "file-canary-Polonius",
    "proof-canary-Gertrude",
    "reasoning-canary-Osric",
)


def everything(settings: Any) -> bytes:
    """Every byte of the private folder, the database and its journal among them, and every row as text."""
    kept = b"".join(path.read_bytes() for path in Path(settings.VAR).rglob("*") if path.is_file())
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        for path in (name, f"{name}-wal"):
            kept += Path(path).read_bytes() if Path(path).exists() else b""
    rows = [row for model in apps.get_models() for row in model._default_manager.all()]
    return kept + serializers.serialize("json", rows).encode()


def found(settings: Any) -> set[str]:
    data = everything(settings)
    forms = {
        word: (word.encode(), word.encode().hex().encode(), base64.b64encode(word.encode()).strip(b"="))
        for word in CANARIES
    }
    return {word for word, written in forms.items() if any(one in data for one in written)}


def work(settings: Any) -> None:
    settings.MAY_OPEN = True
    for item in list(due.due_items()):
        pipeline.carry(item)
    for duty in takedown.DUTIES:
        if duty.name == "takedown.forget":
            for key in list(duty.due()):
                duty.run(key)
    settings.MAY_OPEN = False


def lived(person: Person, settings: Any) -> Case:
    """A case in which something of everything has happened."""
    person.open_form()
    answer = person.send(
        b"file-canary-Polonius",
        url=["https://canary-host.example/Yorick"],
        description="words-canary-Ophelia",
        threat="on",
        account="account-canary-Laertes",
        email="mail-canary@example.org",
        telephone="0698765432",
        proofs=SimpleUploadedFile("proof.png", b"proof-canary-Gertrude"),
    )
    assert answer.status_code == 302
    case = Case.objects.get()
    for item in case.items.filter(kind__in=["url", "file"]):
        decisions.qualify(item, "NCII-DIF", analyst(1), reasoning="reasoning-canary-Osric")
    work(settings)
    messages.write(case, "message-canary-Horatio", analyst(1), "form")
    return case


def test_no_canary_is_left_and_no_row_says_who_or_what(person: Person, settings: Any) -> None:
    case = lived(person, settings)
    there = found(settings)
    assert {"https://canary-host.example/Yorick", "reasoning-canary-Osric"} <= there, (
        "the search finds what is there"
    )
    assert not there & {"words-canary-Ophelia", "proof-canary-Gertrude", "mail-canary@example.org"}, (
        "it is sealed"
    )
    person.code()
    person.post("code/", {"saved": "on"})
    person.get("follow/now/end/")
    assert "whether it was about somebody under 18 or a threat" in person.html, "what stays is said before"
    person.post("follow/now/end/")
    work(settings)
    journal.empty()
    assert found(settings) == set()
    case.refresh_from_db()
    assert (case.language, case.reporter, case.age_when_taken, case.threat) == ("", "", "", False)
    assert case.texts_until is None
    assert not Qualification.objects.filter(item__case=case).exists()
    for item in Item.objects.filter(case=case):
        assert (item.size, item.media, item.url, item.declared, item.vault_id) == (0, "", "", None, "")


def test_what_the_ledger_keeps_is_what_the_page_says(person: Person, settings: Any) -> None:
    """Age group, threat, law and sizes; every other value is a number, a date, a random name or a state."""
    case = lived(person, settings)
    person.code()
    person.post("code/", {"saved": "on"})
    person.get("follow/now/end/")
    person.post("follow/now/end/")
    work(settings)
    told = " ".join(str(event.data) for event in case.ledger.all())
    assert "'age_when_taken': 'adult'" in told
    assert not [word for word in CANARIES if word in told]
    assert clock.now() >= case.created_at
