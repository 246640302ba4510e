"""The analysts' pages, as alice sees them: the queue, a case, a decision, sealed texts, the ledger."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from tests.hotline.people import MakeUser
from tests.hotline.processing.working import jpeg, work
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import AgeWhenTaken, LedgerEvent, SealedKind
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import services as decisions

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "https://example.org/page?<script>&x=1"


def test_the_queue_is_ordered_and_flags_minors(as_alice: Client, make_case: Any) -> None:
    old = make_case(urls=("https://example.org/1",))
    clock.move(dt.timedelta(hours=3))
    minor = make_case(urls=("https://example.org/2",), files=(jpeg(),), age_when_taken=AgeWhenTaken.MINOR)
    make_case(declared=({"sha256": "ab" * 32},))
    html = page(as_alice, "/")
    assert html.index(minor.reference) < html.index(old.reference)
    assert "2 cases wait" in html
    assert "3 hours" in html
    assert "1 address, 1 file" in html
    assert html.count('class="flag"') == 1
    assert "<img" not in html


def test_an_empty_queue_says_so(as_alice: Client) -> None:
    assert "Nothing waits." in page(as_alice, "/")


def test_a_case_shows_addresses_as_text_and_never_as_links(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,))
    for path in (f"/cases/{case.pk}/", item_path(case)):
        html = page(as_alice, path)
        assert "https://example.org/page?&lt;script&gt;&amp;x=1" in html
        assert 'href="https://example.org' not in html
        assert 'src="http' not in html


def test_qualify_and_next_goes_through_the_case_then_the_queue(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/1", "https://example.org/2"))
    other = make_case(urls=("https://example.org/3",))
    response = as_alice.post(item_path(case, 1), decision(next="1", secondary="DOX", reasoning="seen"))
    assert response["Location"] == item_path(case, 2)
    made = case.items.get(position=1).qualifications.get()
    assert (made.category, made.secondary, made.reasoning) == ("NCII-DIF", ["DOX"], "seen")
    assert as_alice.post(item_path(case, 2), decision(next="1"))["Location"] == item_path(other)
    assert as_alice.post(item_path(other), decision(next="1"))["Location"] == "/"


def test_record_alone_goes_back_to_the_case(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=("https://example.org/1",))
    assert as_alice.post(item_path(case), decision())["Location"] == f"/cases/{case.pk}/"
    assert "Recorded: NCII-DIF." in page(as_alice, f"/cases/{case.pk}/")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"category": ""}, "Choose a category."),
        ({"category": "NOPE"}, "not one of the available choices"),
        ({"category": "OUT"}, "Say why: the reporter is told."),
        ({"person": ""}, "Say how old the person appears."),
        ({"category": "MIN-CSAM"}, "This category is about minors"),
        ({"reasoning": "x" * 5000}, "at most 4000 characters"),
    ],
)
def test_an_incomplete_decision_is_explained_and_changes_nothing(
    as_alice: Client, make_case: Any, changes: dict[str, str], message: str
) -> None:
    case = make_case(urls=("https://example.org/1",))
    response = as_alice.post(item_path(case), decision(**changes))
    assert response.status_code == 422
    assert message in response.content.decode()
    assert case.items.get().state == ItemState.RECEIVED


def test_the_description_opens_on_demand_and_is_recorded(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,), description=vault.seal("My neighbour has it."))
    note = case.notes.get()
    assert "neighbour" not in page(as_alice, f"/cases/{case.pk}/")
    response = as_alice.post(f"/notes/{note.pk}/")
    assert "My neighbour has it." in response.content.decode()
    assert case.ledger.get(kind="note.read").data == {"kind": "description", "motive": ""}


def test_a_contact_needs_a_motive_and_warns_where_it_is_not_safe(as_alice: Client, make_case: Any) -> None:
    contact = Contact(SealedKind.EMAIL, vault.seal("me@example.org"), safe=False)
    case = make_case(urls=(URL,), contacts=(contact,))
    path = f"/notes/{case.notes.get().pk}/"
    assert "me@example.org" not in page(as_alice, path)
    response = as_alice.post(path, {})
    assert "me@example.org" not in response.content.decode()
    assert not case.ledger.filter(kind="note.read").exists()
    html = as_alice.post(path, {"motive": "danger"}).content.decode()
    assert "me@example.org" in html
    assert "Do not write here." in html
    assert case.ledger.get(kind="note.read").data == {"kind": "email", "motive": "danger"}
    from django.contrib.sessions.models import Session

    assert "me@example.org" not in str([s.get_decoded() for s in Session.objects.all()])


def test_a_note_that_is_gone_is_not_an_error(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,), description=vault.seal("words"))
    note = case.notes.get()
    vault.destroy(note.vault_id)
    response = as_alice.post(f"/notes/{note.pk}/", follow=True)
    assert "This text was destroyed." in response.content.decode()


def test_a_finished_case_shows_entry_receipt_and_notices(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(jpeg(),), urls=("https://example.org/1",))
    for item in case.items.all():
        decisions.qualify(item, "NCII-DIF", analyst(1), reasoning="seen by the analyst")
    work()
    html = page(as_alice, f"/cases/{case.pk}/")
    assert "Fingerprint in the bank." in html
    assert BankEntry.objects.get().sha256[:12] in html
    assert "Content destroyed." in html
    assert "Pharos (police)" in html
    assert "seen by the analyst" in html
    assert "does not exist any more" in page(as_alice, item_path(case, 2))


def test_the_ledger_says_that_it_verifies_or_not(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,))
    decisions.qualify(case.items.get(), "OUT", analyst(1), reason="NOT-INTIMATE")
    work()
    assert "Chain verified, 4 events." in page(as_alice, f"/cases/{case.pk}/ledger/")
    LedgerEvent.objects.filter(case=case, number=2).update(actor="analyst:9")
    assert "The chain does not verify." in page(as_alice, f"/cases/{case.pk}/ledger/")


def test_search_by_reference(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,))
    for typed in (case.reference, case.reference.lower(), f" {case.reference[2:]} "):
        assert as_alice.post("/search/", {"q": typed})["Location"] == f"/cases/{case.pk}/"
    assert "Nothing here answers to it" in as_alice.post("/search/", {"q": "D-00000000"}).content.decode()
    assert "This is no reference" in as_alice.post("/search/", {"q": case.code}).content.decode()


def test_the_register_of_accesses_is_for_leads(client: Client, make_case: Any, make_user: MakeUser) -> None:
    bob = make_user("bob", "lead")
    client.force_login(bob)
    case = make_case(files=(jpeg(),), description=vault.seal("words"))
    client.post(f"{item_path(case)}show/", {"mode": "clear"})
    client.post(f"/notes/{case.notes.get().pk}/")
    html = page(client, "/accesses/")
    assert "Content looked at, unblurred" in html
    assert "Sealed text read" in html
    assert html.count(case.reference) == 2


def test_french(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,))
    as_alice.post("/i18n/setlang/", {"language": "fr", "next": "/"})
    html = page(as_alice, item_path(case))
    assert 'lang="fr"' in html
    assert "Image intime diffusée sans accord" in html
    assert "article 226-2-1" in html
    assert "Qualification" in html or "Décision" in html


def test_pages_for_what_does_not_exist(as_alice: Client) -> None:
    response = as_alice.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_who_has_no_second_factor_sees_no_menu(client: Client, make_user: MakeUser) -> None:
    client.force_login(make_user("bob", totp=False))
    assert "<nav" not in client.get("/accounts/2fa/totp/activate/").content.decode()
