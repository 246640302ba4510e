"""What a recipient answers on the page, for each address: recorded as theirs, looked at, never believed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.takedown import actions, locking
from disrupt.hotline.takedown.answers.reading import RECIPIENT
from disrupt.hotline.takedown.answers.words import clean
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import Decision, NoticeState, Refusal
from disrupt.protocol.answer import AddressAnswer, Reason, State

LONGEST = 2000


class Choice(models.TextChoices):
    """What can be answered about an address."""

    REMOVED = "removed", _("It was removed, or access to it is blocked")
    REFUSED = "refused", _("We do not remove it, for this reason")
    MORE = "more", _("We need to know more")
    NOT_OURS = "not_ours", _("It is not on our service")


_DECISIONS = {
    Choice.REMOVED: Decision.REMOVED,
    Choice.REFUSED: Decision.DECLINED,
    Choice.MORE: Decision.OTHER,
    Choice.NOT_OURS: Decision.OTHER,
}


def rows_of(notice: Notice) -> list[Notice]:
    """The addresses of a message that can be answered about, as the message names them."""
    rows = [notice, *notice.members.select_related("target").order_by("created_at", "pk")]
    return [row for row in rows if row.target.url and row.state == NoticeState.SENT]


@transaction.atomic
def record(notice: Notice, given: Mapping[str, str]) -> int:
    """Record what was chosen for each address that has no answer yet; return for how many."""
    locking.hold_notice(notice.pk)
    done = 0
    for row in rows_of(notice):
        try:
            choice = Choice(given.get(f"choice-{row.reference}", ""))
        except ValueError:
            continue
        fresh = Notice.objects.select_for_update(of=("self",)).get(pk=row.pk)
        if fresh.decision or fresh.state != NoticeState.SENT:
            continue
        words = clean(given.get(f"words-{row.reference}", ""), LONGEST)
        said = f"[{choice.value}] {words}".strip()
        why = _refusal(given.get(f"why-{row.reference}", ""))
        actions.record_decision(fresh, _DECISIONS[choice], RECIPIENT, reasons=said, refusal=why)
        done += 1
    return done


def _refusal(chosen: str) -> Refusal | None:
    return Refusal(chosen) if chosen in Refusal.values else None


_WHY: dict[Reason, Refusal] = {
    "not_the_content": Refusal.ANOTHER,
    "not_examined": Refusal.UNPROVEN,
    "put_back": Refusal.OBJECTED,
    "owner_decides": Refusal.UNABLE,
    "too_many": Refusal.UNABLE,
    "stopped": Refusal.UNABLE,
    "failed": Refusal.UNABLE,
}

# What waits for the site's owner is no answer yet.
_SAID: dict[State, Choice] = {
    "gone": Choice.REMOVED,
    "held": Choice.REMOVED,
    "refused": Choice.REFUSED,
    "not_found": Choice.NOT_OURS,
}


def record_answers(notice: Notice, given: Iterable[AddressAnswer]) -> int:
    """Record what a site's guard says of each address of a message; return of how many. In a transaction."""
    rows = {take_apart(row.target.url).ascii: row for row in rows_of(notice)}
    told: dict[str, str] = {}
    for one in given:
        row = rows.get(one.address)
        if row is not None and one.state in _SAID:
            told[f"choice-{row.reference}"] = _SAID[one.state].value
            told[f"words-{row.reference}"] = f"{one.state} {one.reason}".strip()
            told[f"why-{row.reference}"] = _WHY[one.reason].value if one.reason else ""
    return record(notice, told) if told else 0
