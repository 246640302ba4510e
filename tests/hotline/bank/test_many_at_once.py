"""Twenty who write and fifty who read at once: nobody is shown a gap, or keeps what was withdrawn (D5)."""

from __future__ import annotations

import concurrent.futures
import threading
import uuid

import pytest
from django.db import connection

from disrupt.hotline.bank import queries, services
from disrupt.hotline.bank.models import BankEntry, EntryKind, EntryOrigin, EntryState
from disrupt.hotline.bank.sight import Sight
from disrupt.hotline.exchange.queries import feed_page
from disrupt.protocol.feed import Added

WRITERS, READERS, EACH = 20, 50, 2


def write(number: int) -> None:
    try:
        for n in range(EACH):
            item = uuid.uuid4()
            prints = services.Prints(EntryKind.IMAGE, f"{number * EACH + n:064x}", "b" * 32)
            services.offer(prints, "NCII-DIF", EntryOrigin.EXAMINED, item)
            if n == 0:
                services.withdraw_source(item)
    finally:
        connection.close()


def read(done: threading.Event, start: threading.Barrier) -> tuple[list[int], set[str]]:
    """The numbers that one reader was shown, and the entries that it has in the end."""
    seen, has = list[int](), set[str]()
    try:
        start.wait(60)
        while True:
            last = done.is_set()
            page = feed_page(seen[-1] if seen else 0, 200, queries.last_seq(), Sight())
            for change in page.changes:
                seen.append(change.seq)
                if isinstance(change, Added):
                    has.add(change.id)
                else:
                    has.discard(change.id)
            if last and not page.more:
                return seen, has
            if not page.changes:
                done.wait(1)
    finally:
        connection.close()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="its writers wait for each other by the clock")
@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_writers_and_fifty_readers() -> None:
    done, start = threading.Event(), threading.Barrier(READERS + 1)
    with concurrent.futures.ThreadPoolExecutor(WRITERS + READERS) as pool:
        readers = [pool.submit(read, done, start) for _ in range(READERS)]
        try:
            start.wait(60)
            list(pool.map(write, range(WRITERS)))
        finally:
            done.set()
        found = [one.result(60) for one in readers]
    last = queries.last_seq()
    assert last == WRITERS * (EACH + 1)
    active = {
        str(pk) for pk in BankEntry.objects.filter(state=EntryState.ACTIVE).values_list("pk", flat=True)
    }
    assert len(active) == WRITERS * (EACH - 1)
    for seen, has in found:
        assert seen == list(range(1, last + 1)), "gapless, in order, each once"
        assert has == active
