"""What proves a page of the feed: the signed head, and how the page's end belongs to it (docs/adr/0031)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from disrupt.hotline.bank import log
from disrupt.hotline.bank.models import BankSequence
from disrupt.hotline.common import clock
from disrupt.hotline.common.keys import log_keys
from disrupt.protocol.merkle import Frontier, Node, consistency, peaks_of
from disrupt.protocol.signed_log import TITLE, Head, LogPart


def logged() -> int:
    """How many changes are in the log."""
    row = BankSequence.objects.filter(pk=1).first()
    return row.logged if row else 0


def signed_head(size: int, root: bytes, title: str = TITLE) -> Head:
    """The head of so many changes, signed now by every key that the hotline has."""
    keys = log_keys()
    at = clock.now().astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    bare = Head(size, root, at, tuple(bytes(key.verify_key).hex() for key in keys), title=title)
    return replace(bare, signatures=tuple(key.sign(bare.text()).signature for key in keys))


def between(first: int, second: int) -> tuple[bytes, ...]:
    """The proof that the tree of the first `first` changes is a beginning of that of `second`."""

    def question(node: Node) -> list[bytes]:
        return consistency(first, second, node)

    return tuple(question(log.read_nodes(question)))


def log_part(after: int, end: int) -> LogPart | None:
    """The proof of a page, of the changes from `after` to `end`; None while older ones are being logged."""
    size = logged()
    if size < end:
        return None

    def question(node: Node) -> tuple[list[bytes], list[bytes], list[bytes]]:
        return peaks_of(size, node), peaks_of(after, node), consistency(end, size, node)

    peaks, before, proof = question(log.read_nodes(question))
    return LogPart(signed_head(size, Frontier(size, peaks).root()), tuple(before), tuple(proof))
