"""What a person does at the end of a plan: sends what was prepared, or says that it could not be removed."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.actions import NotPossible
from disrupt.hotline.takedown.complaint import making
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import elements
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.regimes import regime_of
from disrupt.hotline.takedown.planning import allowed
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import PREPARED, WITH_FILE, Channel, NoticeState


@transaction.atomic
def send_prepared(notice: Notice, actor: Actor) -> Notice:
    """A step that was prepared for a person leaves now, with its file where it has one.

    Raises WrongState, NotPossible.
    """
    if notice.step in WITH_FILE:
        return making.send(notice, actor)
    row, now = services.locked(notice, {NoticeState.TASK}), clock.now()
    if row.step not in PREPARED or row.channel != Channel.EMAIL or not row.address:
        raise NotPossible("No e-mail address is known for this step.")
    try:
        anonymous = row.category in registry().omit_notifier_for
        elements.check(compose(row, now), regime_of(row), anonymous=anonymous)
    except elements.Incomplete as error:
        raise NotPossible(str(error)) from error
    if not allowed.is_allowed(row):
        raise NotPossible("The person concerned has not agreed to this step, or refuses it.")
    groups.change(row, state=NoticeState.SCHEDULED, due_at=now, held=False)
    services.note(row, "notice.hurried", actor)
    return row


@transaction.atomic
def say_that_it_stays(notice: Notice, actor: Actor) -> Notice:
    """Tell whoever reported it that it could not be removed. Looking at it goes on, and what is planned.

    Raises WrongState.
    """
    row = services.locked(notice, {NoticeState.SENT})
    groups.change(row, stays_told_at=clock.now())
    services.note(row, "item.stays", actor)
    return row
