"""A report that a message was delivered (RFC 3464) is proof that its recipient's server has it.

It counts only under the return address of that message, which nobody can make up; where nobody knew whether
the message had left, it is known now.
"""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.mail.reports import Said
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown import locking, services
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.states import NoticeState

_OUT = frozenset({NoticeState.TRANSMITTING, NoticeState.UNCERTAIN, NoticeState.SENT})


@transaction.atomic
def delivered(notice: Notice, said: Said, actor: Actor) -> None:
    """Write down that it arrived, and by whose word. Idempotent."""
    locking.hold_notice(notice.pk)
    row = Notice.objects.select_for_update(of=("self",)).select_related("target").get(pk=notice.pk)
    if row.state not in _OUT or row.delivered_at is not None:
        return
    word = one_line(f"{said.status} {said.server}", 120)
    rows = groups.change_all(row, delivered_at=clock.now(), delivery=word)
    if row.state == NoticeState.SENT:
        for one in rows:
            services.note(one, "notice.delivered", actor, status=said.status)
        return
    # Whoever was transmitting it finds its claim gone, and the deed done.
    groups.change_all(row, state=NoticeState.SENT, sent_at=row.transmitting_at, claim="")
    services.mark_reached(row, actor, confirmed=True, delivered=said.status, sha256=row.message_sha256)
