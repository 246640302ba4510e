"""A signed file to be read: who writes, about what, what was not kept, done and seen, what is asked."""

from __future__ import annotations

import datetime as dt
from string import Template
from typing import Any

from django.utils import translation

from disrupt.hotline.takedown.complaint.grounds import law
from disrupt.hotline.takedown.complaint.kinds import Kind
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import Line, Section
from disrupt.hotline.takedown.notices.document import printed
from disrupt.hotline.takedown.notices.facts import day_of, moment_of
from disrupt.hotline.takedown.states import Decision, Step

# So many looks stand in the document; all of them are in the data.
_LOOKS = 60


def document(complaint: Notice, kind: Kind, values: dict[str, Any], at: dt.datetime) -> bytes:
    """The PDF of what a file's data say."""
    language = complaint.language
    common = law().words[language]
    words = {**common, **common.get(kind.stem, {})}
    with translation.override(language):
        sections = _sections(complaint, words, values)
    author = values["complainant"]["name"]
    return printed(words["title"], sections, complaint.reference, language, at, author=author)


def _sections(complaint: Notice, words: dict[str, Any], values: dict[str, Any]) -> list[Section]:
    language = complaint.language
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
    who = {"hotline": values["complainant"]["name"], "email": values["complainant"]["email"]}
    if mandate:
        who["signed_on"] = day_of(dt.date.fromisoformat(mandate["signed_on"]), language)
        who["document"] = mandate["sha256"]
    about = {name: category[name] for name in ("name", "code", "facts", "penalty")}
    grounds = [
        line for one in values["grounds"] for line in say("ground", article=one["article"], said=one["said"])
    ]
    service = say("service", service=values["service"]["name"], host=values["service"]["host"])
    return [
        Section("", tuple(say("opening"))),
        part("who", say("who", **who)),
        part("service", [*service, Line(values["url"]["exact"], exact=True)]),
        part("content", say("content", article=category["law"], **about)),
        part("grounds", grounds or say("no_ground")),
        part("done", done),
        part("seen", seen or say("nothing")),
        part("request", say("request")),
        Section("", tuple(say("closing"))),
    ]
