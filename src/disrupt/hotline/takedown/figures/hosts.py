"""The figures of each recipient of notices: what was sent, said, done, and how long content stayed.

A recipient is who was written to, by the name in the notice: it stays when the address is forgotten. Removal
is what two looks agreed on, never what was said. The worker counts them (counting.py): a year of notices is
more than a page can go through.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Case, F, QuerySet, When

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.figures.survival import Stay, quantile
from disrupt.hotline.takedown.models import HostFigures, Notice
from disrupt.hotline.takedown.states import FIRST_TO_HOSTS, REMOVED, TO_HOSTS, Decision, NoticeState, Step

YEAR = dt.timedelta(days=365)
FEWEST = 5
OTHERS = "others"
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Figures:
    """Of one recipient in a time. `median` and `p90`: hours until removed, open ones counted as open."""

    name: str
    sent: int
    receipts: int
    removed: int
    open: int
    refused: int
    not_theirs: int
    bounced: int
    reminders: int
    came_back: int
    median: float | None
    p90: float | None


class Told(NamedTuple):
    """Of a notice to a host what is counted; `known`: its address is not forgotten."""

    name: str
    step: str
    state: str
    decision: str
    action: str
    action_at: dt.datetime | None
    sent_at: dt.datetime
    changed_at: dt.datetime
    acknowledged_at: dt.datetime | None
    round: int
    known: bool


def accuracy(one: HostFigures) -> int | None:
    """Of a hundred decisions, how many were no refusal; None where there are too few to say."""
    decided = one.removed + one.refused + one.not_theirs
    return round(100 * (1 - one.refused / decided)) if decided >= FEWEST else None


def told(since: dt.datetime | None = None, **which: str) -> Iterator[Told]:
    """What was sent to hosts since then (a year)."""
    found = Notice.objects.filter(sent_at__gte=since or clock.now() - YEAR, step__in=TO_HOSTS, **which)
    rows = found.order_by().values_list(
        *Told._fields[:-1], Case(When(target__url="", then=False), default=True)
    )
    return map(Told._make, rows.iterator(chunk_size=2000))


def slowest_first() -> QuerySet[HostFigures]:
    """Every recipient as it was counted last. Never comes before late, late before soon; of equals who was
    told more often."""
    never = Case(When(median=None, sent__gt=0, then=0), default=1)
    rows = HostFigures.objects.exclude(counted_at=None)
    return rows.order_by(never, F("median").desc(nulls_last=True), "-sent", "name")


def kept(name: str) -> HostFigures | None:
    """One recipient as it was counted last."""
    return HostFigures.objects.filter(name=name).exclude(counted_at=None).first()


def of(name: str, notices: Iterable[Told]) -> Figures:
    """The figures of one recipient."""
    now = clock.now()
    all_of = list(notices)
    first = [notice for notice in all_of if notice.step in FIRST_TO_HOSTS]
    stays = [stay(notice, now) for notice in first if notice.state != NoticeState.REFUSED]
    return Figures(
        name=name,
        sent=len(first),
        receipts=sum(1 for n in first if n.acknowledged_at),
        removed=sum(1 for n in first if n.action == REMOVED),
        open=sum(1 for n in first if n.state == NoticeState.SENT and not n.decision and n.action != REMOVED),
        refused=sum(1 for n in first if n.decision == Decision.DECLINED),
        not_theirs=sum(1 for n in first if n.decision == Decision.OTHER),
        bounced=sum(1 for n in first if n.state == NoticeState.REFUSED),
        reminders=sum(1 for n in all_of if n.step == Step.REMINDER),
        came_back=sum(1 for n in first if n.round > 1),
        median=quantile(stays, 0.5),
        p90=quantile(stays, 0.9),
    )


def stay(notice: Told, now: dt.datetime) -> Stay:
    """How long content stayed after a notice, in hours; what is forgotten was lost from sight."""
    ended = notice.action == REMOVED and notice.action_at is not None
    until = notice.action_at if ended else now if notice.known else notice.changed_at
    assert until is not None
    return Stay(max(0.0, (until - notice.sent_at) / _HOUR), ended)


def for_outside(since: dt.datetime | None = None) -> list[dict[str, object]]:
    """The same for readers outside: no count under five; who was told less often is among the others.

    Where the others are too few themselves, the smallest of the named goes with them, so that no total gives
    them back.
    """
    by_name: dict[str, list[Told]] = defaultdict(list)
    for notice in told(since):
        if notice.step in FIRST_TO_HOSTS:
            by_name[notice.name].append(notice)
    named = sorted((name for name in by_name if len(by_name[name]) >= FEWEST), key=lambda n: len(by_name[n]))
    few = [notice for name in by_name if name not in named for notice in by_name[name]]
    while few and len(few) < FEWEST and named:
        few += by_name[named.pop(0)]
    groups = {name: by_name[name] for name in sorted(named)} | ({OTHERS: few} if len(few) >= FEWEST else {})
    return [_suppressed(of(name, notices)) for name, notices in groups.items()]


def _suppressed(one: Figures) -> dict[str, object]:
    counts = ("sent", "receipts", "removed", "refused", "not_theirs", "bounced", "came_back")
    told: dict[str, object] = {"name": one.name}
    for count in counts:
        value = getattr(one, count)
        told[count] = value if value == 0 or value >= FEWEST else f"<{FEWEST}"
    return told | {"median_hours": _rounded(one.median), "p90_hours": _rounded(one.p90)}


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
