"""The file of a complaint to the regulator: made for whoever signed for it, sent by a person with one key."""

from __future__ import annotations

import hashlib

from django.db import transaction

from disrupt.hotline.cases import ledger, mandates
from disrupt.hotline.cases.evidence.bundle import Bundle, signed
from disrupt.hotline.cases.evidence.extract import DIGESTS
from disrupt.hotline.cases.models import Allowed, Mandate
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.actions import NotPossible
from disrupt.hotline.takedown.complaint import facts
from disrupt.hotline.takedown.complaint.grounds import broken
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import elements
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.regimes import regime_of
from disrupt.hotline.takedown.notices.take_down import NoMandate
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.posting.letters import Attached, letter
from disrupt.hotline.takedown.states import Channel, NoticeState, Step

_README = """File of complaint {reference} (Regulation (EU) 2022/2065, Article 53), made on {at}.

complaint.pdf  the complaint: what was not kept, what was done, what was seen
complaint.json the same for programs
looks.jsonl    every look at the address, one a line; never what the page held
ledger.jsonl   the events about this address in the ledger of whoever signed, one a line: an extract.
               {digests}
notices/       the messages as they were handed over; one that names other people's addresses too is told
               by its digest in complaint.json, and kept
"""


class NoGround(NotPossible):
    """The service was told nothing, or kept its duties: there is nothing to complain about."""


def is_one(notice: Notice) -> bool:
    """Whether there is a file to make for this step."""
    return notice.step == Step.REGULATOR and bool(notice.target.url)


def may_be_mailed(notice: Notice) -> bool:
    """Whether one key sends it: an address is known, somebody signed, a duty was broken."""
    ready = is_one(notice) and notice.channel == Channel.EMAIL and bool(notice.address)
    return ready and mandate_of(notice) is not None and bool(broken(notice))


def mandate_of(notice: Notice) -> Mandate | None:
    """What was signed for it, and not refused since."""
    return mandates.in_force(notice.items, Allowed.REGULATOR)


@transaction.atomic
def make(notice: Notice, actor: Actor) -> Bundle:
    """The file. Raises NotPossible (NoMandate, NoGround), WrongState, LedgerBroken."""
    row = services.locked(notice, NoticeState)
    if not is_one(row):
        raise NotPossible("Only a complaint to the regulator has such a file.")
    mandate = mandate_of(row)
    if mandate is None:
        raise NoMandate("Record the signed mandate first.")
    if not broken(row):
        raise NoGround("The service was told nothing, or kept its duties.")
    ledger.verify(mandate.case)
    now = clock.now()
    readme = _README.format(reference=row.reference, at=now.isoformat(timespec="seconds"), digests=DIGESTS)
    made = signed(row.reference, readme, facts.parts(row, mandate, now), now)
    item = next(item for item in row.items if item.case_id == mandate.case_id)
    data = {"notice": row.reference, "sha256sums": made.digest, "key": made.key}
    ledger.record(mandate.case, "complaint.made", actor, item=item, data=data)
    return made


@transaction.atomic
def send(notice: Notice, actor: Actor) -> Notice:
    """Send the complaint with its file by e-mail, now. Raises NotPossible, WrongState, BadAddress."""
    row = services.locked(notice, {NoticeState.TASK})
    if not row.address:
        raise NotPossible("No e-mail address of the regulator is known.")
    now = clock.now()
    composed = compose(row, now)
    try:
        elements.check(composed, regime_of(row), anonymous=False)
    except elements.Incomplete as error:
        raise NotPossible(str(error)) from error
    file = Attached(f"{row.reference}-file.zip", "application", "zip", make(row, actor).data)
    message = letter(row, composed, now, anonymous=False, more=(file,))
    groups.change(
        row,
        channel=Channel.EMAIL,
        state=NoticeState.SCHEDULED,
        due_at=now,
        held=False,
        texts=composed.texts_version,
        subject=composed.subject,
        body=composed.body,
        message=message,
        message_sha256=hashlib.sha256(message).hexdigest(),
        composed_at=now,
    )
    return row
