"""The evidence file of a case, for the police or a court: what was decided and done, and the whole ledger.

Two people make it: one asks, for a stated reason, another allows it. It holds no content, no sealed text and
no contact. A list of SHA-256 covers every part, and an Ed25519 signature the list.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import transaction

from disrupt.hotline.bank.models import EntrySource
from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.evidence.bundle import signed
from disrupt.hotline.cases.evidence.extract import DIGESTS, lines, plain
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.review.dossier.document import document
from disrupt.hotline.review.models import EvidenceRequest
from disrupt.hotline.takedown.queries import notices_of_case

ASKED, ALLOWED, MADE = "evidence.asked", "evidence.allowed", "evidence.made"
# So long after it was allowed the file can be made; and so long a request waits for somebody.
OPEN, WAITS = dt.timedelta(hours=24), dt.timedelta(days=7)
_README = """Evidence file of case {reference}, made on {at}.

evidence.pdf   what was reported, seen, decided and sent, and the chain, to be read
case.json      what was reported, decided and done; no content, no text of the person's, no contact
ledger.jsonl   every event of the case, one a line. {digests}
notices/       the messages as they were given to the mail server
"""


class NotTwoPeople(ValueError):
    """Who asks does not allow it."""


class NotAllowed(ValueError):
    """Nobody else has allowed it, or its time has passed."""


@transaction.atomic
def ask(case: Case, user: Any, motive: str) -> EvidenceRequest:
    """Ask for the file of a case."""
    made = EvidenceRequest.objects.create(case_id=case.pk, motive=motive, asked_by=user, asked_at=clock.now())
    ledger.record(case, ASKED, analyst(user.pk), data={"motive": motive})
    return made


@transaction.atomic
def allow(request: EvidenceRequest, user: Any) -> None:
    """Somebody else allows it. Raises NotTwoPeople, NotAllowed."""
    locked = EvidenceRequest.objects.select_for_update().get(pk=request.pk)
    if locked.asked_by_id == user.pk:
        raise NotTwoPeople("Two people make an evidence file.")
    if locked.allowed_at is not None or clock.now() > locked.asked_at + WAITS:
        raise NotAllowed("This request was allowed before, or has waited too long.")
    locked.allowed_by, locked.allowed_at = user, clock.now()
    locked.save(update_fields=["allowed_by", "allowed_at"])
    ledger.record(
        Case.objects.get(pk=locked.case_id), ALLOWED, analyst(user.pk), data={"motive": locked.motive}
    )


def is_open(request: EvidenceRequest) -> bool:
    """Whether the file can be made now."""
    return request.allowed_at is not None and clock.now() <= request.allowed_at + OPEN


@transaction.atomic
def make(request: EvidenceRequest, user: Any) -> bytes:
    """The file, a ZIP; that it was made is in the ledger, whose events before that are in it.

    Raises NotAllowed, LedgerBroken.
    """
    if not is_open(request) or user.pk not in {request.asked_by_id, request.allowed_by_id}:
        raise NotAllowed("Nobody else has allowed it, or its time has passed.")
    case = Case.objects.select_for_update().get(pk=request.case_id)
    ledger.verify(case)
    now = clock.now()
    readme = _README.format(reference=case.reference, at=now.isoformat(), digests=DIGESTS)
    made = signed(case.reference, readme, _parts(case, now), now)
    ledger.record(case, MADE, analyst(user.pk), data={"sha256sums": made.digest, "key": made.key})
    return made.data


def _parts(case: Case, at: dt.datetime) -> dict[str, bytes]:
    notices = notices_of_case(case)
    key = keys.name_of(keys.evidence_key())
    parts = {
        "evidence.pdf": document(case, notices, key, at),
        "case.json": json.dumps(_case(case, notices), ensure_ascii=False, indent=2).encode(),
        "ledger.jsonl": lines(case.ledger.order_by("number")),
    }
    for notice in notices:
        if notice.message:
            parts[f"notices/{notice.reference}.eml"] = bytes(notice.message)
    return parts


def _case(case: Case, notices: list[Any]) -> dict[str, Any]:
    return {
        "reference": case.reference,
        "opened_at": case.created_at.isoformat(),
        "statement_at": case.stated_at.isoformat(),
        "closed_at": plain(case.closed_at),
        "reporter": case.reporter,
        "age_when_taken": case.age_when_taken,
        "threat": case.threat,
        "items": [_item(item) for item in case.items.order_by("position")],
        "notices": [
            {
                "reference": notice.reference,
                "item": notice.item.position,
                "recipient": notice.recipient,
                "name": notice.name,
                "sent_at": plain(notice.sent_at),
                "message_sha256": notice.message_sha256,
                "acknowledged_at": plain(notice.acknowledged_at),
                "decision": notice.decision,
            }
            for notice in notices
        ],
    }


def _item(item: Item) -> dict[str, Any]:
    entry = EntrySource.objects.filter(item_id=item.pk).select_related("entry").first()
    return {
        "item": str(item.pk),
        "position": item.position,
        "kind": item.kind,
        "state": item.state,
        "address": item.url,
        "bytes": item.size,
        "sha256": entry.entry.sha256 if entry else "",
        "decisions": [
            {
                "category": one.category,
                "secondary": one.secondary,
                "scheme": one.scheme,
                "article": scheme(one.scheme)[one.category].article.fr,
                "person": one.person,
                "reason": one.reason,
                "made_or_edited_by_ai": one.synthetic,
                "reasoning": one.reasoning,
                "said_to_the_host": one.particulars,
                "by": one.by,
                "at": one.at.isoformat(),
                "in_force_at": plain(one.in_force_at),
                "undone_at": plain(one.undone_at),
            }
            for one in item.qualifications.order_by("at")
        ],
    }
