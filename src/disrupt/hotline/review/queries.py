"""What the analysts' screens read: the queue, a case with all that belongs to it, what comes next."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from disrupt.hotline.bank.models import BankEntry, EntrySource
from disrupt.hotline.cases import queries as cases
from disrupt.hotline.cases.categories import Category, scheme
from disrupt.hotline.cases.models import AgeWhenTaken, Case, Item, LedgerEvent, PersonAge, Qualification
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.processing import declared
from disrupt.hotline.processing.declared import Checked
from disrupt.hotline.review import feedback
from disrupt.hotline.review.feedback import Said
from disrupt.hotline.review.models import Claim
from disrupt.hotline.review.waiting import claims, queueing, themes

# Cases on one page of the queue.
PAGE = 50
# So many are counted and paged through; what is beyond them is found by a filter.
MOST = 500
# And of those that stand above the work on one.
STRIP = 8
EXAMINED_KINDS = (ItemKind.URL, ItemKind.FILE)


@dataclass(frozen=True)
class QueueRow:
    """A case that waits: how long, with what, and whether it may concern a minor."""

    case: Case
    age: dt.timedelta
    urls: int
    files: int
    decided: int
    minor: bool
    unsure: bool
    unread: bool
    held: int = 0
    asked: bool = False
    back: bool = False
    claim: Claim | None = None
    left: dt.timedelta = dt.timedelta()
    skipped: bool = False
    left_out: bool = False


@dataclass
class ItemView:
    """An item with the decision, the bank entry and the receipt that belong to it."""

    item: Item
    decision: Qualification | None = None
    category: Category | None = None
    entry: BankEntry | None = None
    entry_withdrawn: bool = False
    receipt: LedgerEvent | None = None
    banked: LedgerEvent | None = None
    notices: list[object] = field(default_factory=list)
    declared: Checked | None = None
    feedback: list[Said] = field(default_factory=list)
    # Whoever looks is asked what they see, and is not shown what was decided.
    blind: bool = False

    @property
    def pending(self) -> Qualification | None:
        """The decision, while it can still be undone."""
        waits = self.item.state == ItemState.DECIDED and self.decision is not None
        return self.decision if waits else None

    def decides(self, other: Item) -> bool:
        """Whether what was decided here can be decided on another item of the case, as the same thing."""
        gone = self.item.state in {ItemState.RECEIVED, ItemState.WITHDRAWN}
        return self.decision is not None and not (self.blind or gone) and self.item.pk != other.pk

    @property
    def waits(self) -> bool:
        return self.item.state == ItemState.RECEIVED and self.item.kind in EXAMINED_KINDS

    @property
    def guarded(self) -> bool:
        """Whether it may show a minor: seen by those who may, for a stated reason, even blurred."""
        return self.minor or self.item.case.age_when_taken == AgeWhenTaken.UNSURE

    @property
    def minor(self) -> bool:
        decided = self.decision is not None and self.decision.person != PersonAge.ADULT
        return decided or self.item.case.age_when_taken == AgeWhenTaken.MINOR


@dataclass(frozen=True)
class QueuePage:
    """A part of the queue: `number` of `pages`; `total` cases wait, `late` past their target.

    MOST of them are looked at, however many wait; `late` is of those.
    """

    rows: list[QueueRow]
    total: int
    number: int
    pages: int
    late: int

    @property
    def more(self) -> int:
        """More wait than so many; 0 where all are counted."""
        return MOST - 1 if self.total >= MOST else 0


def queue(number: int = 1, wanted: Mapping[str, Any] | None = None, user: Any = None) -> QueuePage:
    """What waits for an analyst, PAGE cases at a time; a page that is not there is the last one."""
    waiting = queueing.filtered(cases.queue(), wanted or {}, user)
    # One walk through the first of them says how many, how many are late, and which stand on the page.
    first = list(waiting.values_list("pk", "priority", "created_at")[:MOST])
    total = len(first)
    late = sum(queueing.left(priority, since) < dt.timedelta() for _pk, priority, since in first)
    pages = max(1, -(-total // PAGE))
    number = min(max(1, number), pages)
    shown = [pk for pk, *_rest in first[(number - 1) * PAGE : number * PAGE]]
    of_key = Case.objects.in_bulk(shown)
    found = [of_key[pk] for pk in shown if pk in of_key]
    skipped = set(queueing.skipped_by(user).values_list("case_id", flat=True)) if user else set()
    left = themes.of(user) if user else frozenset()
    now, counts = clock.now(), _counts(found)
    claimed = claims.in_force(case.pk for case in found)
    rows = []
    for case in found:
        count = counts.get(case.pk, _Counts())
        rows.append(
            QueueRow(
                case=case,
                age=now - case.created_at,
                urls=count.urls,
                files=count.files,
                decided=count.examined - count.urls - count.files,
                minor=case.age_when_taken == AgeWhenTaken.MINOR,
                unsure=case.age_when_taken == AgeWhenTaken.UNSURE,
                unread=case.unread,
                held=count.held,
                asked=count.asked > 0,
                back=count.back > 0,
                claim=claimed.get(case.pk),
                left=queueing.left_of(case),
                skipped=case.pk in skipped,
                left_out=bool(left & themes.of_case(case, files=count.files > 0)),
            )
        )
    return QueuePage(rows, total, number, pages, late)


class _Counts(NamedTuple):
    """Of one case: addresses and files that wait, all that are examined here, and what is held."""

    urls: int = 0
    files: int = 0
    examined: int = 0
    held: int = 0
    asked: int = 0
    back: int = 0


def _counts(found: Iterable[Case]) -> dict[uuid.UUID, _Counts]:
    waiting = Q(state=ItemState.RECEIVED)
    rows = (
        Item.objects.filter(case__in=[case.pk for case in found])
        .order_by()
        .values("case_id")
        .annotate(
            urls=Count("pk", filter=waiting & Q(kind=ItemKind.URL)),
            files=Count("pk", filter=waiting & Q(kind=ItemKind.FILE)),
            examined=Count("pk", filter=Q(kind__in=EXAMINED_KINDS)),
            held=Count("pk", filter=~Q(held_for="")),
            asked=Count("pk", filter=Q(asked_until__isnull=False)),
            back=Count("pk", filter=Q(state=ItemState.BACK_ONLINE)),
        )
        .values_list("case_id", *_Counts._fields)
    )
    return {pk: _Counts(*numbers) for pk, *numbers in rows}


@dataclass(frozen=True)
class Place:
    """A case of the queue, and whoever works on it."""

    case: Case
    claim: Claim | None


def strip() -> list[Place]:
    """The first cases of the queue."""
    found = list(cases.queue()[:STRIP])
    claimed = claims.in_force(case.pk for case in found)
    return [Place(case, claimed.get(case.pk)) for case in found]


def _free(others: QuerySet[Claim], user: Any) -> QuerySet[Case]:
    skipped = queueing.skipped_by(user).values("case_id")
    free = cases.queue().exclude(pk__in=others.values("case_id")).exclude(pk__in=skipped)
    return themes.given(free, user)


def first_free(others: QuerySet[Claim], user: Any) -> Case | None:
    """The first case of the queue that nobody else works on, and that this analyst is given."""
    return _free(others, user).first()


def items_of(case: Case) -> list[ItemView]:
    """The items of a case in the order they were sent, each with what became of it."""
    views = {item.pk: ItemView(item) for item in case.items.select_related("case")}
    for decision in Qualification.objects.filter(item__case=case, undone_at=None):
        view = views[decision.item_id]
        view.decision = decision
        view.category = scheme(decision.scheme)[decision.category]
    for source in EntrySource.objects.filter(item_id__in=views).select_related("entry"):
        views[source.item_id].entry = source.entry
        views[source.item_id].entry_withdrawn = source.withdrawn_at is not None
    events = LedgerEvent.objects.filter(case=case, kind__in=["content.destroyed", "item.banked"])
    for event in events:
        if event.item_id in views:
            setattr(views[event.item_id], "receipt" if event.kind == "content.destroyed" else "banked", event)
    for view in views.values():
        if view.entry is not None:
            view.feedback = feedback.of_entry(view.entry)
        if view.item.kind == ItemKind.DECLARED:
            view.declared = declared.check(view.item, view.entry)
    return list(views.values())


def view_of(item: Item) -> ItemView:
    """One item with what became of it."""
    return next(view for view in items_of(item.case) if view.item.pk == item.pk)


def waiting_items(case: Case) -> QuerySet[Item]:
    """The items of a case that wait for a decision."""
    waiting = case.items.filter(state=ItemState.RECEIVED, kind__in=EXAMINED_KINDS, asked_until=None)
    return waiting.order_by("position")


def next_item(after: Item, others: QuerySet[Claim], user: Any) -> Item | None:
    """The next to qualify: the same case's, or else the first of the queue that is free for this analyst."""
    same = waiting_items(after.case)
    following = same.filter(position__gt=after.position).first() or same.exclude(pk=after.pk).first()
    if following:
        return following
    for case in _free(others, user)[:5]:
        found = waiting_items(case).exclude(pk=after.pk).first()
        if found:
            return found
    return None


def undoable(actor: Actor) -> QuerySet[Qualification]:
    """What an analyst has decided and can still undo, the latest first."""
    waits = Qualification.objects.filter(by=str(actor), in_force_at=None, undone_at=None)
    return waits.filter(item__state=ItemState.DECIDED).select_related("item__case").order_by("-at")[:5]


def find(reference: str) -> list[Case]:
    """Cases by the eight hexadecimal digits of their reference."""
    low = f"{reference}-0000-0000-0000-000000000000"
    high = f"{reference}-ffff-ffff-ffff-ffffffffffff"
    return list(Case.objects.filter(pk__gte=low, pk__lte=high)[:10])


def accesses(kinds: Iterable[str], limit: int = 200) -> list[LedgerEvent]:
    """The newest events of these kinds in all cases."""
    newest: list[LedgerEvent] = []
    for kind in kinds:  # one at a time: each is read from the end of its index
        found = LedgerEvent.objects.filter(kind=kind).select_related("case", "item")
        newest.extend(found.order_by("-at")[:limit])
    return sorted(newest, key=lambda event: event.at, reverse=True)[:limit]
