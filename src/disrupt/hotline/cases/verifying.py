"""Every ledger verified in one pass: all events in order, as many as there are, with little memory.

Each case's own row says how long its ledger is and how it ends. Whoever can write to the database can rewrite
a ledger and that row together, or take a whole case out; what they cannot do is to make it end as it did in
a list of heads that was kept elsewhere.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case, LedgerEvent
from disrupt.hotline.common import clock

_AT_ONCE = 2000
_FORMAT = "disrupt-ledger-heads-1"


class NotHeads(ValueError):
    """The file is no list of heads, or it was cut short."""


@dataclass(frozen=True)
class Head:
    """How the ledger of a case ended: the number of its last event, and that one's digest."""

    case: uuid.UUID
    length: int
    digest: str


@dataclass
class Verified:
    """What was found: how many cases and events, and what is wrong with which case."""

    cases: int
    events: int
    broken: list[str]


def verify_all(kept: Iterable[Head] = ()) -> Verified:
    """Verify every case's ledger; `kept`: heads of before, which must still be part of their chains."""
    before = {head.case: head for head in kept}
    done = Verified(0, 0, [])
    chains = groupby(_events(), key=itemgetter(1))
    chain = next(chains, None)
    for case in _cases():
        done.cases += 1
        while chain is not None and chain[0] < case.case:  # of the one before, or of one opened meanwhile
            chain = next(chains, None)
        events = chain[1] if chain is not None and chain[0] == case.case else ()
        count, wrong = _verify(case, events, before.pop(case.case, None))
        done.events += count
        if wrong:
            done.broken.append(wrong)
    done.broken += [f"Case {_reference(head.case)} is gone, with its ledger." for head in before.values()]
    return done


def _cases() -> Iterator[Head]:
    rows = Case.objects.order_by("pk").values_list("pk", "ledger_length", "ledger_head")
    return (Head(*row) for row in rows.iterator(_AT_ONCE))


def _events() -> Iterator[tuple[Any, ...]]:
    rows = LedgerEvent.objects.order_by("case_id", "number").values_list(*ledger.CHAINED, "digest")
    return rows.iterator(_AT_ONCE)


def _verify(case: Head, events: Iterable[tuple[Any, ...]], before: Head | None) -> tuple[int, str]:
    """How many events were read, and what is wrong."""
    count, last, kept = 0, "", before is None or before.length == 0
    sound = True
    for *fields, digest in events:
        count += 1
        chained = fields[0] == last and fields[2] == count and digest == ledger.digest_of_fields(fields)
        sound, last = sound and chained, digest
        if before is not None and count == before.length:
            kept = digest == before.digest
    if not sound or (count, last) != (case.length, case.digest):
        wrong = _again(case)
        if wrong:
            return count, wrong
    if not kept:
        return count, f"The ledger of case {_reference(case.case)} is not the one that was kept elsewhere."
    return count, ""


def _again(case: Head) -> str:
    """What is wrong with a case when it is read by itself: an event may have come while all were read."""
    try:
        ledger.verify(Case.objects.get(pk=case.case))
    except ledger.LedgerBroken as error:
        return str(error)
    return ""


def _reference(case: uuid.UUID) -> str:
    return Case(id=case).reference


def keep(path: Path) -> int:
    """Write the heads of all cases to a file that is kept elsewhere; how many there are."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"format": _FORMAT, "at": clock.now().isoformat()}) + "\n")
        for head in _cases():
            file.write(json.dumps([head.case.hex, head.length, head.digest]) + "\n")
            count += 1
        file.write(json.dumps({"heads": count}) + "\n")
    return count


def kept_in(path: Path) -> list[Head]:
    """The heads of such a file. Raises NotHeads."""
    try:
        first, *rows, last = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        heads = [Head(uuid.UUID(hex=case), int(length), str(digest)) for case, length, digest in rows]
        if first["format"] != _FORMAT or last["heads"] != len(heads):
            raise NotHeads(f"{path} is no whole list of heads.")
    except (ValueError, KeyError, TypeError) as error:
        raise NotHeads(f"{path} is no list of heads: {type(error).__name__}.") from error
    return heads
