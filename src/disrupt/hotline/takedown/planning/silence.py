"""Who else of a host can be told where it says nothing, and what of that an answer calls off."""

from __future__ import annotations

import datetime as dt

from disrupt.hotline.cases import ledger
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import targets
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.posting.groups import change
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import NoticeState, RecipientKind, Step
from disrupt.hotline.takedown.tracing.contacts import neutral_mail


def heard(row: Notice, at: dt.datetime) -> None:
    """Its recipient has said something: another contact, who was to be told for their silence, is not."""
    if row.recipient != RecipientKind.HOST:
        return
    for second in later(row, at):
        groups.take_out(second)
        change(second, state=NoticeState.CANCELLED, within=None)
        for _row, item in targets.told_items([second]):
            data = {"notice": second.reference, "reason": "answered"}
            ledger.record(item.case, "notice.cancelled", WORKER, item=item, data=data)


def later(row: Notice, at: dt.datetime) -> list[Notice]:
    """What the same host's other contact is to be told, if nothing happens."""
    found = Notice.objects.select_for_update(of=("self",)).filter(
        target=row.target_id, category=row.category, round=row.round, step=Step.SECOND,
        state=NoticeState.SCHEDULED, due_at__gt=at,
    )  # fmt: skip
    return list(found.select_related("target").order_by("number"))


def others(notice: Notice) -> list[str]:
    """The host's other mailboxes, that nobody has written to about this address."""
    same = Notice.objects.filter(target=notice.target, category=notice.category)
    used = set(same.values_list("address", flat=True))
    known = registry().host(take_apart(notice.target.url), notice.category) if notice.target.url else None
    found = [*(known.others if known else ()), *(one.address for one in neutral_mail(notice.target))]
    return [address for address in dict.fromkeys(found) if address not in used]
