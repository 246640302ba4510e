"""Under a legal hold no eraser destroys anything, and each does when it ends: tried with a moved clock."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from tests.hotline.cases.ending import ALICE, DAY, LEA, SOURCE, held, sweep, with_words
from tests.hotline.processing.working import accept, jpeg, kinds, only, work

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases import contacts, erasing, finding, legal_holds, messages, outer_limit, retention
from disrupt.hotline.cases.adding import DepositedFile, add_items
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.legal_holds import Kept
from disrupt.hotline.cases.models import Case, HoldMotive, SealedKind
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import audit, clock
from disrupt.hotline.common.actors import REPORTER, WORKER
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.correspondence import telling

pytestmark = pytest.mark.django_db


def test_it_holds_at_once_and_lapses_unless_somebody_else_confirms(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/1",))
    hold = legal_holds.ask(case, HoldMotive.COURT, clock.now() + 30 * DAY, ALICE)
    case.refresh_from_db()
    assert legal_holds.keeps(case)
    with pytest.raises(legal_holds.NotTwoPeople):
        legal_holds.confirm(hold, ALICE)
    clock.move(3 * DAY)
    sweep()
    case.refresh_from_db()
    assert case.kept_until is None
    assert kinds(case)[-1] == "hold.ended"
    with pytest.raises(legal_holds.NotWaiting):
        legal_holds.confirm(hold, LEA)
    for until in (clock.now() - DAY, clock.now() + 3 * legal_holds.LONGEST):
        with pytest.raises(legal_holds.BadEnd):
            legal_holds.ask(case, HoldMotive.COURT, until, ALICE)


def test_both_logs_say_so_and_the_audit_log_names_no_case(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/1",))
    legal_holds.end(held(case), LEA)
    assert kinds(case)[-3:] == ["hold.asked", "hold.confirmed", "hold.ended"]
    said = list(AuditEvent.objects.order_by("number").values_list("kind", "actor"))
    assert said == [("hold.asked", "analyst:1"), ("hold.confirmed", "analyst:2"), ("hold.ended", "analyst:2")]
    assert case.pk.hex not in str(list(AuditEvent.objects.values("data"))).replace("-", "")
    audit.verify()


@pytest.mark.parametrize("refused", [False, True])
def test_a_decided_file_is_destroyed_when_the_hold_ends(make_case: Any, settings: Any, refused: bool) -> None:
    settings.UNDO_WAIT = dt.timedelta()
    case = make_case(files=(jpeg(),))
    held(case)
    item = only(case)
    accept(item, *(refusal() if refused else ()))
    work()
    work()
    item.refresh_from_db()
    assert vault.is_whole(VaultId(item.vault_id))
    assert item.state == ("rejected" if refused else "banked"), "nothing says that it was destroyed"
    assert item.due_at == Case.objects.get(pk=case.pk).kept_until, "it is not asked about again and again"
    if not refused:
        assert BankEntry.objects.get().state == "active", "the person is protected meanwhile"
    place = VaultId(item.vault_id)
    clock.move(101 * DAY)
    sweep()
    item.refresh_from_db()
    assert (item.state, item.vault_id) == ("closed" if refused else "protected", "")
    assert not vault.exists(place)


def refusal() -> tuple[str]:
    return (next(one.code for one in scheme_at(clock.now()).values() if not one.illegal),)


def test_what_is_taken_back_stops_and_stays_sealed_until_the_end(make_case: Any, settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta()
    case = make_case(files=(jpeg(),))
    hold = held(case)
    accept(only(case))
    work()
    withdraw_case(case)
    work()
    work()
    item = only(case)
    assert BankEntry.objects.get().state == "withdrawn"
    assert vault.is_whole(VaultId(item.vault_id))
    place = VaultId(item.vault_id)
    legal_holds.end(hold, LEA)
    sweep()
    assert not vault.exists(place)
    assert kinds(case).count("entry.withdrawn") == 1


def test_erased_under_a_hold_the_code_opens_nothing_and_the_rest_follows(make_case: Any) -> None:
    case = with_words(make_case, files=(jpeg(),))
    code = case.code  # type: ignore[attr-defined]
    held(case)
    item, note = only(case), case.notes.first()
    erasing.erase_case(case)
    erasing.erase_case(case)
    with pytest.raises(finding.UnknownCode):
        finding.unlock(code)
    sweep()
    assert list(telling.cases_to_write_to()) == []
    assert vault.is_whole(VaultId(item.vault_id))
    assert note is not None
    assert vault.has_key(VaultId(note.vault_id))
    assert kinds(case).count("case.erasure_waits") == 1
    assert "case.erased" not in kinds(case)
    clock.move(101 * DAY)
    sweep()
    sweep()
    case.refresh_from_db()
    assert "case.erased" in kinds(case)
    assert (case.notes.count(), case.reporter, case.erasure_waits) == (0, "", False)
    assert not vault.exists(VaultId(item.vault_id))
    assert not vault.has_key(VaultId(note.vault_id))


def test_words_of_closed_cases_and_of_those_that_go_on(make_case: Any, settings: Any) -> None:
    closed, going_on = with_words(make_case), with_words(make_case, urls=("https://example.org/1",))
    messages.write(closed, "What now?", REPORTER, "one")
    retention.close_if_settled(closed)
    until = settings.KEEP_OPEN.days + settings.KEEP_PERSONAL_DATA.days + 60
    for case in (closed, going_on):
        held(case, until)
    clock.move(settings.KEEP_OPEN + settings.KEEP_PERSONAL_DATA)
    sweep()
    clock.move(15 * DAY)
    sweep()
    assert closed.notes.count() == 2
    assert closed.messages.count() == 1
    assert going_on.notes.count() == 2
    assert not going_on.ledger.filter(kind="texts.ending").exists(), "nobody is told what is not so"
    clock.move(50 * DAY)
    sweep()
    assert closed.notes.count() == closed.messages.count() == 0
    assert going_on.notes.count() == 2, "the person is told first"
    clock.move(15 * DAY)
    sweep()
    assert going_on.notes.count() == 0


def test_a_proof_and_a_contact_that_was_replaced(make_case: Any, settings: Any) -> None:
    case = with_words(make_case, urls=("https://example.org/1",))
    data = b"a chat"
    add_items(case, files=[DepositedFile(vault.deposit([data]), len(data), proof=True)])
    hold = held(case, settings.KEEP_PROOFS.days + 50)
    contacts.change_contacts(case, [])
    note = case.notes.get(kind=SealedKind.EMAIL)
    assert (note.aside, note.safe) == (True, False), "kept, and never written to"
    clock.move(settings.KEEP_PROOFS + DAY)
    sweep()
    proof = case.items.get(kind="proof")
    assert vault.is_whole(VaultId(proof.vault_id))
    legal_holds.end(hold, LEA)
    sweep()
    sweep()
    assert not vault.exists(VaultId(proof.vault_id))
    assert not case.notes.filter(kind=SealedKind.EMAIL).exists()


def test_two_holds_the_longer_counts_and_what_waits_moves_along(make_case: Any, settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta()
    case = make_case(files=(jpeg(),))
    longer = held(case, 100)
    held(case, 50)
    accept(only(case))
    work()
    clock.move(60 * DAY)
    sweep()
    assert vault.is_whole(VaultId(only(case).vault_id))
    legal_holds.end(longer, LEA)
    sweep()
    assert only(case).vault_id == ""


def test_the_lowest_functions_refuse_by_themselves(make_case: Any) -> None:
    case = with_words(make_case, files=(jpeg(),))
    held(case)
    note = case.notes.select_related("case").first()
    assert note is not None
    for destroy in (
        lambda: erasing.destroy_content(only(case), WORKER),
        lambda: retention.destroy_note(note, WORKER),
        lambda: retention.destroy_notes(case, WORKER),
        lambda: retention.purge(case),
    ):
        with pytest.raises(Kept):
            destroy()


def test_whoever_destroys_is_known_here() -> None:
    """A new eraser is looked at: does it ask whether the case is held?"""
    of_no_case = {
        "cases/messages.py", "cases/opening.py", "cases/pepper/moving.py", "intake/asking/opening.py",
        "intake/asking/shelf.py", "intake/asking/drafts.py", "intake/following/views/additions.py",
        "intake/following/contacts.py",
        "intake/receiving/handover.py", "intake/receiving/uploads.py", "operating/rotating/review.py",
        "processing/tasks.py",
    }  # fmt: skip
    asks = {"cases/erasing.py", "cases/jottings.py", "cases/retention.py"}
    found = {
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if re.search(r"vault\.destroy\b", path.read_text("utf-8"))
    }
    assert found == of_no_case | asks


def test_a_hold_outlasts_the_outer_limit(make_case: Any, settings: Any) -> None:
    case = with_words(make_case, urls=("https://example.org/1",))
    held(case, settings.KEEP_OPEN.days + 100)
    clock.move(settings.KEEP_OPEN)
    assert list(outer_limit.ending()) == []
