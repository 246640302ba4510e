"""A bank brought up to date from a hotline's feed; stop it at any moment, it goes on when run again."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from time import time
from typing import Any

from disrupt.matching import (
    Add,
    Bank,
    BankEntry,
    BankMissing,
    Change,
    Withdraw,
)
from disrupt.partner.following import ledgers
from disrupt.partner.following.cursors import RESTARTING, cursor_of, cursors_of, note_fetched, with_cursor
from disrupt.partner.following.feed_client import (
    PAGE_SIZE,
    FeedClient,
    SyncError,
    WentBack,
)
from disrupt.partner.following.first_sync import first_sync
from disrupt.partner.following.naming import proofs_of
from disrupt.partner.following.proof import Forked, Proof, Replayed
from disrupt.partner.following.reading import bank_changes, of_this_source
from disrupt.partner.following.restored import restored_since
from disrupt.partner.following.summary import Summary
from disrupt.partner.shared.said import complain
from disrupt.protocol import feed

MOST_CHANGES = 50_000_000
"""One run applies no more, whatever the feed says; the next run goes on from there."""


class OtherSource(SyncError):
    """The bank belongs to another exchange."""


def open_bank(path: Path, source: str, *, from_start: bool, beside: bool = False) -> Bank | Path:
    """The bank of this source, or its path where there is none yet. Raises OtherSource, BankError.

    `beside`: also a bank of other sources, of which this becomes one more.
    """
    try:
        bank = Bank.open(path)
    except BankMissing:
        return path
    others = [name for name in cursors_of(bank) if name not in ("", source)]
    if others and source not in cursors_of(bank) and not beside and not (from_start and len(others) == 1):
        raise OtherSource(
            f"{path} is fetched from {bank.source}, not {source}. To fetch it from there and forget the "
            "rest, run again with --from-start; to fetch both, with --beside."
        )
    return bank


def sync(
    client: FeedClient, where: Bank | Path, *, from_start: bool = False, beside: bool = False, **more: Any
) -> Summary:
    """As `follow`; where the hotline restored a backup, and says so signed, everything is read anew."""
    try:
        return follow(client, where, from_start=from_start, beside=beside, **more)
    except (WentBack, Replayed, Forked) as error:
        if from_start or not isinstance(where, Bank) or more.get("dry_run"):
            raise
        apart = beside or len(cursors_of(where)) > 1
        proof = Proof.load(Path(str(where.path)), more.get("log_keys", ()), of=client.base if apart else "")
        head = restored_since(client, proof)
        if head is None:
            raise
        complain(
            f"{client.base} restored a backup on {head.at}, and its list goes on from change {head.size}: "
            f"signed by its log's key. All is read anew; log-before.json keeps what was known. ({error})",
            who="sync",
            code="restored",
        )
        return follow(client, where, from_start=True, beside=beside, **more)


def follow(
    client: FeedClient,
    where: Bank | Path,
    *,
    from_start: bool = False,
    limit: int = PAGE_SIZE,
    log_keys: Sequence[str] = (),
    dry_run: bool = False,
    wait: int = 0,
    beside: bool = False,
) -> Summary:
    """Apply everything that is new, page by page: each page is on the disk with its cursor, or not at all.

    A path becomes a bank with the first page that was verified: a sync that fails leaves none, not an empty
    one. A feed that grows while it is read is read up to where it ended when this began, so that a run ends
    whatever the other side does; the rest comes with the next. `dry_run`: everything is read and verified,
    and nothing is written. `wait`: where nothing is new, wait so many seconds for it.
    Raises SyncError, BankError.
    """
    bank = where if isinstance(where, Bank) else None
    if bank is None and not dry_run:
        return first_sync(client, Path(str(where)), limit=limit, log_keys=log_keys, most=MOST_CHANGES)
    if bank is not None:
        beside = bool(bank.source) and (beside or len(cursors_of(bank)) > 1)
    restarting = bank is not None and (from_start or cursor_of(bank, client.base) == RESTARTING)
    summary = Summary(cursor=0 if restarting or bank is None else _cursor(bank, client.base))
    summary.start = summary.cursor
    seen: set[str] = set()
    more, ours = True, {client.base}
    if bank is not None and bank.source and not beside:
        ours.add(bank.source)
    end: int | None = None
    proof = Proof.load(Path(str(bank.path if bank else where)), log_keys, of=client.base if beside else "")
    if restarting:
        client.forget()
        same = bank is not None and client.base in cursors_of(bank)
        if not dry_run and not beside:
            ledgers.put_aside(Path(str(where)) if bank is None else Path(str(bank.path)))
        proof = proof.anew(keep=dry_run) if same else Proof(proof.file, tuple(log_keys))
    while more:
        page = client.page(summary.cursor, limit, wait)
        wait = 0
        if page is None:
            break
        proof.check(client.base, page, summary.cursor, proofs_of(client))
        end = page.last if end is None else end
        changes = bank_changes(page.changes, summary, client.base)
        if beside and bank is not None:
            changes = of_this_source(changes, bank, client.base, summary)
        seen |= {change.entry.id for change in changes if isinstance(change, Add)}
        seen -= {change.id for change in changes if isinstance(change, Withdraw)}
        more = page.more and page.next < min(end, summary.start + MOST_CHANGES)
        new = (
            bank is None or client.base not in cursors_of(bank) or (bank.source != client.base and not beside)
        )
        moved = page.next != summary.cursor or restarting or new
        summary.cursor = page.next
        if restarting and not more and bank is not None:
            changes += _leftovers(bank, seen, ours)
        if dry_run:
            summary.would(changes, bank)
        elif moved and bank is not None:
            proof.save()
            cursor = RESTARTING if restarting and more else str(page.next)
            if beside:
                moved_to = with_cursor(bank, client.base, cursor)
                applied = bank.apply(changes, cursor=moved_to, keep_marks=True)
            else:
                applied = bank.apply(changes, cursor=cursor, source=client.base, keep_marks=True)
            summary.added += applied.added
            summary.withdrawn += applied.withdrawn
    if dry_run:
        summary.entries = summary.entries or len(bank or ())
        return summary
    if bank is None:
        raise SyncError(f"{client.base} answered that nothing changed before it was asked for anything.")
    bank.settle()
    note_fetched(bank, client.base, time())
    summary.entries = len(bank)
    return summary


def _cursor(bank: Bank, source: str) -> int:
    text = cursor_of(bank, source)
    if not (text.isascii() and text.isdigit()):
        raise SyncError(f"{bank.path} has a cursor that is not of this feed: run again with --from-start.")
    return int(text)


def _leftovers(bank: Bank, seen: set[str], ours: set[str]) -> list[Change]:
    """Entries of these exchanges that the feed, read anew, does not offer; what came from elsewhere stays.

    Entries that were fetched before banks noted their source are known by their id, which is a UUID.
    """

    def is_ours(entry: BankEntry) -> bool:
        if entry.source or len(cursors_of(bank)) > 1:
            return entry.source in ours
        return entry.origin != "own" and feed.is_entry_id(entry.id)

    return [Withdraw(entry.id) for entry in bank.entries() if entry.id not in seen and is_ours(entry)]
