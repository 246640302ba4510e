"""Promise: a proof is sealed for the file: no fingerprint, no partner, its own time, its own delete (D15)."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.hotline.conftest import make_case as make_case
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.conftest import somebody as somebody
from tests.hotline.processing.working import jpeg

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import erasing, retention
from disrupt.hotline.cases.categories import schemes
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import ImpossibleStep, ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.decisions import proofs, reading, services
from disrupt.hotline.exchange.door import limits
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
from disrupt.hotline.processes.exchange import settings as exchange
from disrupt.hotline.processing import due, pipeline

pytestmark = pytest.mark.django_db
ALICE = analyst(1)


def chat() -> bytes:
    """A screenshot of a chat, as far as a decoder is concerned: a picture with features."""
    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg(9))).save(out, "PNG")
    return out.getvalue()


def sent(person: Person, *pictures: bytes, **changes: Any) -> Case:
    person.open_form()
    chosen = [SimpleUploadedFile("chat-with-jane.png", chat(), "image/png")]
    assert person.send(*pictures, url=None, proofs=chosen, **changes).status_code == 302
    return Case.objects.get()


def work(settings: Any) -> None:
    """Whatever is due, as the worker does it, which may open what is sealed."""
    settings.MAY_OPEN = True
    for item_id in list(due.due_items()):
        pipeline.carry(item_id)
    settings.MAY_OPEN = False


def feed(settings: Any) -> list[dict[str, Any]]:
    """What a partner with every right is given, over HTTP."""
    settings.ROOT_URLCONF, settings.MIDDLEWARE = exchange.ROOT_URLCONF, exchange.MIDDLEWARE
    limits.ALLOWANCE._buckets.clear()
    secret = issue_key(create_partner("Platform One", OPERATOR), tuple(Scope), OPERATOR)[1]
    answer = Client().get("/v1/feed", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    changes: list[dict[str, Any]] = answer.json()["changes"]
    return changes


def test_from_the_form_to_the_feed_only_the_picture_goes(somebody: Person, settings: Any) -> None:
    case = sent(somebody, jpeg(1))
    picture, proof = case.items.order_by("position")
    assert (picture.kind, proof.kind, proof.state) == (ItemKind.FILE, ItemKind.PROOF, ItemState.KEPT)
    services.qualify(picture, "NCII-DIF", ALICE)
    work(settings)
    proof.refresh_from_db()
    assert (proof.state, proof.media, proof.holds_content) == (ItemState.KEPT, "", True)
    given = feed(settings)
    assert [one["id"] for one in given] == [str(BankEntry.objects.get().pk)]
    with pytest.raises(ImpossibleStep):
        services.qualify(proof, "NCII-DIF", ALICE)


def test_a_report_with_nothing_but_a_proof_is_read_by_a_person(somebody: Person) -> None:
    case = sent(somebody)
    assert case.unread
    assert reading.have_read(case, ALICE)
    case.refresh_from_db()
    assert case.closed_at is not None


@pytest.mark.parametrize(("chosen", "days"), [("30", 30), ("90", 90), ("", 183), ("9999", 183), ("-1", 183)])
def test_it_ends_when_the_person_says_and_at_the_latest_after_the_limit(
    somebody: Person, settings: Any, chosen: str, days: int
) -> None:
    proof = sent(somebody, proof_days=chosen).items.get()
    assert proof.due_at is not None
    assert abs(proof.due_at - clock.now() - dt.timedelta(days=days)) < dt.timedelta(minutes=1)
    clock.move(dt.timedelta(days=days, minutes=1))
    work(settings)
    gone(proof, ItemState.DESTROYED)


def gone(proof: Item, state: ItemState) -> None:
    content = VaultId(proof.vault_id)
    proof.refresh_from_db()
    assert (proof.state, proof.holds_content) == (state, False)
    assert not vault.exists(content)
    assert proof.ledger.filter(kind="content.destroyed").exists()


def test_it_ends_with_its_case(somebody: Person, settings: Any) -> None:
    case = sent(somebody)
    proof = case.items.get()
    reading.have_read(case, ALICE)
    clock.move(settings.KEEP_PERSONAL_DATA + dt.timedelta(minutes=1))
    for old in retention.cases_to_purge():
        retention.purge(old)
    work(settings)
    gone(proof, ItemState.DESTROYED)


def test_it_is_deleted_at_one_press_and_by_erasing(somebody: Person, settings: Any) -> None:
    case = sent(somebody)
    proof = case.items.get()
    somebody.code()
    somebody.post("code/", {"saved": "on"})
    somebody.get("follow/now/")
    french = somebody.language == "fr"
    assert ("Gardé comme preuve" if french else "Kept as a proof") in somebody.html
    assert ("au plus tard le" if french else "at the latest") in somebody.html
    somebody.get("follow/now/1/")
    somebody.post("follow/now/1/")
    work(settings)
    gone(proof, ItemState.WITHDRAWN)
    somebody.get("follow/now/")
    assert ("Vous avez supprimé cette preuve" if french else "You deleted this proof") in somebody.html


def test_erasing_destroys_it(somebody: Person, settings: Any) -> None:
    case = sent(somebody)
    proof = case.items.get()
    erasing.erase_case(case)
    work(settings)
    gone(proof, ItemState.WITHDRAWN)


def test_it_is_added_later_and_the_document_lists_it(somebody: Person, settings: Any) -> None:
    case = sent(somebody)
    reading.have_read(case, ALICE)
    somebody.code()
    somebody.post("code/", {"saved": "on"})
    somebody.get("follow/now/add/")
    draft = re.search(r'name="draft" value="([^"]*)"', somebody.html)
    assert draft
    more = {"draft": draft[1], "action": "add", "complete": "1"}
    answer = somebody.post("follow/now/add/", {**more, "proofs": SimpleUploadedFile("a.png", chat())})
    assert answer.status_code == 302
    case.refresh_from_db()
    assert case.closed_at is not None, "a proof waits for no decision"
    assert [item.kind for item in case.items.all()] == ["proof", "proof"]


@pytest.mark.parametrize("category", ["EXT-SEX", "DOX", "HAR-SEX", "HAR-CYB", "IDT", "MIN-SOL"])
def test_what_shows_no_picture_never_reaches_the_bank(make_case: Any, settings: Any, category: str) -> None:
    """A chat decided as sextortion, an identity card as disclosure: kept, neither offered nor lost."""
    item = make_case(files=(chat(),)).items.get()
    services.qualify(item, category, ALICE)
    work(settings)
    item.refresh_from_db()
    assert (item.kind, item.state, item.holds_content) == (ItemKind.PROOF, ItemState.KEPT, True)
    assert not BankEntry.objects.exists()
    assert feed(settings) == []


def test_the_picture_of_an_extortion_is_offered_under_its_own_category(make_case: Any, settings: Any) -> None:
    item = make_case(files=(jpeg(),)).items.get()
    services.qualify(item, "EXT-SEX", ALICE, secondary=["NCII-DIF"])
    work(settings)
    assert BankEntry.objects.get().category == "NCII-DIF"


def test_the_allow_list_is_in_the_data_and_short() -> None:
    for version in schemes():
        allowed = {code for code, category in version.items() if category.bank}
        assert allowed
        assert not allowed & {"EXT-SEX", "DOX", "IDT", "HAR-SEX", "HAR-CYB", "MIN-SOL", "OUT"}


def test_an_analyst_sorts_a_file_anew_before_anything_happens(make_case: Any, settings: Any) -> None:
    case = make_case(files=(chat(),))
    item = case.items.get()
    kept = proofs.keep_as_proof(item, ALICE)
    work(settings)
    assert (kept.kind, kept.state) == (ItemKind.PROOF, ItemState.KEPT)
    assert not BankEntry.objects.exists()
    with pytest.raises(proofs.NotAFile):
        proofs.keep_as_proof(kept, ALICE)
    late = make_case(files=(jpeg(),)).items.get()
    services.qualify(late, "NCII-DIF", ALICE)
    work(settings)
    late.refresh_from_db()
    with pytest.raises(ImpossibleStep):
        proofs.keep_as_proof(late, ALICE)


def test_a_declared_fingerprint_names_no_category_outside_the_list(make_case: Any, settings: Any) -> None:
    prints = {"kind": "image", "sha256": "ab" * 32, "md5": "cd" * 16, "pdq": [], "category": "DOX"}
    make_case(declared=(prints,))
    work(settings)
    assert BankEntry.objects.get().category == pipeline.DECLARED_CATEGORY
