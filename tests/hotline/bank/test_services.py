"""The bank: one entry a content, a gapless sequence, withdrawal when the last reason is gone."""

from __future__ import annotations

import hashlib
import uuid

import pytest

from disrupt.hotline.bank import queries, services
from disrupt.hotline.bank.models import BankEntry, ChangeKind, EntryKind, EntryOrigin, EntryState

pytestmark = pytest.mark.django_db
LIKELY = hashlib.sha256(b"a picture").hexdigest()


def offer(sha256: str = "a" * 64, item: uuid.UUID | None = None, category: str = "NCII-DIF") -> BankEntry:
    prints = services.Prints(
        EntryKind.IMAGE, sha256, "b" * 32, pdq=({"hex": LIKELY, "quality": 100, "role": "stored"},)
    )
    return services.offer(prints, category, EntryOrigin.EXAMINED, item or uuid.uuid4())


def test_offering_twice_for_one_item_is_one_entry_and_one_change() -> None:
    item = uuid.uuid4()
    assert offer(item=item) == offer(item=item)
    assert queries.last_seq() == 1


def test_two_reporters_share_an_entry_until_both_withdraw() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    entry = offer(item=first)
    assert offer(item=second) == entry
    assert services.withdraw_source(first) is None
    assert queries.active().count() == 1
    assert services.withdraw_source(second) == entry
    assert services.withdraw_source(second) is None
    assert queries.active().count() == 0
    assert [(c.seq, c.kind) for c in queries.changes_after(0, 10)] == [
        (1, ChangeKind.ADDED),
        (2, ChangeKind.WITHDRAWN),
    ]


def test_a_withdrawn_entry_is_never_revived() -> None:
    item = uuid.uuid4()
    old = offer(item=item)
    services.withdraw_source(item)
    new = offer(item=item)
    old.refresh_from_db()
    assert old.state == EntryState.WITHDRAWN
    assert new.pk != old.pk
    assert queries.last_seq() == 3


def test_the_sequence_has_no_gap_after_a_failure() -> None:
    from django.db import transaction

    offer("1" * 64)
    with pytest.raises(RuntimeError), transaction.atomic():
        offer("2" * 64)
        raise RuntimeError
    offer("3" * 64)
    assert [c.seq for c in queries.changes_after(0, 10)] == [1, 2]
    assert [c.seq for c in queries.changes_after(1, 10)] == [2]


def _with_parts(item: uuid.UUID) -> BankEntry:
    pdq = tuple(
        {"hex": text, "quality": 100, "role": role}
        for text, role in ((LIKELY, "stored"), (LIKELY[::-1], "derived"))
    )
    return services.offer(
        services.Prints(EntryKind.IMAGE, "c" * 64, "b" * 32, pdq=pdq), "NCII-DIF", EntryOrigin.EXAMINED, item
    )


def test_derived_hashes_are_taken_back_by_withdrawing_and_adding_anew() -> None:
    first, second = uuid.uuid4(), uuid.uuid4()
    old = _with_parts(first)
    assert _with_parts(second) == old
    offered = BankEntry.objects.get(pk=old.pk)
    replaced = services.drop_derived(old.pk)
    assert replaced is not None
    assert set(replaced.items) == {first, second}
    old.refresh_from_db()
    new = queries.active().get()
    assert old.state == EntryState.WITHDRAWN
    assert [p["role"] for p in old.prints["pdq"]] == ["stored"], "taken back is gone, here too"
    assert (new.sha256, new.md5, new.category) == (offered.sha256, offered.md5, offered.category)
    assert new.prints["pdq"] == offered.prints["pdq"][:1]
    assert [(c.kind, c.entry_id) for c in queries.changes_after(1, 10)] == [
        (ChangeKind.WITHDRAWN, old.pk),
        (ChangeKind.ADDED, new.pk),
    ]
    assert services.drop_derived(old.pk) is None
    assert services.drop_derived(new.pk) is None
    assert services.withdraw_source(first) is None
    assert services.withdraw_source(second) == new
