"""The analysts' pages, as alice sees them."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import av
import numpy as np
import pytest
from django.test import Client
from PIL import Image
from tests.hotline.people import MakeUser
from tests.hotline.processing.test_pipeline import jpeg, work

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import withdrawing
from disrupt.hotline.cases.contacts import Contact
from disrupt.hotline.cases.models import AgeWhenTaken, Case, LedgerEvent, SealedKind
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock, vault
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.review import previews, tasks
from disrupt.hotline.review.models import Look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
URL = "https://example.org/page?<script>&x=1"


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, response.status_code
    html = response.content.decode()
    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"<script(?! src=)", html)
    assert response["Cache-Control"] == "no-store"
    return html


def preview_path(html: str) -> str:
    found = re.search(r'<img src="(/previews/[^"]+)"', html)
    return found[1] if found else ""


def item_path(case: Case, position: int = 1) -> str:
    return f"/items/{case.items.get(position=position).pk}/"


def decision(**changes: str) -> dict[str, str]:
    return {"category": "NCII-DIF", "person": "adult", "reasoning": "", "reason": "", **changes}


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


def test_the_blurred_preview_comes_from_memory_for_its_analyst_only(
    as_alice: Client, make_case: Any, make_user: MakeUser
) -> None:
    path = preview_path(page(as_alice, item_path(make_case(files=(jpeg(),)))))
    response = as_alice.get(path)
    assert response["Content-Type"] == "image/jpeg"
    assert response["Cache-Control"] == "no-store"
    assert response.content.startswith(b"\xff\xd8")
    other = Client()
    other.force_login(make_user("bob"))
    assert other.get(path).status_code == 404
    assert as_alice.get("/previews/nothing/").status_code == 404
    assert not LedgerEvent.objects.filter(kind="content.viewed").exists()


def test_the_unblurred_view_is_deliberate_recorded_and_answers_once(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(jpeg(side=900),))
    path = item_path(case)
    blurred = as_alice.get(preview_path(page(as_alice, path))).content
    assert as_alice.get(f"{path}show/").status_code == 405
    assert as_alice.post(f"{path}show/", {"mode": "clear"})["Location"] == path
    event = case.ledger.get(kind="content.viewed")
    assert event.actor.startswith("analyst:")
    html = page(as_alice, path)
    assert "The content, unblurred" in html
    shown = preview_path(html)
    clear = as_alice.get(shown).content
    assert len(clear) > 3 * len(blurred)
    assert as_alice.get(shown).status_code == 404
    assert "The content, blurred" in page(as_alice, path)
    assert list(Look.objects.values_list("clear", flat=True).order_by("pk")) == [False, True, False]


def test_known_content_is_announced_and_not_shown(as_alice: Client, make_case: Any) -> None:
    first, same, near = (
        make_case(files=(jpeg(),)),
        make_case(files=(jpeg(),)),
        make_case(files=(jpeg(side=300),)),
    )
    decisions.qualify(first.items.get(), "NCII-CAP", analyst(1))
    work()
    html = page(as_alice, item_path(same))
    assert "This very content is in the bank already." in html
    assert "NCII-CAP" in html
    assert not preview_path(html)
    html = page(as_alice, item_path(near))
    assert re.search(r"A near copy is in the bank already \(distance \d+ of 256\)", html)
    withdrawing.withdraw_case(first)
    work()
    assert "in the bank already" not in page(as_alice, item_path(same))


def test_a_file_that_cannot_be_shown_says_why(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(jpeg()[:200], b"just text", b""))
    assert "cannot be displayed: it is damaged or cut short" in page(as_alice, item_path(case, 1))
    assert "neither a picture nor a video" in page(as_alice, item_path(case, 2))
    assert "it is empty" in page(as_alice, item_path(case, 3))


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
    assert "No case has this reference" in as_alice.post("/search/", {"q": "D-00000000"}).content.decode()
    assert "such as D-1A2B3C4D" in as_alice.post("/search/", {"q": case.code}).content.decode()


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


def test_looking_is_timed_and_a_break_is_suggested(as_alice: Client, make_case: Any) -> None:
    path = item_path(make_case(files=(jpeg(),)))
    page(as_alice, path)
    clock.move(dt.timedelta(seconds=90))
    page(as_alice, "/")
    assert Look.objects.get().seconds in range(89, 93)
    assert "2 minutes looking at content today" in page(as_alice, "/")
    session = as_alice.session
    session["working_since"] -= 51 * 60
    session.save()
    assert "Time for a break." in page(as_alice, "/")
    session = as_alice.session
    session["seen_at"] -= 11 * 60
    session.save()
    assert "Time for a break." not in page(as_alice, "/")


def test_a_forgotten_page_counts_two_minutes_and_five_hours_are_enough(as_alice: Client, alice: Any) -> None:
    Look.objects.create(user=alice, item_id="0" * 32, clear=False, at=clock.now(), seconds=5 * 3600)
    assert "That is enough for today." in page(as_alice, "/")


def test_french(as_alice: Client, make_case: Any) -> None:
    case = make_case(urls=(URL,))
    as_alice.post("/i18n/setlang/", {"language": "fr", "next": "/"})
    html = page(as_alice, item_path(case))
    assert 'lang="fr"' in html
    assert "Image intime diffusée sans accord" in html
    assert "article 226-2-1" in html
    assert "Qualification" in html or "Décision" in html


def test_pictures_leave_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = previews._Shelf()
    token = shelf.put(b"jpeg", 1, once=False)
    assert shelf.take(token, 1) == b"jpeg"
    assert shelf.take(token, 2) is None
    now = previews.time.monotonic()
    monkeypatch.setattr(previews.time, "monotonic", lambda: now + 121)
    assert shelf.take(token, 1) is None
    assert not shelf.kept
    for _i in range(200):
        shelf.put(b"x", 1, once=False)
    assert len(shelf.kept) == previews.MOST


def test_pages_for_what_does_not_exist(as_alice: Client) -> None:
    response = as_alice.get("/nowhere/")
    assert response.status_code == 404
    assert "There is nothing here" in response.content.decode()


def test_looks_are_forgotten_after_a_month(alice: Any) -> None:
    Look.objects.create(user=alice, item_id="0" * 32, clear=False, at=clock.now(), seconds=5)
    duty = next(duty for duty in tasks.DUTIES if duty.name == "review.looks")
    assert list(duty.due()) == []
    clock.move(dt.timedelta(days=32))
    for key in duty.due():
        duty.run(key)
    assert not Look.objects.exists()


def test_who_has_no_second_factor_sees_no_menu(client: Client, make_user: MakeUser) -> None:
    client.force_login(make_user("bob", totp=False))
    assert "<nav" not in client.get("/accounts/2fa/totp/activate/").content.decode()


def film(seconds: int = 2) -> bytes:
    """A short film of moving waves."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        noise = np.random.default_rng(3).integers(0, 256, (24, 32, 3), np.uint8)
        for number in range(10 * seconds):
            picture = Image.fromarray(np.roll(noise, number, axis=1)).resize((320, 240))
            container.mux(stream.encode(av.VideoFrame.from_image(picture)))
        container.mux(stream.encode(None))
    return out.getvalue()


def test_a_video_shows_stills_and_becomes_a_vpdq(as_alice: Client, make_case: Any) -> None:
    case = make_case(files=(film(),))
    html = page(as_alice, item_path(case))
    assert "Video: stills in order of time, no sound, 320 × 240" in html
    assert as_alice.get(preview_path(html)).content.startswith(b"\xff\xd8")
    as_alice.post(item_path(case), decision())
    work()
    entry = BankEntry.objects.get()
    assert entry.kind == "video"
    assert entry.prints["vpdq"]
    assert case.items.get().media == "video"
