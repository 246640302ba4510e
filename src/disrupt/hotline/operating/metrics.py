"""The status for Prometheus (text format 0.0.4): aggregates only, on loopback only.

https://prometheus.io/docs/instrumenting/exposition_formats/
No label is taken from a case, an item, an address or a person: labels are names of this program's own parts,
priorities and partners' names as the hotline gave them.
"""

from __future__ import annotations

from collections.abc import Iterator

from disrupt.hotline.operating.alarms import Alarm
from disrupt.hotline.operating.status import Status

_Sample = tuple[str, dict[str, str], float]


def exposition(status: Status, raised: list[Alarm]) -> str:
    """The page that Prometheus reads."""
    lines: list[str] = []
    seen: set[str] = set()
    for name, labels, value in _samples(status, raised):
        if name not in seen:
            seen.add(name)
            lines.append(f"# TYPE {name} gauge")
        inside = ",".join(f'{key}="{_escape(text)}"' for key, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value:g}" if inside else f"{name} {value:g}")
    return "\n".join(lines) + "\n"


def _escape(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")


def _samples(status: Status, raised: list[Alarm]) -> Iterator[_Sample]:
    for row in status.waiting:
        yield "disrupt_waiting_cases", {"priority": str(row.priority)}, row.cases
    for row in status.waiting:
        yield "disrupt_waiting_oldest_seconds", {"priority": str(row.priority)}, row.oldest.total_seconds()
    yield "disrupt_open_cases", {}, status.open_cases
    yield "disrupt_reports_last_hour", {}, status.cases_in_an_hour
    yield "disrupt_reports_last_day", {}, status.cases_in_a_day
    for what in ("items", "notices", "letters"):
        yield "disrupt_overdue", {"what": what}, getattr(status.late, what)
    for what in ("notices", "letters"):
        yield "disrupt_uncertain", {"what": what}, getattr(status.uncertain, what)
    yield "disrupt_notices_for_a_person", {}, status.for_a_person
    yield "disrupt_bank_entries", {}, status.entries
    yield "disrupt_bank_change", {}, status.changes
    yield "disrupt_disk_free_bytes", {}, status.disk_free
    yield "disrupt_disk_takes", {}, int(status.disk_takes)
    yield "disrupt_set_aside", {}, status.set_aside
    if status.objects is not None:
        yield "disrupt_objects_answer", {}, int(not status.objects)
    yield "disrupt_clock_offset_seconds", {}, status.clock_offset
    if status.certificate_days is not None:
        yield "disrupt_certificate_days", {}, status.certificate_days
    if status.old_recipients is not None:
        yield "disrupt_recipients_out_of_date", {}, status.old_recipients
    for sign in (*status.signs, status.backup, status.ledgers):
        age = float("inf") if sign.age is None else sign.age.total_seconds()
        yield "disrupt_last_sign_seconds", {"of": sign.name}, age
    for sign in status.signs:
        for name, said in sign.failing.items():
            yield "disrupt_failing_rows", {"duty": name}, float(str(said["rows"]))
    for alarm in raised:
        yield "disrupt_alarm", {"kind": alarm.kind}, 1
