"""A request under the TAKE IT DOWN Act: only where somebody signed for it, and the law covers the category.

It goes beside the notice, to the address that the host names for such requests; 48 hours run from its
receipt.
"""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.models import Allowed
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.actions import NotPossible
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.regimes import TAKE_DOWN, regimes
from disrupt.hotline.takedown.planning import escalation
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import Channel, NoticeState, Step


class NoMandate(NotPossible):
    """Nobody signed for it, or it was refused."""


class NotCovered(NotPossible):
    """The law is not in force, or does not cover this category."""


def is_offered(notice: Notice) -> bool:
    """Whether a request can be made beside this notice."""
    if notice.step != Step.HOST or not notice.target.url:
        return False
    if not regimes()[TAKE_DOWN].covers(notice.category, clock.now().date()):
        return False
    same = Notice.objects.filter(target=notice.target_id, category=notice.category, round=notice.round)
    there = same.filter(step=Step.TAKE_DOWN).exists()
    return not there and mandates.in_force(notice.items, Allowed.TAKE_IT_DOWN) is not None


@transaction.atomic
def request(notice: Notice, actor: Actor) -> Notice:
    """Make the request. Raises WrongState, NotPossible: NotCovered, NoMandate."""
    row = services.locked(notice, NoticeState)
    if not regimes()[TAKE_DOWN].covers(row.category, clock.now().date()):
        raise NotCovered("The TAKE IT DOWN Act does not cover this category.")
    if mandates.in_force(row.items, Allowed.TAKE_IT_DOWN) is None:
        raise NoMandate("Record the signed mandate first.")
    if not is_offered(row):
        raise NotPossible("Only beside a notice to a host, and once.")
    made = escalation.make(row, Step.TAKE_DOWN, 1, clock.now(), actor)
    assert made is not None
    known = registry().host(take_apart(row.target.url))
    address = known.take_down or (row.address if row.channel == Channel.EMAIL else "")
    groups.change(made, name=row.name, scope=row.scope)
    if address:
        groups.change(made, channel=Channel.EMAIL, address=address, state=NoticeState.SCHEDULED)
    return made
