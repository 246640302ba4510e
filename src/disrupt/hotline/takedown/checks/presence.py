"""What follows from looks: two that agree make an address gone, or back; items, notices, schedule follow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from disrupt.hotline.cases import steps
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import FOLLOWS, ItemState
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import counted, services, targets
from disrupt.hotline.takedown.checks import schedule
from disrupt.hotline.takedown.models import AWAY, Check, Notice, Presence, Seen, Target


def tells(target: Target, what: str, at: dt.datetime) -> bool:
    """Whether others than the address itself learn of such a look: it is gone, or back.

    Only looks change what this goes by, and whoever looks has claimed the address.
    """
    towards = Presence.GONE if what in AWAY else Presence.LIVE if what == Seen.LIVE else None
    if towards is None:
        return False
    if target.presence == Presence.GONE and towards == Presence.GONE:
        # Whoever reported it again meanwhile is told.
        return True
    since = target.leaning_since if target.leaning == towards else None
    settles = since is not None and at - since >= schedule.APART
    return settles and towards != target.presence


def seen(target: Target, check: Check) -> None:
    """Take one look into account. In the transaction of its row; the target is locked."""
    anchor = target.anchor_at or check.at
    target.anchor_at = anchor
    if check.seen in AWAY:
        _lean(target, check, Presence.GONE)
    elif check.seen == Seen.LIVE:
        _lean(target, check, Presence.LIVE)
    else:
        # Nothing that can be relied on: what two looks agreed on before still stands.
        target.leaning, target.leaning_since = Presence.UNKNOWN, None
        target.failing_since = target.failing_since or check.at
        target.look_at = schedule.again(anchor, check.at)
    target.save()


def _lean(target: Target, check: Check, towards: Presence) -> None:
    target.failing_since = None
    if target.leaning != towards or target.leaning_since is None:
        target.leaning, target.leaning_since = towards, check.at
    settled = check.at - target.leaning_since >= schedule.APART
    before = target.presence
    if towards == Presence.LIVE and before == Presence.UNKNOWN:
        # That it is there needs no second look: nobody is told anything by it.
        target.presence = Presence.LIVE
    elif towards != before and settled:
        target.presence = towards
        target.anchor_at = check.at
    assert target.anchor_at is not None
    if target.presence == towards:
        target.look_at = schedule.following(target.anchor_at, check.at)
    else:
        target.look_at = target.leaning_since + schedule.CONFIRM
    if target.presence != before and target.presence == Presence.GONE:
        _gone(target, check)
    elif before == Presence.GONE and target.presence == Presence.LIVE:
        _back(target, check)
    elif target.presence == Presence.GONE:
        # Reported again meanwhile, and still gone.
        _move(_live_items(target), ItemState.REMOVED, check)


def _categories(target: Target) -> list[str]:
    return list(target.concerns.order_by().values_list("category", flat=True).distinct())


def _live_items(target: Target) -> list[Item]:
    """What nobody took back and no case has forgotten."""
    found = [item for code in _categories(target) for item in targets.live_items(target, code) if item.url]
    return sorted(found, key=lambda item: (item.case_id, item.pk))


def _move(items: Iterable[Item], to: ItemState, check: Check) -> None:
    for item in items:
        if to in FOLLOWS[ItemState(item.state)]:
            steps.advance(item, to, WORKER, data={"sign": check.sign, "seen_at": check.at.isoformat()})


def _gone(target: Target, check: Check) -> None:
    """Gone: its items are told so; what has not left is not sent, but for the police."""
    for code in _categories(target):
        services.stop_all(target, code, but_police=True)
    counted.gone(target, check.at)
    _move(_live_items(target), ItemState.REMOVED, check)


def _back(target: Target, check: Check) -> None:
    """It came back: a new round for each category that somebody still holds."""
    held = {code for code in _categories(target) if any(i.url for i in targets.live_items(target, code))}
    _move(_live_items(target), ItemState.BACK_ONLINE, check)
    for code in sorted(held):
        last = Notice.objects.filter(target=target, category=code).order_by("-round").first()
        if last is not None:
            services.open_round(target, code, last.scheme, last.round + 1, WORKER)
