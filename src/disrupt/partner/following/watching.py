"""`disrupt sync --watch`: round after round. What goes wrong is told when it begins, and outlived.

A key that is revoked, a bank whose disk is full, a feed that contradicts itself: each is tried again, with
the key that is in its file by then, and the health file says so meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import Protocol

from disrupt.matching import BankError
from disrupt.partner.following.feed_client import FeedClient, Refused, SyncError, Unreachable
from disrupt.partner.following.heartbeat import Heartbeat
from disrupt.partner.following.summary import Summary
from disrupt.partner.shared.said import complain
from disrupt.protocol import feed

REFUSED_PAUSE = 60.0
"""Seconds, at least, after which an exchange that refused is asked again."""


@dataclass(frozen=True, slots=True)
class Round:
    """`first`: none has reached the end yet. `wait`: the exchange may answer so many seconds later."""

    first: bool
    wait: int = 0


class Source(Protocol):
    """What is read round after round; `can_wait`: it may be asked to answer when there is news."""

    can_wait: bool

    def client(self) -> FeedClient: ...

    def once(self, client: FeedClient, this: Round) -> Summary: ...

    def tell(self, summary: Summary) -> None: ...


def watch(
    source: Source, name: str, every: float, files: Sequence[Path], pause: Callable[[float], None] = sleep
) -> int:
    """Go on until interrupted. Raises what is wrong before a first round has reached the end, but for an
    exchange that cannot be reached: SyncError, BankError, OSError.
    """
    life = Heartbeat(files, name)
    client: FeedClient | None = None
    first = True
    try:
        while True:
            began, this = monotonic(), Round(first, feed.MOST_WAIT if source.can_wait and not first else 0)
            length, news = every, False
            life.beat()
            try:
                if client is None:
                    client = _lively(source.client(), life)
                summary = source.once(client, this)
            except Refused as error:
                if error.code == "unknown_parameter" and this.wait:
                    source.can_wait = False  # an exchange of before: it is asked every so often
                    continue
                length = _outlived(error, life, every, first=first)
                _end(client)
                client = None
            except (SyncError, BankError, OSError) as error:
                length = _outlived(error, life, every, first=first)
                _end(client)
                client = None
            else:
                if life.state == "failing":
                    complain(f"{name} is read again", who="sync", code="told")
                life.succeeded(summary)
                if first or summary.added or summary.withdrawn or summary.skipped or summary.quarantined:
                    source.tell(summary)
                first, news = False, summary.cursor != summary.start
            waited = bool(this.wait) and monotonic() - began > feed.MOST_WAIT / 2
            if life.state == "failing" or not (news or waited):
                life.beat(length)
                pause(length)
    finally:
        life.beat()
        _end(client)


def _lively(client: FeedClient, life: Heartbeat) -> FeedClient:
    """The client, which gives a sign of life whenever it asks or waits."""
    patience = client.pause

    def pause(seconds: float) -> None:
        life.beat(seconds)
        patience(seconds)

    client.asking, client.pause = life.step, pause
    return client


def _end(client: FeedClient | None) -> None:
    if client is not None:
        client.__exit__(None, None, None)


def _outlived(error: SyncError | BankError | OSError, life: Heartbeat, every: float, *, first: bool) -> float:
    """Note a fault, told where it is news; how long to wait before the next try. Raises it where nothing was
    ever read: then somebody sits there who has to know.
    """
    code = "system" if isinstance(error, OSError) else error.code
    news = life.failed(code, str(error))
    if first and not isinstance(error, Unreachable):
        raise error
    length = every if isinstance(error, Unreachable) else max(every, REFUSED_PAUSE)
    if news:
        complain(f"{error} Trying again in {length:g} s.", who="sync", code=code)
    return length
