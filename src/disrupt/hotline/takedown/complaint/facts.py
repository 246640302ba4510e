"""What a signed file holds: for programs, as a document, and the proofs themselves.

Nothing of it is about another person: a message that names other addresses as well is told by its digest.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.evidence import extract
from disrupt.hotline.cases.models import LedgerEvent, Mandate
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown.complaint.document import document
from disrupt.hotline.takedown.complaint.grounds import broken, law, told
from disrupt.hotline.takedown.complaint.kinds import Behalf, Kind
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Answer, Check, Notice
from disrupt.hotline.takedown.planning.allowed import SAY
from disrupt.hotline.takedown.planning.escalation import tier_of

_OF_THE_ITEM = ("item.police_notified", "item.host_notified", "item.host_reminded", "item.removed",
                "item.back_online")  # fmt: skip


def parts(complaint: Notice, kind: Kind, behalf: Behalf, at: dt.datetime) -> dict[str, bytes]:
    """The files of a complaint, a report or an instruction."""
    sent = told(complaint)
    values = _values(complaint, kind, behalf, sent, at)
    found = {
        f"{kind.stem}.json": json.dumps(values, ensure_ascii=False, indent=1).encode(),
        f"{kind.stem}.pdf": document(complaint, kind, values, at),
        "looks.jsonl": _lines(values["looks"]),
        "ledger.jsonl": extract.lines(_events(complaint, behalf)),
    }
    for notice in sent:
        if notice.message and _is_about_one(notice):
            found[f"notices/{notice.reference}.eml"] = bytes(notice.message)
    return found


def _is_about_one(notice: Notice) -> bool:
    return notice.within is None and not notice.members.exists()


def _lines(rows: Iterable[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _events(complaint: Notice, behalf: Behalf) -> list[LedgerEvent]:
    """What was done about this address in the case of whoever it is for, and what they said of it."""
    events = behalf.case.ledger.filter(item__concern__target=complaint.target_id).order_by("number")
    mine = [one for one in events if one.kind.startswith("notice.") or one.kind in _OF_THE_ITEM]
    said = behalf.case.ledger.filter(kind__startswith="mandate.", item=None)
    mine += [one for one in said if one.data.get("what") == SAY[complaint.step][0]]
    return sorted(mine, key=lambda one: one.number)


def _values(
    complaint: Notice, kind: Kind, behalf: Behalf, sent: list[Notice], at: dt.datetime
) -> dict[str, Any]:
    """docs/law.md describes every key."""
    place, category = take_apart(complaint.target.url), scheme(complaint.scheme)[complaint.category]
    language = complaint.language
    return {
        "format": f"disrupt-{kind.stem}/1",
        "reference": complaint.reference,
        "made_at": at.isoformat(timespec="seconds"),
        "law": law().version,
        "complainant": {"name": one_line(settings.HOTLINE_NAME, 120), "email": settings.HOTLINE_EMAIL},
        "mandate": _signature(behalf.mandate),
        "service": {
            "name": sent[0].name if sent else complaint.host,
            "host": place.host,
            "dsa_tier": tier_of(complaint),
        },
        "url": {"exact": place.exact, "ascii": place.ascii},
        "category": {
            "code": category.code,
            "name": category.name.in_language(language),
            "facts": category.facts.in_language(language),
            "law": category.article.in_language(language),
            "penalty": category.penalty.in_language(language),
        },
        "grounds": [
            {"code": one.code, "article": one.article, "said": one.said} for one in broken(complaint)
        ],
        "notices": [_notice(one) for one in sent],
        "answers": [_answer(one) for one in Answer.objects.filter(notice__in=sent).order_by("at")],
        "looks": [_look(one) for one in complaint.target.checks.order_by("at")],
    }


def _signature(mandate: Mandate | None) -> dict[str, str] | None:
    """What was signed; None where the step needs no signature."""
    if mandate is None:
        return None
    return {
        "signed_on": str(mandate.signed_on),
        "signatory": mandate.signatory,
        "sha256": mandate.document,
    }


def _notice(notice: Notice) -> dict[str, Any]:
    leader = notice.within or notice
    return {
        "reference": notice.reference,
        "step": notice.step,
        "number": notice.number,
        "to": notice.name,
        "address": notice.address,
        "sent_at": extract.plain(notice.sent_at),
        "message_id": leader.message_id,
        "message_sha256": leader.message_sha256,
        "message_is_here": bool(notice.message) and _is_about_one(notice),
        "server_said": leader.reply,
        "delivered_at": extract.plain(notice.delivered_at),
        "delivery_report": notice.delivery,
        "filed_reference": notice.filed_reference,
        "receipt_at": extract.plain(notice.acknowledged_at),
        "decision": notice.decision,
        "decision_at": extract.plain(notice.decision_at),
        "reasons": notice.decision_note,
    }


def _answer(answer: Answer) -> dict[str, Any]:
    assert answer.notice is not None
    mine = _is_about_one(answer.notice)
    return {
        "to": answer.notice.reference,
        "at": answer.at.isoformat(),
        "kind": answer.kind,
        "subject": answer.subject if mine else "",
        "text": answer.text if mine else "",
    }


def _look(check: Check) -> dict[str, Any]:
    fields = ("at", "seen", "sign", "status", "hops", "size", "reached", "tls_leaf", "rules")
    return {name: extract.plain(getattr(check, name)) for name in fields}
