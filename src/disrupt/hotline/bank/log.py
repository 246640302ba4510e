"""The bank's changes as an append-only tree (docs/adr/0031): every change is a leaf, written with its number.

The tree's complete parts are rows, so that any head and any proof cost a few dozen reads. Salts go when an
entry is withdrawn: after that, nobody can test a guess against its leaf.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Sequence

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Q

from disrupt.hotline.bank.models import (
    BankChange,
    BankEntry,
    BankSequence,
    ChangeKind,
    EntryState,
    LogNode,
    Restoration,
)
from disrupt.hotline.common import clock
from disrupt.protocol.feed import Added, BadChange, Came, prints_from
from disrupt.protocol.merkle import Frontier, Node, leaf_hash, peaks_of
from disrupt.protocol.signed_log import SALT, commitment, content_of, leaf_of

STEP = 1000


def added_of(change: BankChange, entry: BankEntry) -> Added:
    """An addition as it goes over the wire. Raises BadChange."""
    pdq, vpdq = prints_from(entry.prints)
    return Added(
        seq=change.seq,
        at=change.at,
        id=str(entry.pk),
        kind=entry.kind,
        category=entry.category,
        origin=entry.origin,
        sha256=entry.sha256 or None,
        md5=entry.md5 or None,
        pdq=pdq,
        vpdq=vpdq,
        minors=entry.minors or None,
        jurisdiction=entry.jurisdiction or None,
        came=Came.from_wire(entry.came) if entry.came else None,
    )


def _commit(change: BankChange) -> None:
    """Give an addition its salt and its commitments; of one that is gone already they are to nothing."""
    salt = secrets.token_bytes(2 * SALT)
    try:
        if change.entry.state != EntryState.ACTIVE:
            raise BadChange("withdrawn before the log was begun")
        entry, parts = content_of(added_of(change, change.entry))
        change.salt = salt
    except BadChange:
        entry, parts = {}, []
    change.content, change.parts = commitment(salt[:SALT], entry), commitment(salt[SALT:], parts)


def append(changes: Sequence[BankChange], turn: BankSequence) -> list[LogNode]:
    """Make the leaves of numbered, unsaved changes, and the subtrees that they complete, unsaved as well.

    They must follow what is logged, and the turn is taken; `turn.logged` is moved on.
    """
    tree = tree_at(turn.logged)
    nodes = []
    for change in changes:
        if change.kind == ChangeKind.ADDED:
            _commit(change)
        data = leaf_of(change.seq, change.at, change.kind, str(change.entry_id), change.content, change.parts)
        nodes += [
            LogNode(level=at, index=place, hash=value) for at, place, value in tree.add(leaf_hash(data))
        ]
    turn.logged = tree.size
    return nodes


def tree_at(size: int) -> Frontier:
    """The tree as it was after so many changes."""
    return Frontier(size, peaks_of(size, read_nodes(lambda node: peaks_of(size, node))))


def read_nodes(question: Callable[[Node], object], using: str = DEFAULT_DB_ALIAS) -> Node:
    """The complete parts of the tree that a question needs, in one query: it is asked once to see which."""
    wanted: set[tuple[int, int]] = set()

    def note(level: int, index: int) -> bytes:
        wanted.add((level, index))
        return b""

    question(note)
    asked = Q(pk__in=[])
    for level, index in wanted:
        asked |= Q(level=level, index=index)
    rows = LogNode.objects.using(using).filter(asked).values_list("level", "index", "hash")
    found = {(level, index): bytes(value) for level, index, value in rows}
    return lambda level, index: found[level, index]


@transaction.atomic
def note_restored() -> None:
    """The bank came back from a backup: said for ever to whoever had read further (docs/adr/0141)."""
    # Of a backup that is older than the first entry as well: partners may have read what came after it.
    turn = BankSequence.objects.select_for_update().get_or_create(pk=1)[0]
    root = tree_at(turn.logged).root()
    Restoration.objects.create(size=turn.logged, root=root, at=clock.now())


def behind() -> Iterator[str]:
    """Whether changes of before the log was begun wait to be logged."""
    row = BankSequence.objects.filter(pk=1).first()
    if row is not None and row.logged < row.last:
        yield "log"


@transaction.atomic
def catch_up() -> int:
    """Log the next thousand changes that were numbered before the log was begun; how many there were."""
    BankSequence.objects.get_or_create(pk=1)
    turn = BankSequence.objects.select_for_update().get(pk=1)
    changes = list(
        BankChange.objects.filter(seq__gt=turn.logged).select_related("entry").order_by("seq")[:STEP]
    )
    if not changes:
        return 0
    LogNode.objects.bulk_create(append(changes, turn), batch_size=500)
    BankChange.objects.bulk_update(changes, ["salt", "content", "parts"], batch_size=200)
    turn.save(update_fields=["logged"])
    return len(changes)
