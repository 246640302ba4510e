"""Every hour the ledgers are pinned: what partners were given a signed head of, nobody can rewrite unseen.

An anchor is the root of a tree over the last event of each ledger that grew, and over each receipt of a
destruction since. Anchors are the leaves of an append-only log, whose signed head the exchange hands out
(docs/adr/0097): one an hour whether anything happened or not, so that it tells nobody how much did.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from itertools import groupby

from django.db import connection, transaction
from django.db.models import F, OuterRef, Subquery

from disrupt.hotline.cases.models import Case, LedgerAnchor, LedgerEvent, LedgerMark
from disrupt.hotline.common import clock
from disrupt.protocol.merkle import Frontier, consistency, leaf_hash, node_of, peaks_of
from disrupt.protocol.signed_log import canonical

MOST = 5000
"""So many ledgers in one anchor; more of them make another at once, of the same hour."""

RECEIPT = "content.destroyed"


def due() -> Iterator[str]:
    """Whether this hour's anchor is still to be made."""
    last = LedgerAnchor.objects.order_by("-number").first()
    if last is None or last.at < _hour():
        yield "ledgers"


def anchor() -> None:
    """Make this hour's anchors: one, or as many as the ledgers that grew need."""
    while _one() == MOST:
        pass


def _hour() -> dt.datetime:
    return clock.now().replace(minute=0, second=0, microsecond=0)


@transaction.atomic
def _one() -> int:
    """Pin the next ledgers; how many they were."""
    skips = connection.features.has_select_for_update_skip_locked
    grown = Case.objects.filter(anchored__lt=F("ledger_length")).order_by("pk")
    rows = grown.select_for_update(skip_locked=skips).values_list(
        "pk", "ledger_length", "ledger_head", "anchored"
    )
    cases = list(rows[:MOST])
    marks = _marks(cases)
    number = (LedgerAnchor.objects.order_by("-number").values_list("number", flat=True).first() or 0) + 1
    root = _root(marks).hex()
    made = LedgerAnchor.objects.create(number=number, at=_hour(), root=root)
    LedgerMark.objects.bulk_create(
        (
            LedgerMark(anchor=made, place=place, case_id=case, number=event, digest=digest)
            for place, (case, event, digest) in enumerate(marks)
        ),
        batch_size=500,
    )
    # They are locked, so that this is the length that was read.
    for start in range(0, len(cases), 500):
        some = [case for case, *_ in cases[start : start + 500]]
        Case.objects.filter(pk__in=some).update(anchored=F("ledger_length"))
    return len(cases)


Mark = tuple[uuid.UUID, int, str]


def _marks(cases: list[tuple[uuid.UUID, int, str, int]]) -> list[Mark]:
    """What is pinned of these ledgers, in one order."""
    marks = {(case, length, head) for case, length, head, _ in cases}
    before = {case: anchored for case, _, _, anchored in cases}
    for start in range(0, len(cases), 500):
        some = [case for case, *_ in cases[start : start + 500]]
        receipts = LedgerEvent.objects.filter(case__in=some, kind=RECEIPT)
        for case, number, digest in receipts.values_list("case_id", "number", "digest"):
            if number > before[case]:
                marks.add((case, number, digest))
    return sorted(marks)


def _root(marks: list[Mark]) -> bytes:
    tree = Frontier()
    for case, number, digest in marks:
        tree.add(leaf_hash(canonical({"case": case.hex, "number": number, "digest": digest})))
    return tree.root()


def _leaf(number: int, at: dt.datetime, root: str) -> bytes:
    when = at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return leaf_hash(canonical({"number": number, "at": when, "root": root}))


def tree(first: int | None = None) -> tuple[int, bytes, list[bytes]]:
    """How many anchors there are, their root, and the proof that the first `first` of them are its beginning.

    Computed anew from all anchors, of which there are some nine thousand a year.
    """
    rows = LedgerAnchor.objects.order_by("number").values_list("number", "at", "root")
    leaves = [_leaf(*row) for row in rows.iterator(2000)]
    node, size = node_of(leaves), len(leaves)
    root = Frontier(size, peaks_of(size, node)).root()
    return size, root, consistency(first or 0, size, node)


def root_at(size: int) -> bytes | None:
    """The root of the first `size` anchors; None when there are not so many."""
    rows = LedgerAnchor.objects.order_by("number").values_list("number", "at", "root")[:size]
    leaves = [_leaf(*row) for row in rows]
    return Frontier(size, peaks_of(size, node_of(leaves))).root() if len(leaves) == size else None


def verify() -> Iterator[str]:
    """What is wrong with the anchors, and with what they pin: every mark's event must be as it was."""
    now = LedgerEvent.objects.filter(case=OuterRef("case_id"), number=OuterRef("number"))
    rows = LedgerMark.objects.order_by("anchor", "place").annotate(now=Subquery(now.values("digest")[:1]))
    fields = rows.values_list("anchor_id", "case_id", "number", "digest", "now").iterator(2000)
    pinned = groupby(fields, key=lambda row: row[0])
    mine = next(pinned, None)
    numbers = LedgerAnchor.objects.order_by("number").values_list("number", "root").iterator(2000)
    for place, (number, root) in enumerate(numbers, 1):
        if number != place:
            yield f"Anchor {place} of the ledgers is missing."
            return
        marks: list[Mark] = []
        if mine is not None and mine[0] == number:
            for _, case, event, digest, found in mine[1]:
                marks.append((case, event, digest))
                if found != digest:
                    what = "is gone" if found is None else "is not the one"
                    yield f"Event {event} of case {Case(id=case).reference} {what} that anchor {number} pins."
            mine = next(pinned, None)
        if _root(marks).hex() != root:
            yield f"What anchor {number} of the ledgers pins was altered."
