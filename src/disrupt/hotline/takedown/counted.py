"""What of notices is counted: that one was sent, and what its host did, each once for a notice.

What a host did is what two looks agree on; before that, what it says. Where it turns out otherwise, the row
of the day on which it was counted is taken back and another one written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

from disrupt.hotline.cases.categories import UnknownCategory, scheme
from disrupt.hotline.common import clock
from disrupt.hotline.takedown.models import Notice, Target
from disrupt.hotline.takedown.states import REMOVED, Decision, Step
from disrupt.hotline.tally.facts import Fact, Kind, count, fact

GetModel = Callable[[str, str], Any]

# What a host says; that it removed is its word until it is seen. A refusal's reason follows, after a colon.
SAID = {
    Decision.REMOVED: "claimed",
    Decision.BLOCKED: "blocked",
    Decision.DECLINED: "declined",
    Decision.OTHER: "other",
}


def sent(notice: Notice) -> None:
    """A notice has left; one that came back and is sent again was counted before."""
    if notice.step == Step.SEARCH:
        # It is not the site that was told.
        return
    if notice.counted_at is None and notice.sent_at is not None:
        notice.counted_at = notice.sent_at
        notice.save(update_fields=["counted_at"])
        count(_notified(notice, notice.sent_at, _reported_at(notice)))


def answered(notice: Notice) -> None:
    """Its recipient has decided, or is recorded to have."""
    if notice.step == Step.HOST and notice.decision and notice.action != REMOVED:
        said = SAID[Decision(notice.decision)]
        _acted(notice, f"{said}:{notice.refusal}".rstrip(":"), notice.decision_at or clock.now())


def gone(target: Target, at: dt.datetime) -> None:
    """An address was seen gone: whatever its hosts said, that is what they did."""
    told = Notice.objects.select_for_update(of=("self",)).filter(target=target, step=Step.HOST)
    for notice in told.exclude(counted_at=None).exclude(action=REMOVED).select_related("target"):
        _acted(notice, REMOVED, at)


def _acted(notice: Notice, action: str, at: dt.datetime) -> None:
    if notice.counted_at is None:
        return
    if notice.action and notice.action_at is not None:
        count(_action(notice, notice.action, notice.action_at, notice.action_site, n=-1))
    notice.action, notice.action_at, notice.action_site = action, max(at, notice.counted_at), _site(notice)
    notice.save(update_fields=["action", "action_at", "action_site"])
    count(_action(notice, action, notice.action_at, notice.action_site))


def again(get_model: GetModel, start: dt.datetime, end: dt.datetime) -> Iterator[Fact]:
    """The facts of this time (`end` is not in it), from the notices that there are."""
    notices = get_model("takedown", "Notice").objects.select_related("target")
    for notice in notices.filter(counted_at__gte=start, counted_at__lt=end).iterator(chunk_size=500):
        yield _notified(notice, notice.counted_at, _reported_at(notice))
    acted = notices.filter(action_at__gte=start, action_at__lt=end).exclude(action="")
    for notice in acted.iterator(chunk_size=500):
        yield _action(notice, notice.action, notice.action_at, notice.action_site)


def _notified(notice: Any, at: dt.datetime, reported: dt.datetime | None) -> Fact:
    known = {**_what(notice), "outcome": notice.step, "party": _site(notice)}
    return fact(Kind.NOTIFIED, at, known, began=reported, unsure=_lost(notice))


def _action(notice: Any, action: str, at: dt.datetime, site: str, n: int = 1) -> Fact:
    known = {**_what(notice), "outcome": action, "party": site}
    return fact(Kind.ACTION, at, known, began=notice.counted_at, n=n, unsure=_lost(notice))


def _what(notice: Any) -> dict[str, str]:
    try:
        minor = scheme(notice.scheme)[notice.category].minors
    except UnknownCategory:
        minor = False
    return {"category": notice.category, "person": "minor" if minor else "adult", "way": "url"}


def _site(notice: Any) -> str:
    """The site that was told, as long as its address is known."""
    return str(notice.target.site or "")


def _lost(notice: Any) -> frozenset[str]:
    return frozenset() if notice.target.site else frozenset({"party", "tier"})


def _reported_at(notice: Any) -> dt.datetime | None:
    """When its address was first reported."""
    first = notice.target.concerns.order_by("pk").select_related("item").first()
    return first.item.created_at if first else None
