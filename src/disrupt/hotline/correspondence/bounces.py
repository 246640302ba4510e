"""Mail that comes back (RFC 3464): which letter it was, and that its address is not tried again.

Reports are delivered to a Maildir (`BOUNCE_MAILDIR`). They hold the address: each is deleted as soon as it is
read. What is not a report is left in the folder's `cur` for a person, unread, for as long as personal data
are kept (`KEEP_PERSONAL_DATA`): an automatic reply says who its sender is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from disrupt.hotline.cases.models import Letter, LetterState
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.mail import maildir
from disrupt.hotline.common.mail.reports import NotAReport, permanent_failure
from disrupt.hotline.correspondence import telling

MAX_BYTES = 512 * 1024
_TOKEN = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True)
class Report:
    """What a report says: the tokens it names, and the status if it is a permanent failure."""

    tokens: frozenset[str]
    permanent: str


def waiting() -> list[str]:
    """Names of the reports that have arrived."""
    return maildir.waiting(settings.BOUNCE_MAILDIR)


def take(name: str) -> None:
    """Read one report, mark its contact, delete it. Running twice is harmless."""
    folder = settings.BOUNCE_MAILDIR
    if folder is None:
        return
    raw = maildir.read(folder, name, MAX_BYTES)
    if raw is None:
        return
    try:
        report = parse(raw)
    except NotAReport:
        maildir.leave(folder, name)
        return
    if report.permanent:
        for letter in Letter.objects.filter(token__in=report.tokens):
            if telling.mark_bounced(letter.note_id, report.permanent, WORKER):
                Letter.objects.filter(pk=letter.pk).update(state=LetterState.BOUNCED)
    maildir.done(folder, name)


def left_too_long() -> list[str]:
    """What was left for a person, and has stayed as long as it may."""
    return maildir.left_too_long(settings.BOUNCE_MAILDIR)


def throw_away(left: str) -> None:
    """Delete what was left."""
    maildir.throw_away(settings.BOUNCE_MAILDIR, left)


def parse(raw: bytes) -> Report:
    """What a mail says about an earlier one. Raises NotAReport."""
    status = permanent_failure(raw)
    # The token stands in the return address and in our Message-ID, which the report quotes.
    return Report(frozenset(_TOKEN.findall(raw.decode("ascii", "replace"))), status)
