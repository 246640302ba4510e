"""Messages between the reporter and the analysts: written once, read by both, destroyed for certain.

A text is sealed before it comes here, once to the review key and once to the case's own public key
(docs/adr/0010). Whoever holds neither private key, as the portal alone, reads nothing back.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet
from nacl.public import PrivateKey, PublicKey

from disrupt.hotline.cases import ledger, retention, waiting
from disrupt.hotline.cases.locking import KeyReplaced, hold_case
from disrupt.hotline.cases.models import NO_KEY, Author, Case, Message, SealedNote
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, Actor
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import ContentDestroyed, SealedText, VaultId

MAX_LENGTH = 4000
WITHIN = dt.timedelta(hours=1)


class NobodyReads(ValueError):
    """The case was erased: no code opens it, so that no answer would ever be read."""


class TooMany(ValueError):
    """So many messages in an hour that nobody can read them; the next one waits."""


@dataclass(frozen=True)
class Said:
    """A message, opened. `text` is None when it was destroyed meanwhile."""

    author: Author
    at: dt.datetime
    read_at: dt.datetime | None
    text: str | None
    new: bool


def seal_for_reporter(text: str, public_key: bytes | memoryview) -> SealedText:
    """The copy that the holder of the case's code can read."""
    return vault.seal(text, PublicKey(bytes(public_key)))


def write(case: Case, text: str, actor: Actor, token: str) -> bool:
    """Add a message; the same form (`token`) sent twice is one message, and the second says False.

    Raises NobodyReads, TooMany.
    """
    author = Author.REPORTER if actor == REPORTER else Author.ANALYST
    if bytes(case.public_key) == NO_KEY:
        raise NobodyReads("This case was erased by its reporter: nobody can read an answer.")
    submission = _submission(case, token)
    if Message.objects.filter(submission=submission).exists():
        return False
    if author == Author.REPORTER and _in_the_last_hour(case) >= settings.MAX_MESSAGES_AN_HOUR:
        raise TooMany("The next message waits until an hour has passed.")
    sealed = (vault.seal(text), seal_for_reporter(text, case.public_key))
    try:
        with transaction.atomic():
            _add(case, author, actor, submission, *sealed)
    except KeyReplaced:
        _destroy(sealed)
        case.refresh_from_db()
        return write(case, text, actor, token)
    except BaseException as error:
        _destroy(sealed)
        if isinstance(error, IntegrityError) and Message.objects.filter(submission=submission).exists():
            return False
        raise
    return True


def _destroy(sealed: Iterable[SealedText]) -> None:
    for text in sealed:
        vault.destroy(text.vault_id)


def was_sent(case: Case, token: str) -> bool:
    """Whether the form of this token was sent."""
    return Message.objects.filter(submission=_submission(case, token)).exists()


def _submission(case: Case, token: str) -> str:
    return hashlib.sha256(f"{case.pk}:{token}".encode()).hexdigest()


def _in_the_last_hour(case: Case) -> int:
    return case.messages.filter(author=Author.REPORTER, at__gt=clock.now() - WITHIN).count()


def _add(
    case: Case, author: Author, actor: Actor, submission: str, review: SealedText, reporter: SealedText
) -> None:
    locked = hold_case(case.pk)
    if bytes(locked.public_key) == NO_KEY:
        raise NobodyReads("This case was erased by its reporter: nobody can read an answer.")
    if locked.public_key != case.public_key:
        raise KeyReplaced("The copy for the code is sealed to a key that the case has no more.")
    Message.objects.create(
        case=locked,
        author=author,
        submission=submission,
        review_id=review.vault_id,
        review_text=review.ciphertext,
        reporter_id=reporter.vault_id,
        reporter_text=reporter.ciphertext,
        at=clock.now(),
    )
    if author == Author.REPORTER and locked.items.filter(asked_until__isnull=False).update(asked_until=None):
        waiting.sort_in([locked.pk])
    retention.keep_from_now(locked)
    ledger.record(locked, "message.written" if author == Author.REPORTER else "message.answered", actor)


def read(case: Case, actor: Actor, private: PrivateKey | None = None) -> list[Said]:
    """The whole thread, oldest first; what the other side wrote counts as read from now on.

    The reporter reads with the key of the code (`private`), analysts with the review key; each reading of
    something new is an event of the ledger. Raises SealBroken, ReviewKeyMissing.
    """
    other = Author.ANALYST if private else Author.REPORTER
    found = list(case.messages.order_by("at", "pk"))
    said = [_open(message, other, private) for message in found]
    new = [m.pk for m, s in zip(found, said, strict=True) if s.new]
    if new:
        with transaction.atomic():
            hold_case(case.pk)
            fresh = Message.objects.filter(pk__in=new, read_at=None).update(read_at=clock.now())
            if fresh:
                ledger.record(case, "message.read", actor, data={"messages": fresh})
    return said


def _open(message: Message, other: Author, private: PrivateKey | None) -> Said:
    if private:
        sealed = SealedText(VaultId(message.reporter_id), bytes(message.reporter_text))
    else:
        sealed = SealedText(VaultId(message.review_id), bytes(message.review_text))
    try:
        text: str | None = vault.unseal(sealed, private)
    except ContentDestroyed:
        text = None
    new = message.author == other and message.read_at is None
    return Said(Author(message.author), message.at, message.read_at, text, new)


def unread(case: Case, author: Author) -> int:
    """How many messages by this author the other side has not read."""
    return case.messages.filter(author=author, read_at=None).count()


def read_copy(note: SealedNote, private: PrivateKey) -> str:
    """What the reporter once wrote, with the key of the code. Raises ContentDestroyed, SealBroken."""
    if not note.copy_id:
        raise ContentDestroyed("There is no copy of this text for the holder of the code.")
    return vault.unseal(SealedText(VaultId(note.copy_id), bytes(note.copy_text)), private)


def unread_of(cases: Iterable[Case]) -> Mapping[uuid.UUID, int]:
    """The same of many cases, by their keys, for what reporters wrote."""
    found = Message.objects.filter(case__in=list(cases), author=Author.REPORTER, read_at=None)
    return dict(found.order_by().values_list("case").annotate(n=Count("pk")))


def cases_with_unread() -> QuerySet[Case]:
    """Cases in which a reporter waits for somebody to read, the most urgent first."""
    waiting = Message.objects.filter(author=Author.REPORTER, read_at=None).values("case")
    return Case.objects.filter(pk__in=waiting).order_by("priority", "created_at")
