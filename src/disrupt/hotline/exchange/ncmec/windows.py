"""Windows of time over numbered changes, so that a reader that asks by the clock skips nothing either.

The public client asks for what changed from one time to another, and never again for what lies before. The
time at which a change was made will not do: it may be committed after a window over that time was read. So a
change is given the time until which all had been answered when it was first seen here (ReadMark): whoever was
answered before asks for a later window, and finds it there.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.models import ReadMark

BEFORE = dt.timedelta(minutes=1)
"""The first reader of all finds what is there a minute ago."""


@dataclass(frozen=True, slots=True)
class Window:
    """The changes after `start` and up to `end` are of this window."""

    start: int
    end: int


@transaction.atomic
def answered_until(until: dt.datetime) -> None:
    """Give new changes their time; nobody is answered beyond `until` before this is committed."""
    mark, new = ReadMark.objects.get_or_create(seq=0, defaults={"at": clock.now() - BEFORE})
    mark = mark if new else ReadMark.objects.select_for_update().get(seq=0)
    last = last_seq()
    if last and not ReadMark.objects.filter(seq__gte=last).exists():
        ReadMark.objects.create(seq=last, at=mark.at)
    if until > mark.at:
        ReadMark.objects.filter(seq=0).update(at=until)


@transaction.atomic
def begin_anew() -> None:
    """The list came back from a backup: all of it is news to whoever reads by the clock.

    The times of the backup are older than those up to which readers had been answered since: new changes
    would get them, and be passed over.
    """
    ReadMark.objects.all().delete()
    ReadMark.objects.create(seq=0, at=clock.now())


def window(start: dt.datetime, end: dt.datetime) -> Window:
    """What was given a time from `start` on, and before `end`."""
    return Window(_before(start), _before(end))


def _before(moment: dt.datetime) -> int:
    marks = ReadMark.objects.filter(at__lt=moment, seq__gt=0).order_by("-seq")
    return marks.values_list("seq", flat=True).first() or 0


def times(between: Window) -> list[tuple[int, dt.datetime]]:
    """The marks that the changes of a window have their times of, oldest first.

    Where the window was told to end before one, that is the last of them.
    """
    marks = ReadMark.objects.filter(seq__gt=between.start).order_by("seq").values_list("seq", "at")
    return [*marks.filter(seq__lte=between.end), *marks.filter(seq__gt=between.end)[:1]]
