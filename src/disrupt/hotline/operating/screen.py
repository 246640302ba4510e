"""The status as one screen of text."""

from __future__ import annotations

import datetime as dt

from disrupt.hotline.operating.alarms import Alarm
from disrupt.hotline.operating.status import Sign, Status


def span(age: dt.timedelta | None) -> str:
    """A time as a person says it: “40 s”, “12 min”, “3 h”, “5 d”, or “never”."""
    if age is None:
        return "never"
    seconds = max(0, int(age.total_seconds()))
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def render(status: Status, alarms: list[Alarm]) -> str:
    """What an operator reads: alarms first, then what waits, then everything else."""
    lines = [f"Disrupt, {status.at:%Y-%m-%d %H:%M} UTC", ""]
    lines += [f"  !! {alarm.text}" for alarm in alarms] or ["  no alarm"]
    lines += ["", "Waiting for an analyst"]
    lines += [
        f"  P{row.priority}   {row.cases:>7} case(s), the oldest for {span(row.oldest)}"
        for row in status.waiting
    ] or ["  nothing"]
    late, doubt = status.late, status.uncertain
    lines += [
        "",
        f"Reports        {status.cases_in_an_hour} in an hour, {status.cases_in_a_day} in a day",
        f"Open cases     {status.open_cases}",
        f"Overdue        {late.items} item(s), {late.notices} notice(s), {late.letters} letter(s)",
        f"Perhaps sent   {doubt.notices} notice(s), {doubt.letters} letter(s): a person finds out",
        f"For a person   {status.for_a_person} notice(s) that go no further by themselves",
        f"Set aside      {status.set_aside} fingerprint(s) that matched unusually often",
        f"Bank           {status.entries} entries, change {status.changes}",
        f"Disk           {status.disk_free / 1e9:.1f} GB free ({status.disk_share:.0%}){_taking(status)}",
        *([] if status.objects is None else [f"Objects        {status.objects or 'the store answers'}"]),
        f"Clock          {status.clock_offset:+.1f} s against the database's",
        f"Certificate    {_days(status.certificate_days)}",
        f"Recipients     {_old(status.old_recipients)}",
        f"Backup         {_last(status.backup)}",
        f"Ledgers        verified {_last(status.ledgers)}",
        "",
        "Processes",
    ]
    lines += [_process(sign) for sign in status.signs]
    lines += ["", "Partners, by the day a key of theirs was last used"]
    lines += [f"  {row.name}: {row.last or 'never'}" for row in status.partners] or ["  none"]
    return "\n".join(lines) + "\n"


def _days(left: int | None) -> str:
    return "not named (DISRUPT_CERTIFICATE), or not readable" if left is None else f"{left} day(s) left"


def _taking(status: Status) -> str:
    return "" if status.disk_takes else ", and it takes nothing"


def _old(ways: int | None) -> str:
    return "the file is not readable here" if ways is None else f"{ways} not tested in time"


def _last(sign: Sign) -> str:
    return "never" if sign.age is None else f"{span(sign.age)} ago"


def _process(sign: Sign) -> str:
    state = "SILENT" if sign.silent else "alive"
    line = f"  {sign.name:<16} {state}, last sign: {_last(sign)}"
    for name, what in sorted(sign.failing.items()):
        why = ", ".join(map(str, what["why"])) if isinstance(what["why"], list) else what["why"]
        line += f"\n    failing: {name}: {what['rows']} row(s), {what['tries']} tries ({why})"
    return line
