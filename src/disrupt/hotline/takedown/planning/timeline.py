"""What was done about an address, and what comes when: one list, for the pages of the console."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from disrupt.hotline.cases.models import Case
from disrupt.hotline.takedown.models import Concern, Notice, Seen, Target
from disrupt.hotline.takedown.planning import plans
from disrupt.hotline.takedown.planning.escalation import exists, priority_of, tier_of
from disrupt.hotline.takedown.states import NoticeState, Step

_WAITS = frozenset({NoticeState.SCHEDULED, NoticeState.TASK})


@dataclass(frozen=True)
class Entry:
    """Something that was done, or that comes; `notice` is None for looks, and for steps not made yet."""

    at: dt.datetime
    done: bool
    what: str
    detail: str = ""
    notice: Notice | None = None


def of_case(case: Case) -> list[tuple[int, list[Entry]]]:
    """For each address of a case, by its place in it."""
    concerns = Concern.objects.filter(item__case=case).select_related("target", "item")
    return [
        (concern.item.position, of_target(concern.target, concern.category))
        for concern in concerns.order_by("item__position")
    ]


def of_target(target: Target, category: str) -> list[Entry]:
    """Done first to last, then what comes."""
    rows = Notice.objects.filter(target=target, category=category).select_related("target", "within")
    notices = list(rows.order_by("round", "created_at", "due_at"))
    entries = [entry for notice in notices for entry in _of_notice(notice)]
    entries += _of_looks(target)
    if notices and target.url:
        entries += _to_come([n for n in notices if n.round == notices[-1].round])
    return sorted(entries, key=lambda entry: (not entry.done, entry.at))


def _name(step: str, number: int) -> str:
    name = str(Step(step).label)
    return f"{name} {number}" if step == Step.REMINDER else name


def _of_notice(notice: Notice) -> Iterator[Entry]:
    name = _name(notice.step, notice.number)
    if notice.sent_at:
        yield Entry(notice.sent_at, True, name, _("sent to %(name)s") % {"name": notice.name}, notice)
    elif notice.state in _WAITS:
        yield Entry(notice.due_at, False, name, _why(notice), notice)
    else:
        yield Entry(notice.changed_at, True, name, notice.get_state_display(), notice)
    if notice.delivered_at:
        yield Entry(notice.delivered_at, True, name, _("reported as delivered"), notice)
    if notice.acknowledged_at:
        yield Entry(notice.acknowledged_at, True, name, _("receipt confirmed"), notice)
    if notice.decision_at:
        yield Entry(notice.decision_at, True, name, notice.get_decision_display(), notice)


def _why(notice: Notice) -> str:
    if notice.held:
        return _("held")
    if notice.waits_for_police:
        return _("waits for the police")
    return _("a person does it") if notice.state == NoticeState.TASK else ""


def _of_looks(target: Target) -> Iterator[Entry]:
    """The first look, each that saw something else than the one before it, and the next."""
    before = ""
    for check in target.checks.order_by("at"):
        if check.seen == Seen.DELISTED:
            yield Entry(check.at, True, check.get_seen_display(), check.sign)
            continue
        if check.seen != before:
            yield Entry(check.at, True, _("look at the address"), check.get_seen_display())
        before = check.seen
    if target.look_at and target.url:
        yield Entry(target.look_at, False, _("look at the address"))


def _to_come(notices: list[Notice]) -> Iterator[Entry]:
    """The steps that are not made yet, as the plan has them if nothing happens."""
    there = {(notice.step, notice.number) for notice in notices}
    ends = {
        (notice.step, notice.number): notice.sent_at or notice.due_at
        for notice in notices
        if notice.sent_at or notice.state in _WAITS
    }
    sent = {(notice.step, notice.number) for notice in notices if notice.sent_at}
    some = notices[0]
    plan, priority, tier = plans.plan(some.plan), priority_of(some), tier_of(some)
    queue = list(ends)
    while queue:
        step, number = queue.pop(0)
        for planned in plan.following(step, number, tier):
            key = (planned.step.value, planned.number)
            if key in there or not exists(planned.step, some):
                continue
            if planned.step == Step.SECOND and (step, number) in sent:
                # It would have been made then.
                continue
            there.add(key)
            ends[key] = ends[(step, number)] + planned.wait(priority)
            queue.append(key)
            yield Entry(ends[key], False, _name(*key), _("if it is still there"))
