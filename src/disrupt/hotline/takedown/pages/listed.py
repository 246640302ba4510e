"""The list of notices: the first of those that a filter leaves, however many there are."""

from __future__ import annotations

import heapq
import itertools
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from disrupt.hotline.cases.models import Item
from disrupt.hotline.takedown import distinct, queries
from disrupt.hotline.takedown.models import Concern, Notice
from disrupt.hotline.takedown.states import NoticeState

PER_PAGE = 50
# So many are paged through; what is beyond them is found by a filter.
MOST = 500
# So many hosts may have what was asked for in their names; of more, the reader chooses one.
HOSTS = 20
PERSON = "person"


@dataclass(frozen=True)
class Row:
    """A notice with the items that it is about, the first reported first."""

    notice: Notice
    items: Sequence[Item]


@dataclass(frozen=True)
class Listed:
    """A page of it: `number` of `pages`. `hosts`: so many are meant that one of them is to be chosen."""

    rows: list[Row] = field(default_factory=list)
    number: int = 1
    pages: int = 1
    total: int = 0
    waiting: int = 0
    hosts: Sequence[str] = ()

    @property
    def more(self) -> int:
        """There are more than so many; 0 where all are paged through."""
        return MOST - 1 if self.total >= MOST else 0


def listed(chosen: Mapping[str, str], number: int = 1) -> Listed:
    """What a filter leaves; a page that is not there is the last one."""
    need = queries.in_need()
    text = chosen["host"].strip().casefold()
    hosts = distinct.hosts_with(text, HOSTS + 1) if text else []
    if text in hosts:
        hosts = [text]
    elif len(hosts) > HOSTS:
        return Listed(waiting=len(need), hosts=hosts[:HOSTS])
    rows = Notice.objects.order_by("-created_at", "due_at")
    if chosen["state"] == PERSON:
        rows = queries.ordered_by_urgency(need)
    elif chosen["state"] in NoticeState.values:
        rows = rows.filter(state=chosen["state"])
    if chosen["recipient"]:
        rows = rows.filter(recipient=chosen["recipient"])
    if text and chosen["state"] != PERSON:
        keys = _newest_of(rows, hosts)
    else:
        meant = rows.filter(host__in=hosts) if text else rows
        keys = list(meant.values_list("pk", flat=True)[:MOST])
    pages = max(1, -(-len(keys) // PER_PAGE))
    number = min(max(1, number), pages)
    shown = keys[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Listed(_rows(shown), number, pages, len(keys), len(need))


def _newest_of(rows: QuerySet[Notice], hosts: Sequence[str]) -> list[uuid.UUID]:
    """The newest of these hosts' notices; each host's are read by themselves, in the order of an index."""
    each = [list(rows.filter(host=host).values_list("created_at", "pk")[:MOST]) for host in hosts]
    newest = heapq.merge(*each, key=lambda row: row[0], reverse=True)
    return [key for _at, key in itertools.islice(newest, MOST)]


def _rows(keys: Sequence[uuid.UUID]) -> list[Row]:
    found = Notice.objects.select_related("target", "within").in_bulk(keys)
    notices = [found[key] for key in keys if key in found]
    about: dict[tuple[int, str], list[Item]] = defaultdict(list)
    concerns = Concern.objects.filter(target__in={notice.target_id for notice in notices})
    for concern in concerns.select_related("item__case").order_by("pk"):
        about[concern.target_id, concern.category].append(concern.item)
    return [Row(notice, about[notice.target_id, notice.category]) for notice in notices]
