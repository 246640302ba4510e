"""What of a case is counted, when it happens (`received`, `happened`) and again from what still exists.

Its age, language and site are gone from an erased case; the ledger keeps the rest.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.queries import host_of
from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.common.sites import site_of
from disrupt.hotline.tally.facts import Fact, Kind, count, fact

GetModel = Callable[[str, str], Any]

OPENED, QUALIFIED, BANKED = "case.opened", "item.qualified", "item.banked"
HOST_TOLD = "item.host_notified"
PLAIN: Mapping[str, tuple[Kind, str]] = {
    "item.undone": (Kind.UNDONE, ""),
    "item.withdrawn": (Kind.WITHDRAWN, "reporter"),
    "item.stopped": (Kind.WITHDRAWN, "reporter"),
    "item.taken_off": (Kind.WITHDRAWN, "analyst"),
    "content.viewed": (Kind.LOOKED, "clear"),
    "content.previewed": (Kind.LOOKED, "blurred"),
    BANKED: (Kind.OFFERED, ""),
    "item.removed": (Kind.REMOVED, ""),
    "item.back_online": (Kind.BACK, ""),
}
COUNTED = frozenset({OPENED, QUALIFIED, HOST_TOLD, *PLAIN})
# These are told with what was decided before.
_OF_DECIDED = frozenset({Kind.WITHDRAWN, Kind.OFFERED, Kind.REMOVED, Kind.BACK})


def happened(event: Any, case: Any, item: Any | None) -> None:
    """Count an event, in its own transaction; called by the ledger, which every change passes."""
    if event.kind in COUNTED:
        for found in _of_event(event, case, item, type(event).objects):
            count(found)


def received(case: Any, items: Iterable[Any]) -> None:
    """Count items that have just come."""
    for item in items:
        count(_received(case, item))


def again(get_model: GetModel, start: dt.datetime, end: dt.datetime) -> Iterator[Fact]:
    """The facts of this time (`end` is not in it), from the items and ledgers that there are."""
    events = get_model("cases", "LedgerEvent").objects
    during = events.filter(kind__in=COUNTED, at__gte=start, at__lt=end).select_related("case", "item")
    for event in during.iterator(chunk_size=500):
        yield from _of_event(event, event.case, event.item, events)
    items = get_model("cases", "Item").objects.filter(created_at__gte=start, created_at__lt=end)
    for item in items.select_related("case").iterator(chunk_size=500):
        yield _received(item.case, item)


def earliest(get_model: GetModel) -> dt.datetime | None:
    """When the first case was opened."""
    first = get_model("cases", "Case").objects.order_by("created_at").first()
    return first.created_at if first else None


def _received(case: Any, item: Any) -> Fact:
    lost = frozenset() if case.age_when_taken else frozenset({"person"})
    known = {"person": case.age_when_taken, **_place(case, item)}
    return fact(Kind.RECEIVED, item.created_at, known, unsure=_lost(case, item) | lost)


def _place(case: Any, item: Any) -> dict[str, str]:
    return {"way": item.kind, "language": case.language, "party": _site(item)}


def _site(item: Any) -> str:
    if item.kind != ItemKind.URL or not item.url:
        return ""
    try:
        return site_of(host_of(item.url))[:255]
    except ValueError:
        return ""


def _lost(case: Any, item: Any | None) -> frozenset[str]:
    """What an erased case, or one whose time is over, does not say any more."""
    language = frozenset() if case.language else frozenset({"language"})
    if item is not None and item.kind == ItemKind.URL and not item.url:
        return language | {"party", "tier"}
    # A file can have turned out to be a proof since.
    return language | ({"way"} if item is not None and item.kind == ItemKind.PROOF else frozenset())


def _of_event(event: Any, case: Any, item: Any | None, events: Any) -> Iterator[Fact]:
    unsure = _lost(case, item)
    if event.kind == OPENED:
        threat = "threat" if event.data.get("threat") else ""
        age = event.data.get("age_when_taken", "")
        known = {"person": age, "outcome": threat, "language": case.language}
        yield fact(Kind.CASE, event.at, known, unsure=unsure)
    elif item is None:
        return
    elif event.kind == QUALIFIED:
        yield from _decided(event, case, item, unsure)
        yield from _first(event, events, "decided", _what(event.data))
    elif event.kind == HOST_TOLD:
        yield from _first(event, events, "notified", _last_decided(event, item, events))
    else:
        kind, outcome = PLAIN[event.kind]
        known = {**_place(case, item), "outcome": outcome}
        if kind in _OF_DECIDED:
            known |= _last_decided(event, item, events)
        began = item.created_at if kind == Kind.REMOVED else None
        yield fact(kind, event.at, known, began=began, unsure=unsure)


def _decided(event: Any, case: Any, item: Any, unsure: frozenset[str]) -> Iterator[Fact]:
    said = event.data
    illegal = scheme(said["scheme"])[said["category"]].illegal
    outcome = "illegal" if illegal else said.get("reason") or "unsaid"
    known = {**_place(case, item), **_what(said), "outcome": outcome}
    yield fact(Kind.DECIDED, event.at, known, began=item.created_at, unsure=unsure)
    if said.get("carried"):
        yield fact(Kind.KNOWN, event.at, known, unsure=unsure)


def _first(event: Any, events: Any, outcome: str, what: Mapping[str, str]) -> Iterator[Fact]:
    """Once a case, however many contents it has: what is published of single months counts by it."""
    if not events.filter(case_id=event.case_id, kind=event.kind, number__lt=event.number).exists():
        yield fact(Kind.FIRST, event.at, {**what, "outcome": outcome})


def _what(said: Mapping[str, Any]) -> dict[str, str]:
    """The category, and whether the person was, or may have been, a minor."""
    minor = scheme(said["scheme"])[said["category"]].minors or said["person"] != "adult"
    return {"category": said["category"], "person": "minor" if minor else "adult"}


def _last_decided(event: Any, item: Any, events: Any) -> dict[str, str]:
    """What the item was decided to be before this event: in the ledger, which an erasure leaves."""
    before = events.filter(case_id=event.case_id, item_id=item.pk, kind=QUALIFIED, number__lt=event.number)
    last = before.order_by("-number").first()
    return _what(last.data) if last else {}
