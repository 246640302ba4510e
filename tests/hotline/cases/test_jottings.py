"""Notes among analysts and drafts are sealed and end with their case; a promise comes back on its day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.hotline.processing.working import accept, jpeg, only, work

from disrupt.hotline.cases import erasing, jottings, legal_holds, promising, retention, tasks
from disrupt.hotline.cases.locking import CaseErased
from disrupt.hotline.cases.models import Case, HoldMotive, Jotting, JottingKind
from disrupt.hotline.cases.waiting import waits
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId

pytestmark = pytest.mark.django_db
ALICE, BOB = analyst(1), analyst(2)
DAY = dt.timedelta(days=1)


def sweep() -> None:
    Sweep(tuple(one for one in tasks.DUTIES if one.name != "cases.anchor")).once()


def names() -> set[str]:
    return {name for name, _at in vault.stored_ids()}


def test_notes_are_sealed_and_end_with_the_texts_of_their_case(make_case: Any) -> None:
    case = make_case(files=(jpeg(),))
    before = names()
    jottings.write(case, "late", ALICE, item=only(case), second=9.0)
    jottings.write(case, "canary of a colleague", ALICE)
    jottings.write(case, "early", BOB, item=only(case), second=2.5)
    jottings.keep_draft(case, JottingKind.DECISION, '{"category": "OUT"}', ALICE, only(case))
    on_film = [one.text for one in jottings.notes(case) if one.jotting.item]
    assert on_film == ["early", "late"], "in the order of the film"
    assert b"canary" not in b"".join(map(bytes, Jotting.objects.values_list("ciphertext", flat=True)))
    assert case.ledger.filter(kind="jotting.written").count() == 3
    assert "canary" not in str(list(case.ledger.values_list("data", flat=True)))
    assert len(names() - before) == 4
    clock.move(2 * DAY)
    assert not names() & set(retention.abandoned())
    erasing.erase_case(case)
    assert not Jotting.objects.exists()
    assert names() <= before
    with pytest.raises(CaseErased):
        jottings.write(case, "nothing is added to it", ALICE)


def test_a_note_is_taken_away_by_who_wrote_it_and_not_under_a_hold(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    note = jottings.write(case, "perhaps her brother", ALICE)
    with pytest.raises(jottings.NotYours):
        jottings.take_away(note, BOB)
    hold = legal_holds.ask(case, HoldMotive.POLICE, clock.now() + DAY, BOB, "4711")
    with pytest.raises(legal_holds.Kept):
        jottings.take_away(note, ALICE)
    legal_holds.end(hold, BOB)
    jottings.take_away(note, ALICE)
    assert not vault.has_key(VaultId(note.vault_id))
    assert jottings.notes(case) == []


def test_a_draft_is_its_authors_and_ends_when_nobody_goes_on(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    jottings.keep_draft(case, JottingKind.MESSAGE, "Dear", ALICE)
    jottings.keep_draft(case, JottingKind.MESSAGE, "Dear you", ALICE)
    assert Jotting.objects.count() == 1
    read = jottings.draft(case, JottingKind.MESSAGE, ALICE)
    assert read is not None
    assert read.text == "Dear you"
    assert jottings.draft(case, JottingKind.MESSAGE, BOB) is None
    assert jottings.draft(case, JottingKind.QUESTION, ALICE) is None
    jottings.write(case, "a note stays", ALICE)
    clock.move(29 * DAY)
    sweep()
    assert Jotting.objects.count() == 2
    clock.move(2 * DAY)
    sweep()
    assert [one.kind for one in Jotting.objects.all()] == [JottingKind.NOTE]
    assert not vault.has_key(VaultId(read.jotting.vault_id))


def test_what_was_promised_brings_the_case_back(make_case: Any, settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta()
    case = make_case(files=(jpeg(),))
    accept(only(case))
    work()
    with pytest.raises(promising.BadDay):
        promising.promise(case, clock.now() - DAY, ALICE)
    promising.promise(case, clock.now() + 3 * DAY, ALICE)

    def in_queue() -> bool:
        case.refresh_from_db()
        assert case.in_queue == Case.objects.filter(waits(), pk=case.pk).exists()
        return case.in_queue

    sweep()
    assert not in_queue()
    clock.move(3 * DAY)
    sweep()
    assert in_queue()
    promising.promise(case, clock.now() + DAY, BOB)
    assert not in_queue(), "promised anew"
    clock.move(DAY)
    sweep()
    assert in_queue()
    assert promising.kept(case, BOB)
    assert not in_queue()
    assert not promising.kept(case, BOB)
    promising.promise(case, clock.now() + DAY, BOB)
    erasing.erase_case(case)
    clock.move(DAY)
    sweep()
    assert not in_queue(), "nobody is left to keep it to"
