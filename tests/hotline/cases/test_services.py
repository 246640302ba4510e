"""Cases: opening, deciding, withdrawing, erasing; each once, each in the ledger."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from disrupt.hotline.cases import (
    adding,
    contacts,
    erasing,
    finding,
    ledger,
    opening,
    queries,
    retention,
    steps,
    withdrawing,
)
from disrupt.hotline.cases.categories import UnknownCategory
from disrupt.hotline.cases.models import (
    AgeWhenTaken,
    Case,
    LedgerEvent,
    PersonAge,
    Qualification,
    Reporter,
    SealedKind,
    SealedNote,
)
from disrupt.hotline.cases.states import ImpossibleStep, ItemState
from disrupt.hotline.common import clock, codes
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.decisions import services as decisions

pytestmark = pytest.mark.django_db
ALICE = analyst(1)


def test_the_same_form_twice_is_one_case_with_one_code(make_case: Any, settings: Any) -> None:
    first = make_case(urls=("https://example.org/a",), files=(b"picture",), submission="form-1")
    second = make_case(urls=("https://example.org/a",), files=(b"picture",), submission="form-1")
    assert first.pk == second.pk
    assert first.code == second.code
    assert Case.objects.count() == 1
    assert first.items.count() == 2
    assert len(list(vault.stored_ids())) == 1, "what the second form brought along is destroyed"


def test_a_case_is_found_by_its_code_only(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    assert finding.find_case(case.code.lower().replace("-", " ")) == case
    with pytest.raises(finding.UnknownCode):
        finding.find_case(codes.from_submission("another"))
    with pytest.raises(codes.MalformedCode):
        finding.find_case("hello")
    stored = Case.objects.values().get()
    assert case.code.replace("-", "") not in str(stored)


def test_a_minor_comes_first(make_case: Any) -> None:
    adult = make_case(urls=("https://example.org/a",))
    minor = make_case(urls=("https://example.org/b",), age_when_taken="minor")
    assert list(queries.queue()) == [minor, adult]


def test_qualifying_sets_the_next_step_in_motion(make_case: Any) -> None:
    case = make_case(files=(b"picture",))
    item = case.items.get()
    decisions.qualify(item, "NCII-DIF", ALICE, reasoning="shown and named")
    assert item.state == ItemState.ACCEPTED
    assert list(queries.due_items()) == [item.pk]
    assert queries.current_qualification(item).by == "analyst:1"
    with pytest.raises(ImpossibleStep):
        decisions.qualify(item, "OUT", ALICE, reason="CONSENT")
    assert item.qualifications.count() == 1, "the refused decision left nothing"


def test_an_unknown_category_changes_nothing(make_case: Any) -> None:
    item = make_case(files=(b"picture",)).items.get()
    with pytest.raises(UnknownCategory):
        decisions.qualify(item, "NO-SUCH", ALICE)
    with pytest.raises(UnknownCategory):
        decisions.qualify(item, "NCII-DIF", ALICE, secondary=("NO-SUCH",))
    item.refresh_from_db()
    assert item.state == ItemState.RECEIVED
    assert item.qualifications.count() == 0


def test_a_possible_minor_raises_the_priority(make_case: Any) -> None:
    case = make_case(files=(b"picture",))
    decisions.qualify(case.items.get(), "NCII-DIF", ALICE, person=PersonAge.POSSIBLE_MINOR)
    case.refresh_from_db()
    assert case.priority == 0


def test_content_is_destroyed_once_with_one_receipt(make_case: Any) -> None:
    case = make_case(files=(b"picture",))
    item = case.items.get()
    assert erasing.destroy_content(item, WORKER).ciphertext_bytes > 0
    assert erasing.destroy_content(item, WORKER) is None
    assert LedgerEvent.objects.filter(kind="content.destroyed").count() == 1
    assert list(vault.stored_ids()) == []


def test_a_rolled_back_destruction_still_ends_with_a_receipt(make_case: Any) -> None:
    """The process may die after the files are gone and before the row says so."""
    item = make_case(files=(b"picture",)).items.get()
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        erasing.destroy_content(item, WORKER)
        raise KeyboardInterrupt
    item.refresh_from_db()
    assert item.vault_id
    assert erasing.destroy_content(item, WORKER).key_absent
    assert LedgerEvent.objects.filter(kind="content.destroyed").count() == 1


def test_withdrawing_is_idempotent(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a", "https://example.org/b"))
    assert withdrawing.withdraw_case(case) == 2
    assert withdrawing.withdraw_case(case) == 0
    assert len(list(queries.due_items())) == 2


def test_erasing_leaves_a_trace_without_content(make_case: Any) -> None:
    contact = contacts.Contact(SealedKind.EMAIL, vault.seal("someone@example.org"), safe=True)
    case = make_case(urls=("https://example.org/a",), files=(b"x",), contacts=(contact,))
    erasing.erase_case(case)
    with pytest.raises(finding.UnknownCode):
        finding.find_case(case.code)
    assert SealedNote.objects.count() == 0
    assert not vault.exists(VaultId(contact.value.vault_id))
    assert set(case.items.values_list("url", flat=True)) == {""}
    assert ledger.verify(case) == case.ledger.count()


def test_a_settled_case_closes_and_its_personal_data_go(make_case: Any, settings: Any) -> None:
    contact = contacts.Contact(SealedKind.EMAIL, vault.seal("someone@example.org"), safe=True)
    case = make_case(files=(b"x",), contacts=(contact,))
    item = case.items.get()
    decisions.qualify(item, "OUT", ALICE, reason="NOT-INTIMATE")
    erasing.destroy_content(item, WORKER)
    steps.advance(item, ItemState.CLOSED, WORKER)
    case.refresh_from_db()
    assert case.closed_at
    assert list(retention.cases_to_purge()) == []
    clock.move(settings.KEEP_PERSONAL_DATA)
    assert list(retention.cases_to_purge()) == [case]
    retention.purge(case)
    assert list(retention.cases_to_purge()) == []
    assert SealedNote.objects.count() == 0
    assert list(vault.stored_ids()) == []


def test_adding_to_a_closed_case_stops_its_purge(make_case: Any, settings: Any) -> None:
    """A peer deleted a report the day after the person had added content to it."""
    case = make_case(files=(b"x",))
    withdrawing.withdraw_case(case)
    case.refresh_from_db()
    assert case.purge_at
    adding.add_items(case, urls=("https://example.org/later",))
    clock.move(settings.KEEP_PERSONAL_DATA * 2)
    assert list(retention.cases_to_purge()) == []
    case.refresh_from_db()
    assert case.closed_at is None


def test_what_no_row_speaks_of_is_abandoned_after_a_day(make_case: Any, settings: Any) -> None:
    import datetime as dt

    kept = make_case(files=(b"kept",)).items.get().vault_id
    lost = vault.deposit([b"lost"])
    assert retention.abandoned() == []
    settings.KEEP_ABANDONED = dt.timedelta(seconds=-5)
    assert retention.abandoned() == [lost]
    assert kept != lost


def test_the_same_sealed_file_named_twice_is_kept(db: None) -> None:
    """A corrected form sent by a double click names its sealed files in both requests."""
    deposited = adding.DepositedFile(vault.deposit([b"picture"]), 7)
    report = opening.Report("form-2", "en", Reporter.SELF, AgeWhenTaken.ADULT, files=(deposited,))
    first, second = opening.open_case(report), opening.open_case(report)
    assert (first.new, second.new) == (True, False)
    assert vault.read_content(deposited.vault_id) == b"picture"


def test_erasing_takes_what_an_analyst_wrote_of_what_they_saw(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    decisions.qualify(case.items.get(), "NCII-DIF", analyst(1), reasoning="canary: the person's face is seen")
    erasing.erase_case(case)
    assert not Qualification.objects.filter(item__case=case).exists()
