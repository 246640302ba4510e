"""The signed file of a complaint, a report or an instruction: made for a person, sent by one with one key."""

from __future__ import annotations

import hashlib

from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.evidence.bundle import Bundle, signed
from disrupt.hotline.cases.evidence.extract import DIGESTS
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.actions import NotPossible
from disrupt.hotline.takedown.complaint import facts
from disrupt.hotline.takedown.complaint.grounds import broken
from disrupt.hotline.takedown.complaint.kinds import KINDS, behalf_of
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import elements
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.regimes import regime_of
from disrupt.hotline.takedown.notices.take_down import NoMandate
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.posting.letters import Attached, letter
from disrupt.hotline.takedown.states import Channel, NoticeState

_README = """File {reference}, {of}, made on {at}.

{stem}.pdf     what was not kept, what was done, what was seen, to be read
{stem}.json    the same for programs
looks.jsonl    every look at the address, one a line; never what the page held
ledger.jsonl   the events about this address in the ledger of whoever it is for, one a line: an extract.
               {digests}
notices/       the messages as they were handed over; one that names other people's addresses too is told
               by its digest in {stem}.json, and kept
"""


class NoGround(NotPossible):
    """The service was told nothing, or kept its duties: there is nothing to complain about."""


def is_one(notice: Notice) -> bool:
    """Whether there is a file to make for this step."""
    return notice.step in KINDS and bool(notice.target.url)


def may_be_made(notice: Notice) -> bool:
    """Whether there is a file for this step now: somebody lets it be, and what it needs is there."""
    if not is_one(notice) or behalf_of(notice) is None:
        return False
    return bool(broken(notice)) or not KINDS[notice.step].needs_ground


def may_be_mailed(notice: Notice) -> bool:
    """Whether one key sends it: an address is known, and the file can be made."""
    return notice.channel == Channel.EMAIL and bool(notice.address) and may_be_made(notice)


@transaction.atomic
def make(notice: Notice, actor: Actor) -> Bundle:
    """The file. Raises NotPossible (NoMandate, NoGround), WrongState, LedgerBroken."""
    row = services.locked(notice, NoticeState)
    if not is_one(row):
        raise NotPossible("This step has no such file.")
    kind, behalf = KINDS[row.step], behalf_of(row)
    if behalf is None:
        raise NoMandate("Nobody has signed for it, or asked for it.")
    if kind.needs_ground and not broken(row):
        raise NoGround("The service was told nothing, or kept its duties.")
    ledger.verify(behalf.case)
    now = clock.now()
    readme = _README.format(
        reference=row.reference,
        of=kind.of,
        stem=kind.stem,
        at=now.isoformat(timespec="seconds"),
        digests=DIGESTS,
    )
    made = signed(row.reference, readme, facts.parts(row, kind, behalf, now), now)
    item = next(item for item in row.items if item.case_id == behalf.case.pk)
    data = {"notice": row.reference, "sha256sums": made.digest, "key": made.key}
    ledger.record(behalf.case, f"{kind.stem}.made", actor, item=item, data=data)
    return made


@transaction.atomic
def send(notice: Notice, actor: Actor) -> Notice:
    """Send it with its file by e-mail, now. Raises NotPossible, WrongState, BadAddress."""
    row = services.locked(notice, {NoticeState.TASK})
    if not row.address:
        raise NotPossible("No e-mail address is known for this step.")
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
