"""A withdrawn entry keeps what its withdrawal must name, for a while, and then nothing but its numbers."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from typing import Any

import pytest

from disrupt.hotline.bank import queries, retention, services
from disrupt.hotline.bank.models import BankChange, BankEntry, EntryKind, EntryOrigin, EntrySource
from disrupt.hotline.common import clock

pytestmark = pytest.mark.django_db
LIKELY = hashlib.sha256(b"a picture").hexdigest()
WHOLE = {"hex": LIKELY, "quality": 100, "role": "stored"}
PART = {"hex": LIKELY[::-1], "quality": 100, "role": "derived"}
FRAME = {"frame": 0, "timestamp": 0.0, "quality": 80, "hex": LIKELY[1:] + "0"}


def offer(kind: EntryKind = EntryKind.IMAGE, item: uuid.UUID | None = None) -> uuid.UUID:
    item = item or uuid.uuid4()
    image = kind == EntryKind.IMAGE
    prints = services.Prints(
        kind, "a" * 64, "b" * 32, pdq=(WHOLE, PART) if image else (), vpdq=() if image else (FRAME,)
    )
    services.offer(prints, "NCII-DIF", EntryOrigin.EXAMINED, item)
    return item


def withdrawn(kind: EntryKind = EntryKind.IMAGE) -> BankEntry:
    gone = services.withdraw_source(offer(kind))
    assert gone is not None
    return BankEntry.objects.get(pk=gone.pk)


def held(entry: BankEntry) -> str:
    """Everything that the database says of an entry, in one text."""
    rows = BankEntry.objects.filter(pk=entry.pk).values_list("sha256", "md5", "prints")
    return repr(list(rows))


def test_a_withdrawal_drops_at_once_what_no_withdrawal_names() -> None:
    picture = withdrawn()
    assert (picture.sha256, picture.md5, picture.prints) == ("", "", {"pdq": [WHOLE]})
    film = withdrawn(EntryKind.VIDEO)
    assert (film.sha256, film.md5, film.prints) == ("", "b" * 32, {})


def test_an_entry_that_somebody_else_needs_stays_whole() -> None:
    first, second = offer(), offer()
    assert services.withdraw_source(first) is None
    clock.move(dt.timedelta(days=400))
    assert list(retention.ids_to_erase()) == []
    entry = BankEntry.objects.get()
    assert retention.erase(entry.pk) is None
    entry.refresh_from_db()
    assert (entry.sha256, entry.prints["pdq"]) == ("a" * 64, [WHOLE, PART])
    assert queries.entry_of_item(second) == entry


def test_the_rest_goes_when_its_time_has_come_and_not_before(settings: Any) -> None:
    settings.KEEP_WITHDRAWN = dt.timedelta(days=30)
    picture, film = withdrawn(), withdrawn(EntryKind.VIDEO)
    clock.move(dt.timedelta(days=29))
    assert list(retention.ids_to_erase()) == []
    assert retention.erase(picture.pk) is None
    assert LIKELY in held(picture)
    clock.move(dt.timedelta(days=1))
    assert list(retention.ids_to_erase()) == [picture.pk, film.pk]
    for entry in (picture, film):
        as_it_was = retention.erase(entry.pk)
        assert as_it_was is not None
        assert (as_it_was.md5, as_it_was.prints) == (entry.md5, entry.prints)
        assert retention.erase(entry.pk) is None, "once is enough"
        assert held(entry) == "[('', '', {})]"
    assert list(retention.ids_to_erase()) == []


def test_numbers_and_dates_stay(settings: Any) -> None:
    settings.KEEP_WITHDRAWN = dt.timedelta()
    entry = withdrawn()
    numbers = list(BankChange.objects.values_list("seq", "kind", "at", "entry"))
    source = EntrySource.objects.values_list("item_id", "added_at", "withdrawn_at").get()
    assert retention.erase(entry.pk) is not None
    assert list(BankChange.objects.values_list("seq", "kind", "at", "entry")) == numbers
    assert EntrySource.objects.values_list("item_id", "added_at", "withdrawn_at").get() == source
    after = BankEntry.objects.get()
    assert after.erased_at is not None
    assert (after.created_at, after.withdrawn_at) == (entry.created_at, entry.withdrawn_at)
    assert services.withdraw_source(source[0]) is None, "withdrawing again changes nothing"
    assert queries.last_seq() == 2


def test_the_same_content_can_be_offered_after_an_erasure(settings: Any) -> None:
    settings.KEEP_WITHDRAWN = dt.timedelta()
    item = offer()
    services.withdraw_source(item)
    for number in list(retention.ids_to_erase()):
        retention.erase(number)
    offer(item=item)
    assert queries.active().get().sha256 == "a" * 64
    assert [change.seq for change in queries.changes_after(0, 10)] == [1, 2, 3]
