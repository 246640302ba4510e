"""How the hotline goes, in aggregates: what waits, what is late, who is silent. Nothing here names a case."""

from __future__ import annotations

import datetime as dt
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min

from disrupt.hotline.bank.models import BankEntry, BankSequence, EntryState
from disrupt.hotline.cases import queries as cases
from disrupt.hotline.cases.models import Case, Item, Letter, LetterState
from disrupt.hotline.cases.states import HeldFor
from disrupt.hotline.common import clock
from disrupt.hotline.common.models import Pulse
from disrupt.hotline.common.running.pulse import REVIEW_KEY
from disrupt.hotline.exchange.models import ApiKey
from disrupt.hotline.operating import certificates, disks, objects
from disrupt.hotline.takedown import queries as notices
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NoticeState
from disrupt.hotline.takedown.tracing import freshness

# The worker's lanes and the checker write a sign every few seconds; a step may take its minute.
SILENT_AFTER = dt.timedelta(minutes=3)
# What is due for so long, and is not done, is overdue.
OVERDUE_AFTER = dt.timedelta(minutes=10)
# The lanes in which one step may take half an hour say less often that they are there.
SLOW_LANES = {"worker/review.decode_long": dt.timedelta(minutes=45)}
PROCESSES = ("worker", "checker")


@dataclass(frozen=True)
class Waiting:
    """Cases of one priority that wait for an analyst, and for how long the oldest has."""

    priority: int
    cases: int
    oldest: dt.timedelta


@dataclass(frozen=True)
class Sign:
    """The last sign of life of a process, a lane or a work; `age` is None where there never was one."""

    name: str
    age: dt.timedelta | None
    silent: bool
    failing: dict[str, dict[str, object]] = field(default_factory=dict)


@dataclass(frozen=True)
class Late:
    """Work that is due for longer than OVERDUE_AFTER."""

    items: int
    notices: int
    letters: int


@dataclass(frozen=True)
class Uncertain:
    """Sent or not: nobody wrote it down, and a person finds out."""

    notices: int
    letters: int


@dataclass(frozen=True)
class PartnerSync:
    """On which day a partner's keys were last used."""

    name: str
    last: dt.date | None


@dataclass(frozen=True)
class Status:
    """One look at everything."""

    at: dt.datetime
    waiting: list[Waiting]
    signs: list[Sign]
    late: Late
    uncertain: Uncertain
    for_a_person: int
    set_aside: int
    """Fingerprints that matched unusually often and are off the lists until a person has looked."""
    open_cases: int
    cases_in_a_day: int
    cases_in_an_hour: int
    entries: int
    changes: int
    partners: list[PartnerSync]
    disk_free: int
    disk_size: int
    disk_takes: bool
    objects: str | None
    """What is wrong with the store of objects; "" nothing, None where there is none."""
    clock_offset: float
    certificate_days: int | None
    old_recipients: int | None
    backup: Sign
    ledgers: Sign
    key_waits: str
    """What the worker says while it waits for operators to bring the review key in; "" when it does not."""

    @property
    def disk_share(self) -> float:
        """The part of the disk that is free, 0 to 1."""
        return self.disk_free / self.disk_size if self.disk_size else 0.0


def look() -> Status:
    """The status now. Raises django.db.DatabaseError where the database does not answer."""
    now = clock.now()
    disk = shutil.disk_usage(_existing(settings.STORE_FOLDER))
    return Status(
        at=now,
        waiting=_waiting(now),
        signs=_signs(now),
        late=_late(now),
        uncertain=Uncertain(
            Notice.objects.filter(state=NoticeState.UNCERTAIN, within=None).count(),
            Letter.objects.filter(state=LetterState.UNCERTAIN).count(),
        ),
        for_a_person=len(notices.in_need()),
        # First as the index of the few has it.
        set_aside=Item.objects.exclude(held_for="").filter(held_for=HeldFor.FLOOD).count(),
        open_cases=Case.objects.filter(closed_at=None).count(),
        cases_in_a_day=Case.objects.filter(created_at__gt=now - dt.timedelta(days=1)).count(),
        cases_in_an_hour=Case.objects.filter(created_at__gt=now - dt.timedelta(hours=1)).count(),
        entries=BankEntry.objects.filter(state=EntryState.ACTIVE).count(),
        changes=BankSequence.objects.filter(pk=1).values_list("last", flat=True).first() or 0,
        partners=_partners(),
        disk_free=disk.free,
        disk_size=disk.total,
        disk_takes=disks.takes(settings.VAR),
        objects=objects.trouble(now, SILENT_AFTER),
        clock_offset=_clock_offset(),
        certificate_days=certificates.days_left(settings.CERTIFICATE, now),
        old_recipients=freshness.how_many(),
        backup=_sign("backup", now, dt.timedelta(hours=settings.BACKUP_EVERY_HOURS)),
        ledgers=_sign("ledgers", now, dt.timedelta(days=2)),
        key_waits=_key_waits(now),
    )


def _existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.parents) if path.exists())


def _waiting(now: dt.datetime) -> list[Waiting]:
    rows = cases.queue().order_by("priority").values("priority")
    found = rows.annotate(cases=Count("pk"), oldest=Min("created_at"))
    return [Waiting(row["priority"], row["cases"], now - row["oldest"]) for row in found]


def _sign(name: str, now: dt.datetime, limit: dt.timedelta) -> Sign:
    pulse = Pulse.objects.filter(name=name).first()
    if pulse is None:
        return Sign(name, None, silent=True)
    age = now - pulse.at
    return Sign(name, age, age > limit, dict(pulse.says.get("failing", {})))


def _signs(now: dt.datetime) -> list[Sign]:
    lanes = Pulse.objects.filter(name__contains="/").order_by("name").values_list("name", flat=True)
    return [_sign(name, now, SLOW_LANES.get(name, SILENT_AFTER)) for name in (*PROCESSES, *lanes)]


def _key_waits(now: dt.datetime) -> str:
    told = (
        Pulse.objects.filter(name=REVIEW_KEY, at__gt=now - SILENT_AFTER)
        .values_list("says", flat=True)
        .first()
    )
    return str((told or {}).get("waits", ""))


def _late(now: dt.datetime) -> Late:
    since = now - OVERDUE_AFTER
    return Late(
        items=Item.objects.filter(due_at__lte=since).count(),
        notices=Notice.objects.filter(
            state=NoticeState.SCHEDULED, due_at__lte=since, waits_for_police=False, held=False, within=None
        ).count(),
        letters=Letter.objects.filter(state=LetterState.SCHEDULED, due_at__lte=since).count(),
    )


def _partners() -> list[PartnerSync]:
    keys = ApiKey.objects.filter(partner__active=True, revoked_at=None)
    last: dict[str, dt.date | None] = {}
    for name, used_on in keys.values_list("partner__name", "last_used_on"):
        days = [day for day in (last.get(name), used_on) if day]
        last[name] = max(days) if days else None
    return [PartnerSync(name, last[name]) for name in sorted(last)]


def _clock_offset() -> float:
    """Seconds by which the database server's clock is ahead of this machine's; 0 for a file."""
    if connection.vendor != "postgresql":
        return 0.0
    with connection.cursor() as cursor:
        before = clock.true_now()
        cursor.execute("SELECT clock_timestamp()")
        there: dt.datetime = cursor.fetchone()[0]
        after = clock.true_now()
    return (there - (before + (after - before) / 2)).total_seconds()
