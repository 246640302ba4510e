"""The page of today: what waits and how old it is, what is done and due, how far partners have read."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from disrupt.hotline.bank import queries as bank
from disrupt.hotline.bank.models import BankReader
from disrupt.hotline.cases import queries as cases
from disrupt.hotline.cases.models import Item, Qualification
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common import permissions as may
from disrupt.hotline.common.amending import dials
from disrupt.hotline.common.permissions import requires
from disrupt.hotline.exchange.hearing import proposals
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.taking import disputes
from disrupt.hotline.insight import wording as w
from disrupt.hotline.insight.document import Table
from disrupt.hotline.review.models import Claim, Look
from disrupt.hotline.review.waiting import themes
from disrupt.hotline.review.waiting.queueing import target_of
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NoticeState
from disrupt.hotline.tally.facts import Kind, day_of
from disrupt.hotline.tally.models import Fresh

S = NoticeState


@dataclass(frozen=True)
class Waiting:
    """Cases of one priority: how many wait, since when against the target, and how long the oldest does."""

    priority: int
    n: int
    steps: tuple[tuple[int, bool], ...]
    """Up to half of the target, up to it, up to twice, longer: how many, and whether that is late."""
    oldest: str
    target: str


@require_GET
@requires(may.FIGURES_READ)
def today(request: HttpRequest) -> HttpResponse:
    """What is and what happened today, as far as it is counted."""
    now = clock.now()
    tables = [table for table in (_done(now), _looks(now), _notices(now), _partners(now)) if table.rows]
    context = {"waiting": _waiting(now), "claimed": _claimed(now), "tables": tables}
    context["nobody"] = themes.nobody_takes()
    context["disputed"] = disputes.to_decide().count()
    context["proposed"] = proposals.to_decide().count()
    return render(request, "review/today.html", context)


def _claimed(now: dt.datetime) -> int:
    return Claim.objects.filter(until__gt=now).count()


def _waiting(now: dt.datetime) -> list[Waiting]:
    queue = cases.queue().order_by().values("priority")
    # Not keys: the index of the queue holds all that is asked.
    half, late, twice = (Count("priority", filter=_waited(times, now)) for times in (0.5, 1, 2))
    rows: Any = queue.annotate(
        n=Count("*"), oldest=Min("created_at"), half=half, late=late, twice=twice
    ).order_by("priority")
    return [
        Waiting(
            row["priority"],
            row["n"],
            (
                (row["n"] - row["half"], False),
                (row["half"] - row["late"], False),
                (row["late"] - row["twice"], True),
                (row["twice"], True),
            ),
            w.hours((now - row["oldest"]).total_seconds() / 3600),
            w.hours(target_of(row["priority"]).total_seconds() / 3600),
        )
        for row in rows
    ]


def _waited(times: float, now: dt.datetime) -> Q:
    """Cases that have waited longer than so many times the target of their priority."""
    last = len(dials.targets()) - 1
    found = Q(priority__gte=last, created_at__lt=now - target_of(last) * times)
    for priority in range(last):
        found |= Q(priority=priority, created_at__lt=now - target_of(priority) * times)
    return found


def _done(now: dt.datetime) -> Table:
    """What happened since midnight."""
    counts: Counter[tuple[str, str]] = Counter()
    fresh = Fresh.objects.filter(day=day_of(now))
    for row in fresh.values_list("kind", "outcome", "n"):
        counts[row[0], row[1]] += row[2]
    of: Counter[str] = Counter()
    for (kind, _outcome), n in counts.items():
        of[kind] += n
    illegal = counts[Kind.DECIDED, "illegal"]
    rows = (
        (_("Reports sent to us"), of[Kind.CASE]),
        (_("Contents received"), of[Kind.RECEIVED]),
        (_("Decided: illegal"), illegal),
        (_("Decided: not illegal"), of[Kind.DECIDED] - illegal),
        (_("Decisions undone"), of[Kind.UNDONE]),
        (_("Fingerprints offered"), of[Kind.OFFERED]),
        (_("Notices sent"), of[Kind.NOTIFIED]),
        (_("Seen gone"), of[Kind.REMOVED]),
        (_("Came back"), of[Kind.BACK]),
        (_("Blocked at partners"), counts[Kind.FEEDBACK, "Blocked"]),
    )
    said = tuple((name, w.number(n)) for name, n in rows)
    return Table("done", _("Done since midnight"), ("", _("Number")), said)


def _looks(now: dt.datetime) -> Table:
    """Looks of all analysts together, by the category that was decided; nobody is named."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    looks = list(Look.objects.filter(at__gte=midnight).values_list("item_id", "clear", "seconds"))
    decided = Qualification.objects.filter(item_id__in={item for item, *_rest in looks}, undone_at=None)
    category = dict(decided.order_by("at").values_list("item_id", "category"))
    found: dict[str, list[int]] = {}
    for item, clear, seconds in looks:
        row = found.setdefault(category.get(item, ""), [0, 0, 0])
        row[0] += 1
        row[1] += clear
        row[2] += seconds or 0
    rows = tuple(
        (w.category(code) if code else _("not decided yet"), *map(w.number, (n, clear, math.ceil(s / 60))))
        for code, (n, clear, s) in sorted(found.items(), key=lambda one: -one[1][0])
    )
    columns = (_("Category"), _("Looks"), _("unblurred"), _("Minutes"))
    return Table("looks", _("Contents looked at since midnight"), columns, rows, numbers=9)


def _notices(now: dt.datetime) -> Table:
    within = Notice.objects.filter(within=None, held=False)
    soon = now + dt.timedelta(hours=24)
    waiting = within.filter(state=S.SCHEDULED, waits_for_police=False)
    rows = (
        (_("due now"), waiting.filter(due_at__lte=now).count()),
        (_("due in 24 hours"), waiting.filter(due_at__gt=now, due_at__lte=soon).count()),
        (_("wait for a person"), within.filter(state=S.TASK, due_at__lte=now).count()),
        (_("perhaps sent: nobody knows"), within.filter(state=S.UNCERTAIN).count()),
        (_("failed or refused"), sum(within.filter(state=one).count() for one in (S.FAILED, S.REFUSED))),
        (_("addresses back online"), Item.objects.filter(state=ItemState.BACK_ONLINE).count()),
    )
    said = tuple((name, w.number(n)) for name, n in rows)
    return Table("notices", _("Notices"), ("", _("Number")), said)


def _partners(now: dt.datetime) -> Table:
    """How long ago each partner last read the list, and how many changes it has not fetched."""
    last = bank.last_seq()
    read: dict[Any, tuple[dt.date, int]] = {}
    for reader, day, seq in BankReader.objects.values_list("reader", "read_on", "seq"):
        before = read.get(reader, (dt.date.min, 0))
        read[reader] = (max(day, before[0]), max(seq, before[1]))
    rows = []
    for partner in Partner.objects.filter(active=True):
        found = read.get(partner.pk)
        day, seq = found if found else (dt.date.min, 0)
        # The day that a reader came is written in UTC.
        rows.append((partner.name, _ago(day if found else None, now.date()), w.number(max(0, last - seq))))
    columns = (_("Partner"), _("Last read"), _("Changes behind"))
    return Table("partners", _("Partners"), columns, tuple(rows), numbers=9)


def _ago(day: dt.date | None, today: dt.date) -> str:
    if day is None:
        return _("never")
    if day >= today:
        return pgettext("read", "today")
    days = (today - day).days
    return ngettext("%(n)d day ago", "%(n)d days ago", days) % {"n": days}
