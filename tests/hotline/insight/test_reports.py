"""Reports: what they say, and that they are frozen once signed off, corrected by versions, published."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from benchmarks.years import Year, write
from django.test import Client
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.insight import reports
from disrupt.hotline.insight.changes import changed
from disrupt.hotline.insight.content import UNSAID, content
from disrupt.hotline.insight.document import document
from disrupt.hotline.insight.models import Report, ReportFile, ReportState
from disrupt.hotline.insight.periods import BadPeriod, period
from disrupt.hotline.insight.wording import REFUSALS
from disrupt.hotline.takedown.states import Refusal
from disrupt.hotline.tally import folding
from disrupt.hotline.tally.cubes import sums
from disrupt.hotline.tally.facts import Key
from disrupt.hotline.tally.models import Daily, Monthly

pytestmark = pytest.mark.django_db
LEAD = analyst(2)
SCHEMA = json.loads((Path(__file__).parents[3] / "docs/schemas/article22.schema.json").read_text())
MADE = Year(2025, reported=600, processed=400, illegal=230, minors=175, large=23)
WORDS = {"fr": "Personne ne nous paie pour notifier.", "en": "Nobody pays us for notices."}
NOTHING = {"fr": "", "en": ""}


@pytest.fixture
def year(db: None) -> Year:
    write([MADE], sites=12)
    return MADE


def signed(name: str = "2025", change: dict[str, str] = NOTHING) -> Report:
    made = reports.draft(name, LEAD)
    reports.write(made, procedures=WORDS, change=change)
    return reports.sign_off(made, LEAD)


def whole_json(report: Report) -> Any:
    return json.loads(bytes(report.files.get(name="report.json").data))


def test_a_report_says_what_article_22_asks(year: Year) -> None:
    said = content(period("2025"), dt.date(2026, 3, 1))
    assert sum(part["n"] for part in said["received"]) == 600
    assert sum(part["n"] for part in said["decided"]["illegal"]) == 230
    assert sum(part["n"] for part in said["decided"]["refused"]) == 170
    assert sum(part["n"] for part in said["notices"]) == 230
    assert {part["of"][2] for part in said["notices"]} >= {"removed", "*"}
    assert 1 <= said["times"]["decision"]["median_hours"] <= 48
    assert said["times"]["action"]["within"]["168"] < 0.8, "what has not ended counts as longer"
    refused = sum(part["n"] for part in said["notices"] if part["of"][2] == "declined")
    assert sum(part["n"] for part in said["host_refusals"]) == said["answers"]["declined"] == refused
    codes = {one["code"]: one["statement_category"] for one in said["codes"]}
    assert codes["MIN-CSAM"] == "STATEMENT_CATEGORY_PROTECTION_OF_MINORS"
    for table in (said["received"], said["notices"], *said["decided"].values()):
        assert all(part["n"] >= 5 for part in table)


def test_why_hosts_refused_and_how_often_each_did(db: None) -> None:
    """Reasons divide only what is printed as refused: no sum of one table minus another is small."""
    told = {"declined:lawful": 9, "declined:consent": 5, "declined:unproven": 2, "declined": 6, "removed": 40}
    rows: Counter[Key] = Counter()
    for host, many in (("forum.example", 1), ("few.example", 0)):
        day, since = dt.date(2025, 3, 4), dt.date(2025, 3, 1)
        about = {"category": "NCII-DIF", "person": "adult", "way": "url", "party": host}
        for action, n in told.items():
            rows[Key(day, "action", since, outcome=action, hours=3, **about)] += n if many else 1
        rows[Key(day, "notified", since, outcome="host", hours=3, **about)] += 70 if many else 6
    folding.write(Daily, rows)
    folding.add(sums(rows.items()))
    said = content(period("2025"), dt.date(2026, 3, 1))
    refusals = {part["of"][0]: part["n"] for part in said["host_refusals"]}
    # Of 22 refusals two are too few: they go with the next larger reason.
    printed = [part for part in said["notices"] if part["of"][2] == "declined"]
    assert sum(refusals.values()) == sum(part["n"] for part in printed) == said["answers"]["declined"]
    if printed:
        assert refusals == {"lawful": 9, "*": 7, "unsaid": 6}
    assert all(n >= 5 for n in refusals.values())
    page = document(said | {"version": 1, "procedures": NOTHING, "change": NOTHING}, "en")
    tables = {table.name: table for section in page.sections for table in section.tables}
    assert ("the host finds it not illegal", "9") in tables["host_refusals"].rows
    assert [row[0] for row in tables["accuracy"].rows] == ["forum.example"]
    assert tables["accuracy"].rows[0][1:] == ("62", "22", "0", "65%")


def test_every_reason_has_words() -> None:
    assert set(REFUSALS) == {*Refusal.values, UNSAID}


def test_a_report_from_before_refusals_had_reasons_is_still_read(year: Year) -> None:
    said = whole_json(signed())
    said.pop("host_refusals")
    said["answers"].pop("hosts")
    jsonschema.validate(said, SCHEMA)
    for language in ("fr", "en"):
        assert document(said, language).sections
    now = content(period("2025"), dt.date(2026, 3, 1))
    assert {one["table"] for one in changed(said, now)} <= {"host_refusals"}


def test_a_signed_report_is_frozen_with_its_digest(year: Year) -> None:
    made = signed()
    whole = {file.name: bytes(file.data) for file in made.files.all()}
    assert set(whole) == {
        "report.json", "report.fr.pdf", "report.en.pdf", "report.fr.csv.zip", "report.en.csv.zip",
        "report.fr.xlsx", "report.en.xlsx",
    }  # fmt: skip
    assert hashlib.sha256(whole["report.json"]).hexdigest() == made.digest
    jsonschema.validate(json.loads(whole["report.json"]), SCHEMA)
    for language in ("fr", "en"):
        pdf = whole[f"report.{language}.pdf"]
        assert pdf.startswith(b"%PDF-")
        assert b"/StructTreeRoot" in pdf
    with zipfile.ZipFile(io.BytesIO(whole["report.fr.csv.zip"])) as archive:
        rows = list(csv.reader(archive.read("notices.csv").decode("utf-8-sig").splitlines()))
    assert rows[0] == ["Hébergeur", "Type de contenu illicite", "Action", "Nombre"]
    Daily.objects.all().delete()
    Monthly.objects.all().delete()
    for deed in (
        lambda: reports.take_anew(made),
        lambda: reports.write(made, procedures=WORDS, change=WORDS),
        lambda: reports.sign_off(made, LEAD),
    ):
        with pytest.raises(reports.NotADraft):
            deed()
    assert hashlib.sha256(bytes(made.files.get(name="report.json").data)).hexdigest() == made.digest


def test_a_correction_is_a_new_version_that_says_what_changed(year: Year) -> None:
    first = reports.publish(signed())
    assert whole_json(first)["changed"] == []
    late = Counter({Key(dt.date(2025, 5, 2), "received", person="adult", way="file"): 9})
    folding.write(Daily, late)
    folding.add(sums(late.items()))
    with pytest.raises(reports.WordsMissing):
        signed()
    second = Report.objects.get(version=2)
    assert second.procedures_fr == WORDS["fr"], "the words are carried over"
    with pytest.raises(reports.DraftExists):
        reports.draft("2025", LEAD)
    change = {"fr": "Un site était compté deux fois.", "en": "A site was counted twice."}
    reports.write(second, procedures=WORDS, change=change)
    second = reports.sign_off(second, LEAD)
    said = json.loads(bytes(second.files.get(name="report.json").data))
    assert (said["version"], said["change"]) == (2, change)
    jsonschema.validate(said, SCHEMA)
    assert [one for one in said["changed"] if one["table"] == "received"] == [
        {"table": "received", "of": ["file"], "before": None, "now": 9}
    ]
    page = document(said, "en").sections[0]
    assert page.sentences == ("This replaces version 1.", "A site was counted twice.")
    assert ("Contents received, a deposited file", "—", "9") in page.tables[0].rows
    first.refresh_from_db()
    assert first.state == ReportState.PUBLISHED
    assert first.digest != second.digest


def test_what_could_be_subtracted_is_not_signed_off(year: Year) -> None:
    signed("2025")
    with pytest.raises(reports.Overlaps):
        reports.draft("2025-05", LEAD)
    with pytest.raises(reports.NotOver):
        reports.draft(f"{clock.now():%Y}", LEAD)
    with pytest.raises(reports.NotSigned):
        reports.publish(reports.draft("2024", LEAD))
    for bad in ("25", "2025-13", "2025-Q5", "", "2025-05-01", "9999"):
        with pytest.raises(BadPeriod):
            period(bad)


def test_words_are_asked_for_in_both_languages(year: Year) -> None:
    made = reports.draft("2025", LEAD)
    reports.write(made, procedures={"fr": "Oui.", "en": ""}, change=NOTHING)
    with pytest.raises(reports.WordsMissing):
        reports.sign_off(made, LEAD)
    assert not ReportFile.objects.exists()


def test_a_lead_takes_a_report_from_draft_to_publication(
    year: Year, client: Client, make_user: MakeUser
) -> None:
    client.cookies["language"] = "en"
    client.force_login(make_user("charlie", "lead"))
    assert client.post("/figures/reports/new/", {"period": "nonsense"}).status_code == 422
    page = client.post("/figures/reports/new/", {"period": "2025"}, follow=True)
    place = page.redirect_chain[-1][0]
    assert "600 contents were reported." in page.content.decode()
    said = {"procedures_fr": "Oui.", "procedures_en": "Yes."}
    assert "Say in both languages" in client.post(f"{place}sign/", follow=True).content.decode()
    client.post(f"{place}words/", said)
    assert "Signed off" in client.post(f"{place}sign/", follow=True).content.decode()
    assert "Published." in client.post(f"{place}publish/", follow=True).content.decode()
    made = Report.objects.get()
    assert made.state == ReportState.PUBLISHED
    got = client.get(f"{place}report.json")
    assert hashlib.sha256(got.content).hexdigest() == made.digest
    client.force_login(make_user("alice"))
    assert client.get(place).status_code == 200
    for deed in ("words", "anew", "sign", "publish"):
        assert client.post(f"{place}{deed}/", said).status_code == 403


PORTAL = "disrupt.hotline.processes.portal.urls"


@pytest.fixture
def everybody(settings: Any) -> Client:
    """The portal's addresses, without a session."""
    settings.ROOT_URLCONF = PORTAL
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware"]
    return Client()


def test_everybody_reads_what_is_published_and_nothing_else(year: Year, everybody: Client) -> None:
    made = signed()
    for path in ("fr/2025/", "fr/2025/1/", "files/2025/1/report.json", "de/", "fr/nonsense/"):
        assert everybody.get(f"/published/{path}").status_code == 404, path
    reports.publish(made)
    assert everybody.get("/published/").status_code == 302
    assert "2025" in everybody.get("/published/en/").content.decode()
    page = everybody.get("/published/fr/2025/").content.decode()
    assert "Notifications adressées aux hébergeurs" in page
    assert made.digest in page
    got = everybody.get("/published/files/2025/1/report.json")
    assert hashlib.sha256(got.content).hexdigest() == made.digest
    change = {"fr": "Une erreur.", "en": "An error."}
    reports.publish(signed(change=change))
    assert "An error." in everybody.get("/published/en/2025/").content.decode()
    assert "newer version" in everybody.get("/published/en/2025/1/").content.decode()
    assert everybody.get("/published/files/2025/1/report.json").content == got.content
