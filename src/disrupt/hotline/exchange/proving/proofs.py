"""What proves a page of the feed: the signed head, and how the page's end belongs to it (docs/adr/0031)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import DEFAULT_DB_ALIAS

from disrupt.hotline.bank import log
from disrupt.hotline.bank.models import BankSequence, Restoration
from disrupt.hotline.common import clock
from disrupt.hotline.common.keys import log_keys
from disrupt.protocol.merkle import Frontier, Node, consistency, peaks_of
from disrupt.protocol.signed_log import RESTORED, TITLE, Head, LogPart

MOST_RESTORED = 20


def logged(using: str = DEFAULT_DB_ALIAS) -> int:
    """How many changes are in the log."""
    row = BankSequence.objects.using(using).filter(pk=1).first()
    return row.logged if row else 0


def signed_head(size: int, root: bytes, title: str = TITLE, at: dt.datetime | None = None) -> Head:
    """The head of so many changes, signed by every key that the hotline has; it says now, or another time."""
    keys = log_keys()
    said = (at or clock.now()).astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    bare = Head(size, root, said, tuple(bytes(key.verify_key).hex() for key in keys), title=title)
    return replace(bare, signatures=tuple(key.sign(bare.text()).signature for key in keys))


def restored() -> list[Head]:
    """Where the list went on from a backup, the newest first: who read further reads it anew."""
    rows = Restoration.objects.order_by("-pk")[:MOST_RESTORED]
    return [signed_head(row.size, bytes(row.root), RESTORED, row.at) for row in rows]


def between(first: int, second: int) -> tuple[bytes, ...]:
    """The proof that the tree of the first `first` changes is a beginning of that of `second`."""

    def question(node: Node) -> list[bytes]:
        return consistency(first, second, node)

    return tuple(question(log.read_nodes(question)))


def log_part(after: int, end: int, using: str = DEFAULT_DB_ALIAS) -> LogPart | None:
    """The proof of a page, of the changes from `after` to `end`; None while older ones are being logged."""
    size = logged(using)
    if size < end:
        return None

    def question(node: Node) -> tuple[list[bytes], list[bytes], list[bytes]]:
        return peaks_of(size, node), peaks_of(after, node), consistency(end, size, node)

    peaks, before, proof = question(log.read_nodes(question, using))
    return LogPart(signed_head(size, Frontier(size, peaks).root()), tuple(before), tuple(proof))
