"""The first fetch of a feed, which may have millions of changes: read in bulk, made into a bank at once.

Verified as every later page is. Nothing of the bank is seen before it is whole; a program that is killed
goes on where it had come.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from time import time

import numpy as np

from disrupt.matching import Add, Bank
from disrupt.matching._bank._filling import Filling, Picture, kept_cursor
from disrupt.partner.following.feed_client import FeedClient, SyncError
from disrupt.partner.following.naming import proofs_of
from disrupt.partner.following.proof import Proof
from disrupt.partner.following.reading import bank_changes
from disrupt.partner.following.summary import Summary
from disrupt.protocol import feed
from disrupt.protocol.columns.page import PICTURE, Columns
from disrupt.protocol.generic import generic_among
from disrupt.protocol.plain import BulkPage, Plain

KEPT_EVERY = 100_000
"""Changes after which a kill loses nothing of what came before."""


def first_sync(
    client: FeedClient, folder: Path, *, limit: int, log_keys: Sequence[str] = (), most: int
) -> Summary:
    """Make the bank, up to where the feed ended when this began; at most `most` changes at once.

    Where the feed fails half-way, the bank is made of what came before, and the next sync goes on. Raises
    SyncError, BankError, OSError.
    """
    summary = Summary(cursor=int(kept_cursor(folder, client.base) or 0))
    summary.start = summary.cursor
    proof = Proof.load(folder, log_keys)
    pages = _pages(client, summary.cursor, limit, most)
    page = next(pages)  # before there is a folder: where nothing can be fetched there is none
    proof.check(client.base, page, summary.cursor, proofs_of(client))
    with Filling(folder, client.base) as filling, _without_cycles():
        if int(filling.cursor or 0) != summary.cursor:
            raise SyncError(f"{folder}: another program has begun to fill this bank; try again later.")
        kept = summary.cursor
        try:
            while True:
                _take(filling, page, summary, client.base)
                summary.cursor = page.next
                if page.next - kept >= KEPT_EVERY:
                    proof.save()
                    filling.keep(str(page.next))
                    kept = page.next
                following = next(pages, None)
                if following is None:
                    break
                proof.check(client.base, following, page.next, proofs_of(client))
                page = following
        except SyncError:
            proof.save()
            filling.finish(str(summary.cursor))
            raise
        proof.save()
        summary.entries, summary.withdrawn = filling.finish(str(summary.cursor))
    Bank.open(folder).note_fetched(time(), client.base)
    return summary


@contextmanager
def _without_cycles() -> Iterator[None]:
    """Of the millions of values none leads back to itself: to look for such takes a third of the time."""
    looked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if looked:
            gc.enable()


def _pages(client: FeedClient, after: int, limit: int, most: int) -> Iterator[BulkPage]:
    """Page by page; the next one is on its way while this one is taken in."""
    with ThreadPoolExecutor(1, thread_name_prefix="feed") as ahead:
        page = client.bulk_page(after, limit)
        end = min(page.last, after + most)
        while True:
            coming: Future[BulkPage] | None = None
            if page.more and page.next < end:
                coming = ahead.submit(client.bulk_page, page.next, limit)
            yield page
            if coming is None:
                return
            page = coming.result()


def _take(filling: Filling, page: BulkPage, summary: Summary, source: str) -> None:
    if isinstance(page.changes, Columns):
        _take_columns(filling, page.changes, summary, source)
        return
    odd = _odd(page)
    plain: list[Picture] = []
    for number, change in enumerate(page.changes):
        if isinstance(change, Plain) and number not in odd:
            plain.append((change.id, change.about[:3], change.sha256, change.md5, change.pdq))
            continue
        _add(filling, plain, summary)  # what comes later counts
        _take_one(filling, change, summary, source)
    _add(filling, plain, summary)


def _take_one(
    filling: Filling, change: Plain | feed.Change | feed.Malformed, summary: Summary, source: str
) -> None:
    one: feed.Change | feed.Malformed = change.added() if isinstance(change, Plain) else change
    for taken in bank_changes([one], summary, source):
        if isinstance(taken, Add):
            filling.add(taken.entry)
            summary.added += 1
        else:
            filling.withdraw(taken.id)


def _take_columns(filling: Filling, changes: Columns, summary: Summary, source: str) -> None:
    pictures = changes.pictures()
    generic = np.flatnonzero(generic_among(pictures.hashes))
    # The pictures come in order: the first one whose prints end behind a print has it.
    owners = np.searchsorted(pictures.pictures[:, 4] + pictures.pictures[:, 5], generic, "right")
    places = np.flatnonzero(changes.changes[:, PICTURE])
    odd = set(places[owners].tolist()) | set(changes.others)
    done = 0
    for place in (*sorted(odd), len(changes)):
        until = int(np.searchsorted(places, place))
        filling.add_columns(pictures, done, until)
        summary.added += until - done
        done = until
        if place < len(changes):
            _take_one(filling, changes[place], summary, source)
            done += place not in changes.others


def _add(filling: Filling, pictures: list[Picture], summary: Summary) -> None:
    filling.add_pictures(pictures)
    summary.added += len(pictures)
    pictures.clear()


def _odd(page: BulkPage) -> set[int]:
    """The places of plain changes with a hash that describes no picture."""
    places, texts = list[int](), list[str]()
    for number, change in enumerate(page.changes):
        if isinstance(change, Plain):
            for text, _, _ in change.pdq:
                places.append(number)
                texts.append(text)
    hashes = np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(-1, 32)
    return {places[row] for row in np.flatnonzero(generic_among(hashes)).tolist()}
