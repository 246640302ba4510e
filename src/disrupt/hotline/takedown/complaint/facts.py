"""What the file of a complaint holds: for programs, as a document, and the proofs themselves.

Nothing of it is about another person: a message that names other addresses as well is told by its digest.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from string import Template
from typing import Any

from django.conf import settings
from django.utils import translation

from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.evidence import extract
from disrupt.hotline.cases.models import LedgerEvent, Mandate
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown.complaint.grounds import broken, law, told
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Answer, Check, Notice
from disrupt.hotline.takedown.notices.compose import Line, Section
from disrupt.hotline.takedown.notices.document import printed
from disrupt.hotline.takedown.notices.facts import day_of, moment_of
from disrupt.hotline.takedown.planning.escalation import tier_of
from disrupt.hotline.takedown.states import Decision, Step

# So many looks stand in the document; all of them are in the data.
_LOOKS = 60
_OF_THE_ITEM = ("item.police_notified", "item.host_notified", "item.host_reminded", "item.removed",
                "item.back_online")  # fmt: skip


def parts(complaint: Notice, mandate: Mandate, at: dt.datetime) -> dict[str, bytes]:
    """The files of a complaint."""
    sent = told(complaint)
    values = _values(complaint, mandate, sent, at)
    found = {
        "complaint.json": json.dumps(values, ensure_ascii=False, indent=1).encode(),
        "complaint.pdf": _document(complaint, values, at),
        "looks.jsonl": _lines(values["looks"]),
        "ledger.jsonl": extract.lines(_events(complaint, mandate)),
    }
    for notice in sent:
        if notice.message and _is_about_one(notice):
            found[f"notices/{notice.reference}.eml"] = bytes(notice.message)
    return found


def _is_about_one(notice: Notice) -> bool:
    return notice.within is None and not notice.members.exists()


def _lines(rows: Iterable[Any]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _events(complaint: Notice, mandate: Mandate) -> list[LedgerEvent]:
    """What was done about this address in the case of whoever signed, and what they said of it."""
    events = mandate.case.ledger.filter(item__concern__target=complaint.target_id).order_by("number")
    mine = [one for one in events if one.kind.startswith("notice.") or one.kind in _OF_THE_ITEM]
    said = mandate.case.ledger.filter(kind__startswith="mandate.", item=None)
    mine += [one for one in said if one.data.get("what") == mandate.what]
    return sorted(mine, key=lambda one: one.number)


def _values(complaint: Notice, mandate: Mandate, sent: list[Notice], at: dt.datetime) -> dict[str, Any]:
    """docs/law.md describes every key."""
    place, category = take_apart(complaint.target.url), scheme(complaint.scheme)[complaint.category]
    language = complaint.language
    return {
        "format": "disrupt-complaint/1",
        "reference": complaint.reference,
        "made_at": at.isoformat(timespec="seconds"),
        "law": law().version,
        "complainant": {"name": one_line(settings.HOTLINE_NAME, 120), "email": settings.HOTLINE_EMAIL},
        "mandate": {
            "signed_on": str(mandate.signed_on),
            "signatory": mandate.signatory,
            "sha256": mandate.document,
        },
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


def _document(complaint: Notice, values: dict[str, Any], at: dt.datetime) -> bytes:
    language = complaint.language
    with translation.override(language):
        sections = _sections(complaint, values)
    title = law().words[language]["title"]
    return printed(title, sections, complaint.reference, language, at, author=values["complainant"]["name"])


def _sections(complaint: Notice, values: dict[str, Any]) -> list[Section]:
    words, language = law().words[complaint.language], complaint.language
    category, mandate = values["category"], values["mandate"]

    def say(key: str, **filled: str) -> list[Line]:
        found = words[key]
        return [
            Line(Template(one).substitute(filled)) for one in ([found] if isinstance(found, str) else found)
        ]

    def moment(text: str) -> str:
        return moment_of(dt.datetime.fromisoformat(text), language)

    def part(key: str, lines: list[Line]) -> Section:
        return Section(words[f"{key}_title"], tuple(line for line in lines if line.text.strip()))

    done: list[Line] = []
    for one in values["notices"]:
        step = str(Step(one["step"]).label)
        sent = {"at": moment(one["sent_at"]), "to": one["to"], "reference": one["reference"]}
        done += say("sent", step=step, sha256=one["message_sha256"] or "–", **sent)
        done += say("handed", reply=one["server_said"]) if one["server_said"] else []
        if one["delivered_at"]:
            done += say("delivered", at=moment(one["delivered_at"]), report=one["delivery_report"])
        done += say("filed", filed=one["filed_reference"]) if one["filed_reference"] else []
        done += say("receipt", at=moment(one["receipt_at"])) if one["receipt_at"] else []
        if one["decision"]:
            label = str(Decision(one["decision"]).label)
            done += say("decision", at=moment(one["decision_at"]), decision=label, reasons=one["reasons"])
    looks = complaint.target.checks.order_by("-at")[:_LOOKS]
    seen = [
        line
        for one in reversed(looks)
        for line in say("seen", at=moment_of(one.at, language), seen=one.get_seen_display(), sign=one.sign)
    ]
    signed_on = day_of(dt.date.fromisoformat(mandate["signed_on"]), language)
    who = {"hotline": values["complainant"]["name"], "email": values["complainant"]["email"]}
    about = {name: category[name] for name in ("name", "code", "facts", "penalty")}
    grounds = [
        line for one in values["grounds"] for line in say("ground", article=one["article"], said=one["said"])
    ]
    service = say("service", service=values["service"]["name"], host=values["service"]["host"])
    return [
        Section("", tuple(say("opening"))),
        part("who", say("who", signed_on=signed_on, document=mandate["sha256"], **who)),
        part("service", [*service, Line(values["url"]["exact"], exact=True)]),
        part("content", say("content", article=category["law"], **about)),
        part("grounds", grounds),
        part("done", done),
        part("seen", seen or say("nothing")),
        part("request", say("request")),
        Section("", tuple(say("closing"))),
    ]
