"""Time spent looking at content and time since the last break, so that the console can suggest one."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone

from disrupt.hotline.common import clock
from disrupt.hotline.review.models import Look, Work

LONGEST_LOOK = 120
BREAK = dt.timedelta(minutes=10)
REMIND_AFTER = dt.timedelta(minutes=50)
# Who was seen a moment ago is not noted again: a page writes a row once a quarter of a minute at most.
_COARSE = dt.timedelta(seconds=15)
DAILY_LIMIT_MINUTES = 5 * 60
_DAY = dt.timedelta(days=1)
KEEP_LOOKS = dt.timedelta(days=31)
_PASSIVE = {"review:preview", "review:draft-of-case", "review:draft-of-item", "set_language"}


@dataclass(frozen=True)
class Exposure:
    """Minutes looking at content today, minutes of work since the last break of ten, and what to advise."""

    today: int
    since_break: int
    break_due: bool
    day_full: bool


def begin(user: Any, item_id: uuid.UUID, *, clear: bool, session: Any) -> None:
    """A content is being shown; the look ends with the analyst's next action."""
    look = Look.objects.create(user=user, item_id=item_id, clear=clear, at=clock.now())
    session["look"] = look.pk


def note_request(request: HttpRequest, view_name: str) -> None:
    """Called on every request of a signed-in analyst: ends the look, and notices breaks."""
    if view_name in _PASSIVE:
        return
    _note_work(request.user)
    number = request.session.pop("look", None)
    look = Look.objects.filter(pk=number, seconds=None).first() if number else None
    if look:
        lasted = int((clock.now() - look.at).total_seconds())
        look.seconds = max(1, min(lasted, LONGEST_LOOK))
        look.save(update_fields=["seconds"])


def _note_work(user: Any) -> None:
    """In the database: a new sign-in is no break, nor is a second window."""
    now = clock.now()
    work, new = Work.objects.get_or_create(user=user, defaults={"since": now, "seen_at": now})
    if new or now - work.seen_at < _COARSE:
        return
    begun = now if now - work.seen_at > BREAK else work.since
    Work.objects.filter(pk=work.pk).update(since=begun, seen_at=now)


def of(request: HttpRequest) -> Exposure:
    """Today's figures of the person signed in."""
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    looks = Look.objects.filter(user=request.user.pk, at__gte=midnight)
    minutes = round((looks.aggregate(total=Sum("seconds"))["total"] or 0) / 60)
    now = clock.now()
    work = Work.objects.filter(user=request.user.pk).first()
    worked = now - work.since if work else dt.timedelta()
    return Exposure(
        minutes, int(worked.total_seconds()) // 60, worked >= REMIND_AFTER, minutes >= DAILY_LIMIT_MINUTES
    )


def forget_old() -> list[int]:
    """Looks older than a month, to be deleted."""
    return list(Look.objects.filter(at__lt=clock.now() - KEEP_LOOKS).values_list("pk", flat=True)[:500])


def idle() -> list[int]:
    """Accounts that nobody has worked with for a day: since when they did is forgotten."""
    return list(Work.objects.filter(seen_at__lt=clock.now() - _DAY).values_list("pk", flat=True)[:500])


def forget_work(number: int) -> None:
    """Delete one of these."""
    Work.objects.filter(pk=number, seen_at__lt=clock.now() - _DAY).delete()


def forget(number: int) -> None:
    """Delete one look."""
    Look.objects.filter(pk=number).delete()
