"""What a later notice says of the earlier ones about the same address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from disrupt.hotline.takedown.models import AWAY, Check, Notice, Seen
from disrupt.hotline.takedown.states import NoticeState, Step


def first_of(notice: Notice) -> Notice | None:
    """The message that this one goes on from, or what that went in: a reminder, the police told again."""
    if notice.step == Step.POLICE_AGAIN:
        police = police_report(notice)
        return (police.within or police) if police and police.sent_at else None
    if notice.step != Step.REMINDER:
        return None
    first = Notice.objects.select_related("within").get(
        target=notice.target_id, category=notice.category, round=notice.round, step=Step.HOST, number=1
    )
    return first.within or first


def police_report(notice: Notice) -> Notice | None:
    """The report to the police in the round of a notice."""
    same = {"target": notice.target_id, "category": notice.category, "round": notice.round}
    return Notice.objects.filter(step=Step.POLICE, **same).select_related("within").first()


def still_seen(notice: Notice, since: dt.datetime | None) -> dt.datetime | None:
    """When it was last seen still there, after it was notified; None where nobody has looked, or seen it."""
    if since is None:
        return None
    looks = Check.objects.filter(target=notice.target_id, at__gt=since).exclude(seen=Seen.DELISTED)
    last = looks.order_by("-at").first()
    return last.at if last is not None and last.seen == Seen.LIVE else None


def came_back(notice: Notice, day: Callable[[dt.datetime], str]) -> dict[str, str] | None:
    """The earlier notice, when it was seen gone and when online again; None in a first round."""
    if notice.step != Step.HOST or notice.round < 2:
        return None
    earlier = (
        Notice.objects.filter(
            target=notice.target_id,
            category=notice.category,
            step=Step.HOST,
            state=NoticeState.SENT,
            round__lt=notice.round,
        )
        .exclude(sent_at=None)
        .select_related("within")
        .order_by("-round")
        .first()
    )
    if earlier is None or earlier.sent_at is None:
        return None
    looks = Check.objects.filter(target=notice.target_id)
    gone = looks.filter(seen__in=AWAY, at__lt=notice.created_at).order_by("-at").first()
    back = looks.filter(seen=Seen.LIVE, at__gt=gone.at).order_by("at").first() if gone else None
    if gone is None or back is None:
        return None
    return {
        "earlier": (earlier.within or earlier).reference,
        "notified": day(earlier.sent_at),
        "gone": day(gone.at),
        "back": day(back.at),
    }
