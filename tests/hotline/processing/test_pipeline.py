"""The worker's pipeline, step by step, in one process."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from tests.hotline.processing.working import ALICE, accept, flat, jpeg, kinds, only, work

from disrupt.fingerprint.errors import SandboxFailure
from disrupt.hotline.bank.models import BankChange, BankEntry, EntryOrigin, EntryState
from disrupt.hotline.cases import ledger, withdrawing
from disrupt.hotline.cases.models import AgeWhenTaken, PersonAge
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common.store import vault
from disrupt.hotline.decisions import holding
from disrupt.hotline.decisions import services as decisions
from disrupt.hotline.processing import decoding, due, pipeline, tasks
from disrupt.hotline.review.services import open_note

pytestmark = pytest.mark.django_db
LIKELY = hashlib.sha256(b"a picture").hexdigest()


def test_an_accepted_picture_is_fingerprinted_banked_and_destroyed(make_case: Any) -> None:
    data = jpeg()
    case = make_case(files=(data,))
    stored = only(case).vault_id
    accept(only(case))
    assert work() == 2
    item = only(case)
    entry = BankEntry.objects.get()
    assert item.state == ItemState.PROTECTED
    assert (item.vault_id, item.media, item.unreadable) == ("", "image", "")
    assert entry.sha256 == hashlib.sha256(data).hexdigest()
    assert (entry.category, entry.origin) == ("NCII-DIF", EntryOrigin.EXAMINED)
    assert [p["role"] for p in entry.prints["pdq"]] == ["stored"]
    assert not vault.exists(stored)
    assert kinds(case) == [
        "case.opened", "item.qualified", "item.banked", "content.destroyed", "item.protected", "case.closed",
    ]  # fmt: skip
    assert ledger.verify(case) == 6
    assert work() == 0


def test_a_flat_picture_never_becomes_a_pdq(make_case: Any) -> None:
    case = make_case(files=(flat(),))
    accept(only(case))
    work()
    assert BankEntry.objects.get().prints["pdq"] == []
    event = case.ledger.get(kind="item.banked")
    assert "too few features" in " ".join(event.data["notes"])


def test_what_cannot_be_decoded_is_kept_until_a_person_chooses_its_exact_digests(make_case: Any) -> None:
    data = jpeg()[:300]
    case = make_case(files=(data,))
    accept(only(case))
    work()
    held = only(case)
    assert (held.state, held.held_for, held.holds_content) == (ItemState.ACCEPTED, "unreadable", True)
    assert not BankEntry.objects.exists()
    assert work() == 0, "it waits for a person, however long"
    holding.offer_after_all(held, ALICE)
    work()
    item, entry = only(case), BankEntry.objects.get()
    assert (item.state, item.holds_content) == (ItemState.PROTECTED, False)
    assert item.unreadable.startswith("UnreadableMedia: ")
    assert (entry.sha256, entry.prints) == (hashlib.sha256(data).hexdigest(), {"pdq": [], "vpdq": []})
    assert case.ledger.get(kind="item.banked").data["unreadable"] == item.unreadable


def test_an_empty_file_reaches_its_end_without_an_entry(make_case: Any) -> None:
    case = make_case(files=(b"",))
    accept(only(case))
    work()
    assert only(case).state == ItemState.PROTECTED
    assert not BankEntry.objects.exists()


def test_a_rejected_file_is_destroyed_too(make_case: Any) -> None:
    case = make_case(files=(jpeg(),))
    stored = only(case).vault_id
    decisions.qualify(only(case), "OUT", ALICE, reason="NOT-INTIMATE")
    work()
    assert only(case).state == ItemState.CLOSED
    assert not vault.exists(stored)
    assert not BankEntry.objects.exists()
    assert kinds(case)[-3:] == ["content.destroyed", "item.closed", "case.closed"]


def test_two_reporters_of_one_content_share_an_entry(make_case: Any) -> None:
    first, second = make_case(files=(jpeg(),)), make_case(files=(jpeg(),))
    for case in (first, second):
        accept(only(case))
    work()
    entry = BankEntry.objects.get()
    assert entry.sources.count() == 2
    withdrawing.withdraw_case(first)
    work()
    entry.refresh_from_db()
    assert entry.state == EntryState.ACTIVE
    assert first.ledger.get(kind="entry.withdrawn").data["still_offered"] is True
    withdrawing.withdraw_case(second)
    work()
    entry.refresh_from_db()
    assert entry.state == EntryState.WITHDRAWN
    assert list(BankChange.objects.values_list("seq", "kind")) == [(1, "added"), (2, "withdrawn")]


def test_a_withdrawal_before_any_decision_destroys_the_content(make_case: Any) -> None:
    case = make_case(files=(jpeg(),), urls=("https://example.org/a",))
    stored = case.items.get(kind="file").vault_id
    withdrawing.withdraw_case(case)
    work()
    assert not vault.exists(stored)
    assert set(case.items.values_list("state", "due_at")) == {(ItemState.WITHDRAWN, None)}
    assert ledger.verify(case) == len(kinds(case))


def test_a_withdrawal_between_reading_and_banking_wins(make_case: Any, monkeypatch: Any) -> None:
    case = make_case(files=(jpeg(),))
    accept(only(case))
    real = pipeline.fingerprint_file

    def slow(data: Any, **how: Any) -> Any:
        withdrawing.withdraw_case(case)
        return real(data, **how)

    monkeypatch.setattr(pipeline, "fingerprint_file", slow)
    with pytest.raises(ValueError, match="cannot become"):
        pipeline.carry(only(case).pk)
    assert not BankEntry.objects.exists()
    work()
    assert not only(case).holds_content


def test_fingerprints_from_a_device_are_offered_as_declared(make_case: Any) -> None:
    declared = {
        "kind": "image",
        "sha256": "ab" * 32,
        "md5": "cd" * 16,
        "pdq": {"hex": LIKELY, "quality": 90},
    }
    case = make_case(declared=(declared,))
    work()
    entry = BankEntry.objects.get()
    assert (entry.origin, entry.category) == (EntryOrigin.DECLARED, "NCII-THR")
    assert entry.prints["pdq"] == [{"hex": LIKELY, "quality": 90}]
    assert only(case).state == ItemState.PROTECTED


@pytest.mark.parametrize(
    "declared",
    [
        {},
        {"sha256": "xyz"},
        {"sha256": "ab" * 32, "pdq": {"hex": "0f", "quality": 90}},
        {"sha256": "ab" * 32, "pdq": {"hex": "0f" * 32, "quality": "high"}},
        {"sha256": "ab" * 32, "pdq": 5},
        {"sha256": "ab" * 32, "pdq": ["x"]},
    ],
)
def test_nonsense_from_a_device_is_rejected_with_its_reason(make_case: Any, declared: dict[str, Any]) -> None:
    case = make_case(declared=(declared,))
    work()
    assert only(case).state == ItemState.CLOSED
    assert "64" in str(case.ledger.get(kind="item.rejected").data) or "SHA-256" in str(
        case.ledger.get(kind="item.rejected").data
    )
    assert not BankEntry.objects.exists()


def test_an_all_zero_or_poor_declared_hash_is_left_out(make_case: Any) -> None:
    rows = [{"hex": "0" * 64, "quality": 100}, {"hex": LIKELY, "quality": 49}]
    make_case(declared=({"sha256": "ab" * 32, "md5": "", "pdq": rows},))
    work()
    assert BankEntry.objects.get().prints["pdq"] == []


def test_an_accepted_address_opens_its_takedown_once(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    accept(only(case))
    assert work() == 1
    assert kinds(case).count("notice.scheduled") == 2
    item = only(case)
    assert (item.state, item.due_at) == (ItemState.ACCEPTED, None)
    pipeline.notify(item)
    assert kinds(case).count("notice.scheduled") == 2


def test_minors_go_first_and_are_destroyed_first(make_case: Any) -> None:
    adult = make_case(files=(jpeg(1),))
    extortion = make_case(files=(jpeg(2),))
    minor = make_case(files=(jpeg(3),), age_when_taken=AgeWhenTaken.MINOR)
    accept(only(adult))
    accept(only(extortion), "VIO-REC")
    accept(only(minor), "MIN-CSAM", person=PersonAge.MINOR)
    order = list(due.due_items())
    assert order == [only(minor).pk, only(extortion).pk, only(adult).pk]
    pipeline.carry(order[0])
    assert not only(minor).holds_content
    assert only(adult).holds_content


def test_the_decision_of_possible_minor_comes_first_whatever_the_category(make_case: Any) -> None:
    first, second = make_case(files=(jpeg(1),)), make_case(files=(jpeg(2),))
    accept(only(first), "VIO-REC")
    accept(only(second), "NCII-DIF", person=PersonAge.POSSIBLE_MINOR)
    assert next(iter(due.due_items())) == only(second).pk


def test_retention_is_a_duty(make_case: Any) -> None:
    import datetime as dt

    from disrupt.hotline.common import clock

    case = make_case(files=(jpeg(),), description=vault.seal("what happened"))
    assert open_note(case.notes.get(), ALICE) == "what happened"
    decisions.qualify(only(case), "OUT", ALICE, reason="NOT-INTIMATE")
    work()
    retention = next(duty for duty in tasks.DUTIES if duty.name == "review.retention")
    assert list(retention.due()) == []
    clock.move(dt.timedelta(days=15))
    for key in retention.due():
        retention.run(key)
        retention.run(key)
    assert not case.notes.exists()
    assert kinds(case).count("case.purged") == 1
    assert ledger.verify(case)


def test_what_nothing_speaks_of_is_destroyed(settings: Any) -> None:
    import datetime as dt

    settings.KEEP_ABANDONED = dt.timedelta(seconds=-5)  # a file system may date a file a moment ahead
    lost = vault.deposit([b"never sent"])
    duty = next(duty for duty in tasks.DUTIES if duty.name == "review.abandoned")
    for key in duty.due():
        duty.run(key)
    assert not vault.exists(lost)


def test_content_is_never_destroyed_because_the_decoder_is_broken(make_case: Any, monkeypatch: Any) -> None:
    case = make_case(files=(jpeg(),))
    accept(only(case))

    def broken(data: bytes, **_how: Any) -> Any:
        raise SandboxFailure("no sandbox on this machine")

    for module in (pipeline, decoding):
        monkeypatch.setattr(module, "fingerprint_file", broken)
    with pytest.raises(decoding.DecoderBroken):
        pipeline.carry(only(case).pk)
    assert only(case).holds_content
    assert only(case).state == ItemState.ACCEPTED


def test_content_that_kills_a_working_decoder_waits_for_a_person(make_case: Any, monkeypatch: Any) -> None:
    data = jpeg()
    case = make_case(files=(data,))
    accept(only(case))
    real = pipeline.fingerprint_file

    def dies_on_this(given: Any, **how: Any) -> Any:
        if not isinstance(given, bytes):
            raise SandboxFailure("the decoder died")
        return real(given, **how)

    monkeypatch.setattr(pipeline, "fingerprint_file", dies_on_this)
    work()
    assert only(case).holds_content
    holding.offer_after_all(only(case), ALICE)
    work()
    assert BankEntry.objects.get().prints["pdq"] == []
    assert only(case).unreadable.startswith("SandboxFailure")
