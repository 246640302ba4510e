"""Who acts with a mandate: a table in, a report for each person, their codes out; and how they all stand."""

from __future__ import annotations

import csv
import datetime as dt
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.hotline.intake.conftest import Person, hidden

from disrupt.hotline.cases import queries as case_queries
from disrupt.hotline.cases.models import Case, SealedNote
from disrupt.hotline.common import clock
from disrupt.hotline.intake.asking import tables

DIGEST = "ab" * 32
TABLE = f"""person;age;address;mandate
A1;minor;https://www.instagram.com/p/1;{DIGEST}
A1;minor;https://www.instagram.com/p/2;
B2;adult;https://example.org/1;
"""


def rows(answer: Any) -> list[list[str]]:
    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"] == 'attachment; filename="notes.csv"'
    return list(csv.reader(io.StringIO(answer.content.decode())))


def sent(person: Person, **changes: Any) -> Any:
    person.get("steps/many/")
    given = {
        "draft": hidden(person.html, "draft"),
        "office": "lawyer",
        "scope": "Removal, no complaint.",
        "table": TABLE,
        "statement": "on",
        "action": "send",
        **changes,
    }
    return person.post("steps/many/", {name: value for name, value in given.items() if value is not None})


def test_each_person_has_a_report_and_a_code_of_their_own(somebody: Person, settings: Any) -> None:
    answer = sent(somebody)
    codes = rows(answer)[1:]
    assert [row[0] for row in codes] == ["A1", "B2"]
    first, second = Case.objects.order_by("created_at")
    assert (first.reporter, first.age_when_taken, first.priority) == ("mandated", "minor", 0)
    assert [item.url for item in first.items.order_by("position")] == [
        "https://www.instagram.com/p/1",
        "https://www.instagram.com/p/2",
    ]
    assert (second.age_when_taken, second.items.count()) == ("adult", 1)
    settings.MAY_OPEN = True
    words = [case_queries.read_note(SealedNote.objects.get(case=case)) for case in (first, second)]
    assert all("Removal, no complaint." in text for text in words)
    assert DIGEST in words[0]
    assert DIGEST not in words[1]
    assert "A1" not in words[1], "one person's report says nothing of another"
    somebody.get("follow/")
    somebody.post("follow/", {"code": codes[1][1]})
    assert "example.org/1" in somebody.get("follow/now/").content.decode()


def test_the_same_form_sent_again_gives_the_same_codes(person: Person) -> None:
    person.get("steps/many/")
    draft = hidden(person.html, "draft")
    form = person.html
    answers = []
    for _ in range(2):
        person.html = form
        given = {"draft": draft, "office": "school", "scope": "x", "table": TABLE, "statement": "on"}
        answers.append(rows(person.post("steps/many/", given)))
    assert answers[0] == answers[1]
    assert Case.objects.count() == 2


def test_a_file_of_a_spreadsheet_is_read_in_memory(person: Person) -> None:
    latin = "personne;âge;adresse\nÉlodie-1;mineur;https://example.org/é".encode("cp1252")
    file = SimpleUploadedFile("jane.csv", latin, "text/csv")
    assert rows(sent(person, table=None, file=file))[1][0] == "Élodie-1"
    assert Case.objects.get().age_when_taken == "minor"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("", ("Paste the table", "Collez le tableau")),
        ("a,b\n1,2", ("names the columns", "nomme les colonnes")),
        ("person,address\n,https://example.org/1", ("Line 2", "Ligne 2")),
        ("person,address\nA,hello", ("Line 2", "Ligne 2")),
        ("person,address,mandate\nA,example.org/1,short", ("no SHA-256", "SHA-256")),
        ("person,address\n" + "".join(f"P{n},example.org/{n}\n" for n in range(51)), ("Line 52", "Ligne 52")),
    ],
)
def test_what_is_wrong_is_said_with_its_line(somebody: Person, table: str, said: tuple[str, str]) -> None:
    assert sent(somebody, table=table).status_code == 200
    assert said[somebody.language == "fr"] in somebody.html.replace("\u00a0", " ")
    assert 'href="#id_table"' in somebody.html
    assert not Case.objects.exists()


def test_the_statement_is_their_own(somebody: Person) -> None:
    assert sent(somebody, statement=None).status_code == 200
    assert 'href="#id_statement"' in somebody.html
    assert "A1;minor" in somebody.html, "the table is still there"
    assert not Case.objects.exists()


def test_how_they_stand_by_address_and_by_site(somebody: Person) -> None:
    codes = "\n".join(",".join(row) for row in rows(sent(somebody))[1:])
    somebody.get("follow/many/")
    unknown = f"{codes}\nC3,ABCD-EFGH-JKMN-PQRS-TVWX"
    each = rows(somebody.post("follow/many/", {"codes": unknown, "action": "each"}))
    assert [(row[0], row[2]) for row in each[1:]] == [
        ("A1", "Instagram"), ("A1", "Instagram"), ("B2", "example.org"), ("C3", ""),
    ]  # fmt: skip
    assert each[1][3] == {"en": "Received", "fr": "Reçu"}[somebody.language]
    somebody.get("follow/many/")
    sites = rows(somebody.post("follow/many/", {"codes": codes, "action": "sites"}))
    assert [(row[0], row[2]) for row in sites[1:]] == [("Instagram", "2"), ("example.org", "1")]
    somebody.get("follow/many/")
    assert somebody.post("follow/many/", {"codes": "nothing"}).status_code == 422


@pytest.mark.parametrize("text", ["x" * 140_000, '"' + "a" * 140_000])
def test_an_endless_cell_is_a_line_that_is_wrong(text: str) -> None:
    found, wrong = tables.read(f"person;address\nA;https://example.org/1\nB;{text}")
    assert [person.name for person in found] == ["A"]
    assert [one.line for one in wrong] == [3]


def test_a_table_costs_its_network_as_many_reports_as_it_holds(somebody: Person) -> None:
    table = "person,address\n" + "".join(f"P{n},https://example.org/{n}\n" for n in range(25))
    assert len(rows(sent(somebody, table=table))) == 26
    answer = sent(somebody, table=table)
    assert answer.status_code == 200
    assert {"en": "send it again in 25 seconds", "fr": "dans 25 secondes"}[
        somebody.language
    ] in somebody.html.replace("\u00a0", " ")
    assert 'id="proof"' in somebody.html, "or its browser works for a moment"
    again = {"draft": hidden(somebody.html, "draft"), "office": "lawyer", "scope": "x", "table": table}
    page = somebody.html
    assert somebody.post("steps/many/", again | {"statement": "on"}).status_code == 200
    assert Case.objects.count() == 25
    clock.move(dt.timedelta(seconds=26))
    somebody.html = page
    assert len(rows(somebody.post("steps/many/", again | {"statement": "on"}))) == 26
    assert Case.objects.count() == 50
