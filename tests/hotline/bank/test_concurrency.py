"""Many writers at once: the sequence has no gap, and a reader's cursor never passes a change (D5)."""

from __future__ import annotations

import concurrent.futures
import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection

from disrupt.hotline.bank import batches, queries, services
from disrupt.hotline.bank.models import EntryKind, EntryOrigin, StagedChange
from disrupt.hotline.common import clock

pytestmark = pytest.mark.django_db(transaction=True)


def _offer_and_sometimes_withdraw(number: int) -> None:
    item = uuid.uuid4()
    try:
        prints = services.Prints(EntryKind.IMAGE, f"{number % 7:064x}", "b" * 32)
        services.offer(prints, "NCII-DIF", EntryOrigin.EXAMINED, item)
        if number % 3 == 0:
            services.withdraw_source(item)
    finally:
        connection.close()


def test_a_cursor_never_passes_a_change_that_commits_late() -> None:
    seen: list[int] = []
    done = threading.Event()

    def read() -> None:
        try:
            while True:
                last = done.is_set()
                seen.extend(change.seq for change in queries.changes_after(seen[-1] if seen else 0, 5))
                if last and len(seen) == queries.last_seq():
                    return
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        reader = pool.submit(read)
        list(pool.map(_offer_and_sometimes_withdraw, range(60)))
        done.set()
        reader.result(timeout=60)
    assert seen == list(range(1, queries.last_seq() + 1))
    assert queries.active().count() <= 7


def test_the_same_content_from_many_at_once_is_one_entry() -> None:
    def offer(_: int) -> uuid.UUID:
        try:
            prints = services.Prints(EntryKind.IMAGE, "a" * 64, "b" * 32)
            return services.offer(prints, "NCII-DIF", EntryOrigin.EXAMINED, uuid.uuid4()).pk
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(offer, range(16)))) == 1
    assert queries.last_seq() == 1


def test_nor_with_batches(settings: Any) -> None:
    settings.OFFER_EVERY = dt.timedelta(minutes=15)
    seen: list[int] = []
    done = threading.Event()

    def number() -> None:
        try:
            while True:
                last = done.is_set()
                batches.run(clock.now())
                seen.extend(change.seq for change in queries.changes_after(seen[-1] if seen else 0, 5000))
                if last and not StagedChange.objects.filter(not_before=None).exists():
                    return
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        numbering = [pool.submit(number)]
        list(pool.map(_offer_and_sometimes_withdraw, range(60)))
        done.set()
        for one in numbering:
            one.result(timeout=60)
    assert seen == list(range(1, queries.last_seq() + 1))
    assert queries.active().count() <= 7
