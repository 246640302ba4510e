"""What an operator is woken for, from the status alone; a kind of alarm is told once until it has ended."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings

from disrupt.hotline.common.amending import dials
from disrupt.hotline.operating.status import Status, Waiting

# Of the disk: less than this share free, or less than so many bytes.
LEAST_SHARE, LEAST_BYTES = 0.10, 2 * 1024**3
CLOCK_SECONDS = 5.0
HOUR = dt.timedelta(hours=1)
CERTIFICATE_DAYS = 14
# A row that failed so often will not mend itself.
TRIES = 5


@dataclass(frozen=True)
class Alarm:
    """`kind` is stable, for programs and for telling once; `text` is for a person, and names no case."""

    kind: str
    text: str


def alarms(status: Status) -> list[Alarm]:
    """Everything that is wrong now, what hurts people first."""
    return [
        *_people(status),
        *_silence(status),
        *_machine(status),
    ]


def _people(status: Status) -> Iterator[Alarm]:
    limit = dt.timedelta(minutes=settings.ALERT_P0_MINUTES)
    for row in status.waiting:
        if row.priority == 0 and row.oldest > limit:
            minutes = int(row.oldest.total_seconds() // 60)
            yield Alarm("p0", f"{row.cases} most urgent case(s) wait; the oldest for {minutes} minutes")
        yield from _target(row)
    if status.cases_in_an_hour > settings.ALERT_REPORTS_AN_HOUR:
        yield Alarm("flood", f"{status.cases_in_an_hour} reports came in the last hour")
    if status.set_aside:
        often = "matched unusually often and are off partners' lists until somebody has looked"
        yield Alarm("set-aside", f"{status.set_aside} fingerprint(s) {often}")
    if status.uncertain.notices:
        yield Alarm("uncertain", f"{status.uncertain.notices} notice(s) may or may not have been sent")


def _target(row: Waiting) -> Iterator[Alarm]:
    """Before somebody should have looked, and once more when nobody has."""
    last = len(dials.targets()) - 1
    target, name = dials.targets()[min(row.priority, last)], f"P{row.priority}"
    hours = f"{target / HOUR:g} h"
    if row.oldest > target:
        late = f"the oldest is late by {(row.oldest - target) / HOUR:.1f} h"
        yield Alarm(f"late:{name}", f"{row.cases} case(s) of {name} wait longer than {hours}: {late}")
    elif row.oldest > target * settings.ALERT_TARGET_SHARE:
        left = f"{(target - row.oldest) / HOUR:.1f} h are left"
        yield Alarm(
            f"target:{name}", f"of {row.cases} waiting case(s) of {name} the oldest is late soon: {left}"
        )


def _silence(status: Status) -> Iterator[Alarm]:
    if status.key_waits:
        yield Alarm("key", f"nothing is opened until operators hand over: {status.key_waits}")
    for sign in status.signs:
        if sign.silent:
            last = (
                "never gave a sign" if sign.age is None else f"silent for {int(sign.age.total_seconds())} s"
            )
            yield Alarm(f"silent:{sign.name}", f"{sign.name}: {last}")
        for name, what in sign.failing.items():
            if int(str(what["tries"])) >= TRIES:
                yield Alarm(f"failing:{name}", f"{name}: {what['rows']} row(s) fail again and again")
    late = status.late
    if late.items or late.notices or late.letters:
        text = f"overdue: {late.items} item(s), {late.notices} notice(s), {late.letters} letter(s)"
        yield Alarm("overdue", text)


def _machine(status: Status) -> Iterator[Alarm]:
    if status.disk_share < LEAST_SHARE or status.disk_free < LEAST_BYTES:
        yield Alarm("disk", f"{status.disk_free / 1e9:.1f} GB of disk are free ({status.disk_share:.0%})")
    if not status.disk_takes:
        yield Alarm("disk:read-only", "the disk takes nothing: it is broken, full or read-only")
    if status.objects:
        yield Alarm("objects", f"contents in the store of objects: {status.objects}")
    if abs(status.clock_offset) > CLOCK_SECONDS:
        yield Alarm("clock", f"this clock and the database's differ by {status.clock_offset:+.1f} s")
    if status.certificate_days is not None and status.certificate_days < CERTIFICATE_DAYS:
        yield Alarm("certificate", f"the certificate has {status.certificate_days} day(s) left")
    if status.old_recipients:
        text = f"{status.old_recipients} way(s) to recipients of notices were not tested in time"
        yield Alarm("recipients", text)
    if settings.BACKUP_EVERY_HOURS and status.backup.silent:
        last = "never" if status.backup.age is None else f"{status.backup.age.days} day(s) ago"
        yield Alarm("backup", f"the last backup that succeeded: {last}")
    if status.ledgers.failing:
        yield Alarm("ledger", "a ledger does not verify: run `disrupt-hotline manage verify_ledger`")
