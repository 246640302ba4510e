"""Lists that come as pages of records (StopNCII's, NCMEC's) taken into a bank, with withdrawals that work."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from time import time
from typing import Any, ClassVar

from disrupt.matching import Add, Bank, Change, Withdraw
from disrupt.partner.following.cursors import RESTARTING, cursor_of, note_fetched, with_cursor
from disrupt.partner.following.feed_client import FeedClient
from disrupt.partner.following.reading import of_this_source
from disrupt.partner.following.summary import Summary


class ListClient(FeedClient, ABC):
    """One list, one key. `first`: the number with which a first fetch starts."""

    first: ClassVar[int] = 0

    @abstractmethod
    def pages(self, since: int) -> Iterator[tuple[list[Any], int]]:
        """The records of each page, and the number to go on from after it. Raises SyncError."""

    @abstractmethod
    def changes(self, records: list[Any], summary: Summary) -> list[Change]:
        """What the records say, as changes of a bank; what is malformed is counted and named."""


def sync_list(client: ListClient, where: Bank | Path, *, from_start: bool = False) -> Summary:
    """Apply everything that is new, page by page, each with its cursor. Raises SyncError, BankError."""
    bank = where if isinstance(where, Bank) else None
    cursor = cursor_of(bank, client.base) if bank is not None else "0"
    anew = from_start or cursor == RESTARTING
    since = max(client.first, int(cursor)) if cursor.isdecimal() and not anew else client.first
    summary, seen = Summary(cursor=since, start=since), set[str]()
    for records, following in client.pages(since):
        if bank is None:
            bank = Bank.create(Path(str(where)), source=client.base)
        changes = of_this_source(client.changes(records, summary), bank, client.base, summary)
        seen |= {change.entry.id for change in changes if isinstance(change, Add)}
        seen -= {change.id for change in changes if isinstance(change, Withdraw)}
        moved = with_cursor(bank, client.base, RESTARTING if anew else str(following))
        news = [change for change in changes if not _is_so(bank, change)]
        done = bank.apply(news, cursor=moved, source=bank.source or client.base, keep_marks=True)
        summary.added, summary.withdrawn = summary.added + done.added, summary.withdrawn + done.withdrawn
        summary.cursor = following
    assert bank is not None  # there was a page, or an error
    if anew:
        left = [Withdraw(e.id) for e in bank.entries() if e.source == client.base and e.id not in seen]
        done = bank.apply(left, cursor=with_cursor(bank, client.base, str(summary.cursor)))
        summary.withdrawn += done.withdrawn
    bank.settle()
    note_fetched(bank, client.base, time())
    summary.entries = len(bank)
    return summary


def _is_so(bank: Bank, change: Change) -> bool:
    """Whether the bank says so already, whatever is marked on the entry: lists are read with an overlap."""
    if isinstance(change, Withdraw):
        return bank.get(change.id) is None
    new, there = change.entry, bank.get(change.entry.id)
    return there is not None and replace(there, status=new.status, label=new.label, reason=new.reason) == new
