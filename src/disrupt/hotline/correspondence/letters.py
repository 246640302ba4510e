"""The mail that says “something is new”: neutral, to a safe address only, given away exactly once.

The address is opened for the moment of sending and is never stored or logged; neither are a server's words,
which often repeat it (docs/adr/0005, docs/adr/0010).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case, Letter, LetterState, SealedKind, SealedNote
from disrupt.hotline.cases.queries import read_note
from disrupt.hotline.common import clock, outbound, quiet
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.mail import once
from disrupt.hotline.common.mail.once import GRACE, LEASE
from disrupt.hotline.common.store.vault import ContentDestroyed
from disrupt.hotline.correspondence import telling

S = LetterState
_POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=True, max_line_length=78)
_CODES = re.compile(r"^([245]\d\d)(?:[ -]([245]\.\d{1,3}\.\d{1,3})\b)?")


def codes_of(reply: str) -> str:
    """The numbers of a server's reply (`550 5.1.1`); its words may repeat the address, and are dropped."""
    match = _CODES.match(reply)
    return " ".join(filter(None, match.groups())) if match else ""


def message_id(token: str) -> str:
    return f"<{token}@{settings.CONTACT_EMAIL.rpartition('@')[2]}>"


def return_address(token: str) -> str:
    """Where it comes back to: with a token of its own if the operator has such a mailbox (VERP)."""
    if not settings.BOUNCE_EMAIL:
        return str(settings.CONTACT_EMAIL)
    local, _at, domain = settings.BOUNCE_EMAIL.rpartition("@")
    return f"{local}+{token}@{domain}"


def compose(letter: Letter, recipient: str, language: str) -> bytes:
    """The bytes of one letter: the same for everybody but for language, date and token. Raises BadAddress."""
    message = EmailMessage(policy=_POLICY)
    local, _at, domain = outbound.check_address(settings.CONTACT_EMAIL).rpartition("@")
    with translation.override(language):
        lines = [_("Hello,"), "", _("Something is new. You know where to look.")]
        if settings.CONTACT_SHOWS_ADDRESS:
            lines += ["", settings.PORTAL_URL]
        lines += ["", _("Nobody reads answers to this message.")]
        subject = _("Something is new")
    message["From"] = Address("", local, domain)
    message["To"] = outbound.check_address(recipient)
    message["Subject"] = subject
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = message_id(letter.token)
    # RFC 3834: no out-of-office answers, please.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(lines) + "\n", charset="utf-8", cte="quoted-printable")
    message["Content-Language"] = language
    return message.as_bytes()


@dataclass(frozen=True)
class Claim:
    """The right to send one letter; carries the address for as long as that takes."""

    letter_id: int
    token: str
    envelope: once.Envelope = field(repr=False)

    def _held(self, *states: LetterState) -> Letter | None:
        return (
            Letter.objects.select_for_update(of=("self",))
            .select_related("case")
            .filter(pk=self.letter_id, claim=self.token, state__in=states)
            .first()
        )

    @transaction.atomic(durable=True)
    def begin(self) -> bool:
        """sending -> transmitting, if the address still stands and is still safe."""
        letter = self._held(S.SENDING)
        if letter is None:
            return False
        if _address_of(letter) is None:
            _change(letter, S.CANCELLED)
            return False
        letter.transmitting_at = clock.now()
        letter.save(update_fields=["transmitting_at"])
        _change(letter, S.TRANSMITTING, claim=self.token)
        return True

    @transaction.atomic(durable=True)
    def finish(self, reply: str) -> None:
        letter = self._held(S.TRANSMITTING, S.UNCERTAIN)
        if letter is not None:
            _end(letter, S.SENT, reply)

    @transaction.atomic(durable=True)
    def postpone(self, reply: str) -> None:
        letter = self._held(S.SENDING, S.TRANSMITTING)
        if letter is None:
            return
        if letter.attempts >= once.MAX_ATTEMPTS:
            _end(letter, S.FAILED, reply)
            return
        letter.due_at = clock.now() + once.pause_after(letter.attempts)
        letter.save(update_fields=["due_at"])
        _change(letter, S.SCHEDULED, reply)

    @transaction.atomic(durable=True)
    def refuse(self, reply: str) -> None:
        letter = self._held(S.SENDING, S.TRANSMITTING)
        if letter is not None:
            _change(letter, S.BOUNCED, reply)
            telling.mark_bounced(letter.note_id, codes_of(reply), WORKER)

    @transaction.atomic(durable=True)
    def fail(self, reason: str) -> None:
        letter = self._held(S.SENDING, S.TRANSMITTING)
        if letter is not None:
            _end(letter, S.FAILED, "")

    def doubt(self, reply: str) -> None:
        doubt(self.letter_id, self.token)


def _change(letter: Letter, state: LetterState, reply: str = "", claim: str = "") -> None:
    letter.state, letter.reply, letter.claim = state, codes_of(reply), claim
    letter.save(update_fields=["state", "reply", "claim"])


def _end(letter: Letter, state: LetterState, reply: str) -> None:
    _change(letter, state, reply)
    ledger.record(letter.case, f"letter.{state}", WORKER, data={"code": letter.reply})


def _address_of(letter: Letter) -> SealedNote | None:
    return (
        SealedNote.objects.select_for_update()
        .filter(pk=letter.note_id, case=letter.case_id, kind=SealedKind.EMAIL, safe=True, bounced_at=None)
        .first()
    )


def due() -> Iterator[int]:
    """Letters to send now: due, or claimed by a worker that died before it transmitted anything."""
    return Letter.objects.filter(_due()).order_by("due_at").values_list("pk", flat=True).iterator()


def _due() -> Q:
    now = clock.now()
    found = Q(state=S.SCHEDULED, due_at__lte=now) | Q(state=S.SENDING, claimed_at__lte=now - LEASE)
    if quiet.now_quiet():
        # One that was put off, by a server or by us, waits for the morning as well.
        found &= Q(note_id__in=telling.awake().values("pk"))
    return found


def in_doubt() -> Iterator[int]:
    """Letters whose transmission began and whose end nobody wrote down."""
    limit = clock.now() - GRACE
    late = Letter.objects.filter(state=S.TRANSMITTING, transmitting_at__lte=limit)
    return late.values_list("pk", flat=True).iterator()


@transaction.atomic(durable=True)
def _claim(letter_id: int) -> Claim | None:
    letter = Letter.objects.select_for_update().filter(_due(), pk=letter_id).first()
    if letter is None:
        return None
    case = Case.objects.get(pk=letter.case_id)
    note = _address_of(letter)
    if note is None:
        _change(letter, S.CANCELLED)
        return None
    try:
        recipient = read_note(note)
        envelope = once.Envelope(
            return_address(letter.token), recipient, compose(letter, recipient, case.language)
        )
    except ContentDestroyed:
        _change(letter, S.CANCELLED)
        return None
    except outbound.BadAddress:
        # An address that the form took and that mail cannot go to: a person sees it like a bounce.
        _change(letter, S.BOUNCED)
        telling.mark_bounced(note.pk, "", WORKER)
        return None
    letter.claimed_at, letter.attempts = clock.now(), letter.attempts + 1
    letter.save(update_fields=["claimed_at", "attempts"])
    token = secrets.token_hex(16)
    _change(letter, S.SENDING, claim=token)
    return Claim(letter.pk, token, envelope)


def send(letter_id: int) -> None:
    """Take a due letter as far as it goes now. Safe to call at any time, by any number of workers."""
    claim = _claim(letter_id)
    if claim is not None:
        once.deliver(claim.envelope, claim)


@transaction.atomic(durable=True)
def doubt(letter_id: int, token: str | None = None) -> None:
    """transmitting -> uncertain, for good: it says nothing that would be worth sending twice."""
    held = Q(transmitting_at__lte=clock.now() - GRACE) if token is None else Q(claim=token)
    letter = (
        Letter.objects.select_for_update(of=("self",))
        .select_related("case")
        .filter(held, pk=letter_id, state=S.TRANSMITTING)
        .first()
    )
    if letter is not None:
        claim = letter.claim
        _end(letter, S.UNCERTAIN, "")
        # Its sender may only be slow: with its claim it can still say that it was sent after all.
        letter.claim = claim
        letter.save(update_fields=["claim"])
