"""Where mail to the return address is fetched: a Maildir on this machine, or a mailbox on another (IMAP).

What was taken stands in the database; only then is it deleted where it came from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.mail import maildir
from disrupt.hotline.common.outbound.mailbox import Mailbox, open_mailbox
from disrupt.hotline.takedown.answers.reading import MAX_BYTES, take
from disrupt.hotline.takedown.models import Answer, MailCursor

_AT_ONCE = 200


def waiting() -> list[str]:
    """Names of the mails that have arrived in the Maildir."""
    return maildir.waiting(settings.ANSWERS_MAILDIR)


def take_file(name: str) -> None:
    """Read one mail of the Maildir. Running twice is harmless."""
    folder = settings.ANSWERS_MAILDIR
    if folder is None:
        return
    raw = maildir.read(folder, name, MAX_BYTES)
    if raw is None:
        return
    take(raw)
    maildir.done(folder, name)


def left_too_long() -> list[str]:
    """What an earlier version left in the Maildir for a person, and has stayed as long as it may."""
    return maildir.left_too_long(settings.ANSWERS_MAILDIR)


def throw_away(left: str) -> None:
    """Delete what was left."""
    maildir.throw_away(settings.ANSWERS_MAILDIR, left)


def mailboxes() -> list[str]:
    """The mailbox on another machine, if there is one."""
    return [settings.ANSWERS_IMAP_HOST] if settings.ANSWERS_IMAP_HOST else []


def configured() -> Mailbox:
    """The mailbox of the settings."""
    return Mailbox(
        settings.ANSWERS_IMAP_HOST,
        settings.ANSWERS_IMAP_PORT,
        settings.ANSWERS_IMAP_USER,
        settings.ANSWERS_IMAP_PASSWORD,
        settings.ANSWERS_IMAP_FOLDER,
    )


def read_mailbox(_host: str) -> int:
    """Take what came since the last time; return how many. A stop loses nothing, and repeats nothing.

    Raises Temporary, Unsafe.
    """
    box = configured()
    name = hashlib.sha256(f"{box.host} {box.port} {box.user} {box.folder}".encode()).hexdigest()
    cursor, _made = MailCursor.objects.get_or_create(mailbox=name)
    taken = 0
    with open_mailbox(box) as session:
        if session.validity != cursor.validity:
            # Numbers begin anew: what was taken already is known by its Message-ID.
            cursor.validity, cursor.number = session.validity, 0
            cursor.save()
        session.delete_until(cursor.number)
        for number in session.numbers(cursor.number)[:_AT_ONCE]:
            raw = session.fetch(number, MAX_BYTES)
            with transaction.atomic(durable=True):
                if raw:
                    take(raw)
                    taken += 1
                cursor.number = number
                cursor.save()
        session.delete_until(cursor.number)
    return taken


def forgettable() -> Iterator[int]:
    """Words of others, two weeks after a person has seen to them, or after they came and match nothing."""
    old = clock.now() - settings.KEEP_PERSONAL_DATA
    words = Answer.objects.exclude(text="", subject="", sender="")
    # What answers a notice of a case under a legal hold is kept with it.
    words = words.exclude(notice__target__concerns__item__case__kept_until__gt=clock.now())
    found = words.filter(done_at__lte=old) | words.filter(notice=None, at__lte=old)
    return found.values_list("pk", flat=True).iterator()


def forget(pk: int) -> None:
    """Keep that it came, and when."""
    Answer.objects.filter(pk=pk).update(text="", subject="", sender="", done_at=clock.now())
