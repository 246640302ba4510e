"""What the person takes away: everything held, and the document for a complaint."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.utils import translation
from nacl.public import PrivateKey
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.entering import Make, enter

from disrupt.hotline.bank import retention
from disrupt.hotline.bank.models import EntryOrigin
from disrupt.hotline.bank.services import Prints, offer
from disrupt.hotline.cases import messages, steps, withdrawing
from disrupt.hotline.cases.models import Case, Item, SealedKind
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, WORKER, analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.intake.following import complaint, contacts
from disrupt.hotline.intake.following.contacts import Reach
from disrupt.hotline.intake.templatetags.dossier import in_order
from disrupt.hotline.processing import pipeline

KEY = PrivateKey.generate()
LONG = "https://exämple.example/photos/été/" + "a" * 300 + "?q=日本&x=<b>*_#$@[]\\"


def lived(make_case: Make, **changes: Any) -> Case:
    """A case in which something of everything has happened."""
    user = User.objects.create_user("alice", password="x")
    alice = analyst(user.pk)
    case = make_case(urls=("https://example.org/a?b=c", LONG), files=(b"picture",), **changes)
    first, second, file = case.items.order_by("position")
    decisions.qualify(first, "NCII-DIF", alice, secondary=["DOX"], reasoning="shown without consent")
    first.refresh_from_db()
    steps.advance(first, ItemState.POLICE_NOTIFIED, WORKER)
    decisions.qualify(second, "OUT", alice, reason="NOT-INTIMATE")
    decisions.qualify(file, "NCII-CAP", alice)
    offer(Prints("image", "5" * 64, "d" * 32), "NCII-CAP", EntryOrigin.EXAMINED, file.pk)
    messages.write(case, "What now?", REPORTER, "1")
    messages.write(case, "We wrote to the police.", alice, "2")
    contacts.change(case, Reach("jane@example.org", True))
    return case


def held_in(html: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.S)
    assert found
    held: dict[str, Any] = json.loads(found[1])
    return held


def test_everything_is_in_one_neutral_file(somebody: Person, make_case: Make) -> None:
    case = lived(make_case, language=somebody.language)
    enter(somebody, case)
    response = somebody.get("follow/now/notes.html")
    assert response.headers["Content-Disposition"] == 'attachment; filename="notes.html"'
    assert response.headers["Cache-Control"] == "no-store"
    held = held_in(somebody.html)
    assert [item["url"] for item in held["items"]] == ["https://example.org/a?b=c", LONG, None]
    assert held["items"][2]["fingerprints"]["sha256"] == "5" * 64
    assert held["items"][0]["decisions"][0]["category"] == "NCII-DIF"
    assert held["items"][0]["decisions"][0]["reasoning"] == "shown without consent"
    assert held["items"][1]["decisions"][0]["reason"]
    assert [one["text"] for one in held["messages"]] == ["What now?", "We wrote to the police."]
    assert [(one["kind"], one["text"]) for one in held["texts"]] == [(SealedKind.EMAIL, "jane@example.org")]
    assert len(held["ledger"]) == case.ledger.count()
    for said in ("We wrote to the police.", "jane@example.org", "5" * 64, "NCII-DIF"):
        assert said in unescape(somebody.html).split("<script")[0], "a person reads it too"


def test_it_says_nothing_of_the_analysts(person: Person, make_case: Make) -> None:
    case = lived(make_case)
    enter(person, case)
    person.get("follow/now/notes.html")
    number = User.objects.get().pk
    assert "alice" not in person.html
    assert f"analyst:{number}" not in person.html
    assert {event["who"] for event in held_in(person.html)["ledger"]} == {"reporter", "analyst", "worker"}


def test_it_says_nothing_of_other_cases(person: Person, make_case: Make) -> None:
    """Whoever holds the same photo must not learn that the person concerned has reported it."""
    hers, his = make_case(files=(b"a",)), make_case(files=(b"a",))
    prints = Prints("image", "5" * 64, "d" * 32)
    for case in (hers, his):
        item = case.items.get()
        decisions.qualify(item, "NCII-DIF", analyst(1))
        entry = offer(prints, "NCII-DIF", EntryOrigin.EXAMINED, item.pk)
        data = {"entry": str(entry.pk), "sha256_prefix": "5" * 12}
        steps.advance(item, ItemState.BANKED, WORKER, data=data)
    withdrawing.withdraw_item(his.items.get())
    pipeline.withdraw(his.items.get())
    assert his.ledger.get(kind="entry.withdrawn").data["still_offered"], "hers stays in the bank"
    enter(person, his)
    text = person.get("follow/now/notes.html").content.decode()
    for never in ("still_offered", str(entry.pk), hers.reference, str(hers.pk), "to_be_erased_at"):
        assert never not in text
    withdrawing.withdraw_item(hers.items.get())
    pipeline.withdraw(hers.items.get())
    assert "to_be_erased_at" not in person.get("follow/now/notes.html").content.decode(), "nor that she left"


def test_what_is_left_of_a_cancelled_fingerprint_is_listed_until_it_is_erased(
    person: Person, make_case: Make
) -> None:
    case = make_case(files=(b"a",))
    item = case.items.get()
    decisions.qualify(item, "NCII-DIF", analyst(1))
    pdq = ({"hex": "7" * 16 + "18e4" * 12, "quality": 90, "role": "stored"},)
    entry = offer(Prints("image", "5" * 64, "d" * 32, pdq=pdq), "NCII-DIF", EntryOrigin.EXAMINED, item.pk)
    withdrawing.withdraw_item(Item.objects.get(pk=item.pk))
    pipeline.withdraw(Item.objects.get(pk=item.pk))
    enter(person, case)
    left = held_in(person.get("follow/now/notes.html").content.decode())["items"][0]["fingerprints"]
    assert left.keys() == {"to_be_erased_at", "md5", "pdq"}
    assert (left["md5"], left["pdq"]) == ("", list(pdq))
    clock.move(settings.KEEP_WITHDRAWN)
    assert retention.erase(entry.pk) is not None
    enter(person, case)
    assert held_in(person.get("follow/now/notes.html").content.decode())["items"][0]["fingerprints"] is None


def test_what_was_typed_cannot_become_a_page(person: Person, make_case: Make) -> None:
    case = make_case(urls=("https://example.org/</script><script>alert(1)</script><!--",))
    messages.write(case, "</script><script>alert(2)</script>", REPORTER, "1")
    enter(person, case)
    person.get("follow/now/notes.html")
    assert person.html.count("<script") == 1
    assert held_in(person.html)["messages"][0]["text"] == "</script><script>alert(2)</script>"


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_the_document_for_a_complaint(somebody: Person, make_case: Make, tmp_path: Any) -> None:
    case = lived(make_case)
    enter(somebody, case)
    response = somebody.client.get(f"/{somebody.language}/follow/now/document.pdf")
    assert response.headers["Content-Disposition"] == 'attachment; filename="document.pdf"'
    path = tmp_path / "document.pdf"
    path.write_bytes(response.content)
    info = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
    assert "Éléments pour un dépôt de plainte" in info
    assert re.search(r"Tagged:\s+yes", info)
    assert b"/Lang" in response.content
    raw = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True).stdout
    flat = re.sub(r"[\s\u200b]", "", raw)
    for said in (
        case.reference,
        "https://example.org/a?b=c",
        complaint.plain_address(LONG),
        "5" * 64,
        "article 226-2-1",
        "article 223-1-1",
        "Police prévenue",
        "Non qualifié",
    ):
        assert re.sub(r"\s", "", said) in flat, said
    for never in ("alice", "jane@example.org", "What now?", case.code, str(case.pk)):  # type: ignore[attr-defined]
        assert re.sub(r"\s", "", never) not in flat
    assert len(response.content) < 200_000


def test_the_document_before_any_decision(make_case: Make) -> None:
    values = complaint._values(make_case(urls=("https://example.org/a",)), [])
    assert not values["qualified"]
    assert any("226-2-1" in law["article"] for law in values["laws"])


def test_a_document_of_nothing_and_of_declared_fingerprints(make_case: Make) -> None:
    prints = {"kind": "image", "sha256": "a" * 64, "md5": "b" * 32, "pdq": [], "vpdq": []}
    for case in (make_case(), make_case(declared=(prints,))):
        assert complaint.document(case, KEY).startswith(b"%PDF-")
    assert complaint._values(case, [])["files"][0]["sha256"] == "a" * 64


@pytest.mark.parametrize(
    "url", [LONG, "https://example.org/" + "%" * 50, "https://example.org/\u202e\u0000عربي"]
)
def test_any_address_can_be_printed(make_case: Make, url: str) -> None:
    """PDF/UA refuses a character without a shape: every address is printed in ASCII."""
    assert complaint.plain_address(url).isascii()
    assert complaint.document(make_case(urls=(url.replace("\u0000", ""),)), KEY).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("age", "threat", "cited", "never"),
    [
        (
            "minor",
            True,
            ("312-10", "227-23", "227-23-1"),
            ("226-2-1", "226-1", "sans l’accord", "sans son accord"),
        ),
        ("minor", False, ("227-23",), ("226-2-1", "312-10", "sans son accord")),
        ("adult", True, ("312-10", "226-2-1"), ("227-23",)),
        ("unsure", False, ("226-2-1", "227-23"), ("312-10",)),
    ],
)
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_it_presumes_by_age_and_threat_and_prints_the_threat(
    person: Person, tmp_path: Any, age: str, threat: bool, cited: tuple[str, ...], never: tuple[str, ...]
) -> None:
    person.open_form()
    told = {
        "threat": "on",
        "account": "@somebody \U0001f608 عربي",
        "demand": "500 euros",
        "deadline": "ce soir",
    }
    assert person.send(age=age, **(told if threat else {})).status_code == 302
    person.code()
    person.post("code/", {"saved": "on"})
    path = tmp_path / "document.pdf"
    path.write_bytes(person.client.get("/en/follow/now/document.pdf").content)
    text = subprocess.run(["pdftotext", "-raw", path, "-"], check=True, capture_output=True, text=True).stdout
    flat = " ".join(text.split())
    for said in (*cited, *(("@somebody", "500 euros", "ce soir") if threat else ())):
        assert said in flat, said
    for said in (*never, *(() if threat else ("La menace",))):
        assert said not in flat, said
    assert ("aucune capture" in flat) == (age == "minor")


def test_of_a_destroyed_file_it_does_not_say_that_its_fingerprint_is_still_to_come(make_case: Make) -> None:
    case = make_case(files=(b"picture",))
    file = case.items.get()
    assert "pas encore" in complaint._values(case, [])["files"][0]["without"]
    decisions.qualify(file, "OUT", analyst(1), reason="NOT-INTIMATE")
    pipeline.carry(file.pk)
    assert complaint._values(case, [])["files"][0]["without"].startswith(
        "aucune ; le fichier n’a pas été retenu"
    )


def test_the_page_to_keep_turns_round_with_its_language() -> None:
    """It stands alone, without the frame of the other pages; an address in it is read as addresses are."""
    held = {"items": [{"url": "https://example.org/a"}]}
    with translation.override("ar"):
        page = render_to_string("intake/following/everything.html", {"language": "ar", "held": held})
    assert '<html lang="ar" dir="rtl">' in page
    assert '<p dir="ltr"><code>https://example.org/a</code></p>' in page


def test_an_article_of_the_law_keeps_its_figures_in_order() -> None:
    with translation.override("ar"):
        assert in_order("قانون العقوبات الفرنسي، المادة 226-2-1").endswith("\u2066226-2-1\u2069")
    with translation.override("en"):
        assert in_order("French Criminal Code, art. 226-2-1") == "French Criminal Code, art. 226-2-1"
