"""Everything that is held about one case, as plain values, for its reporter (GDPR article 15).

It says nothing of who the analysts are. What only the analysts' key opens is listed as held, with its date.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django.conf import settings
from django.utils import timezone
from nacl.public import PrivateKey

from disrupt.hotline.bank import queries as bank
from disrupt.hotline.cases import legal_holds, messages, threats
from disrupt.hotline.cases.categories import UnknownCategory, scheme
from disrupt.hotline.cases.messages import read_copy
from disrupt.hotline.cases.models import Case, Item, JottingKind, LedgerEvent, Qualification, SealedNote
from disrupt.hotline.cases.queries import current_qualification
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.common.store.vault import ContentDestroyed
from disrupt.hotline.intake.following.queries import Followed, followed

# Whether others reported the same content, and which entry they share with it, is about them.
_OF_OTHERS = frozenset({"still_offered", "entry"})
_ANALYST = re.compile(r"\Aanalyst:.*", re.S)


def everything(case: Case, private: PrivateKey, language: str) -> dict[str, Any]:
    """The case as JSON values. Reading the messages for it counts as having read them."""
    said = messages.read(case, REPORTER, private)
    case.refresh_from_db()
    shown = {item.number: item for item in followed(case, language)}
    return {
        "made_at": _when(clock.now()),
        "reference": case.reference,
        "report": {
            "language": case.language,
            "reporter": case.reporter,
            "age_when_taken": case.age_when_taken,
            "threat": case.threat,
            "statement_made_at": _when(case.stated_at),
            "sent_at": _when(case.created_at),
            "finished_at": _when(case.closed_at),
            "personal_data_destroyed_at": _when(legal_holds.later(case, case.purge_at)),
        },
        "texts": [_note(note, private) for note in case.notes.order_by("pk")],
        "items": [_item(item, shown[item.position], language) for item in case.items.order_by("position")],
        "messages": [
            {
                "from": one.author.value,
                "sent_at": _when(one.at),
                "read_at": _when(one.read_at),
                "text": one.text,
            }
            for one in said
        ],
        "mail": [
            {"made_at": _when(letter.created_at), "state": letter.state}
            for letter in case.letters.order_by("pk")
        ],
        "notes_of_analysts": [
            {"written_at": _when(at)}
            for at in case.jottings.filter(kind=JottingKind.NOTE).order_by("at").values_list("at", flat=True)
        ],
        "ledger": [_event(event) for event in case.ledger.select_related("item").order_by("number")],
    }


def _when(moment: dt.datetime | None) -> str | None:
    """In the site's own time, with its difference from UTC."""
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


def _note(note: SealedNote, private: PrivateKey) -> dict[str, Any]:
    try:
        text: str | None = read_copy(note, private)
    except ContentDestroyed:
        text = None
    return {
        "kind": note.kind,
        "text": text,
        "lines": threats.in_words(note.kind, text) if text else [],
        "given_at": _when(note.created_at),
        "safe": note.safe,
        "at_night_too": note.any_hour,
        "mail_came_back_at": _when(note.bounced_at),
    }


def _item(item: Item, shown: Followed, language: str) -> dict[str, Any]:
    return {
        "number": item.position,
        "name": shown.name,
        "kind": item.kind,
        "url": item.url or None,
        "bytes": item.size or None,
        "received_at": _when(item.created_at),
        "state": item.state,
        "in_words": f"{shown.meaning.word}. {shown.meaning.sentence}",
        "steps": [{"at": _when(step.at), "what": str(step.text)} for step in shown.steps],
        "we_hold_the_file": item.holds_content,
        "we_would_know_the_same_file": bool(item.possession),
        "stops_at": _when(item.stop_at),
        "fingerprints": fingerprints(item),
        "decisions": [_decision(one, language) for one in item.qualifications.order_by("at", "pk")],
    }


def fingerprints(item: Item) -> dict[str, Any] | None:
    """The fingerprints of an item: made here, or on the person's own device."""
    entry = bank.entry_of_item(item.pk)
    if entry is not None:
        return {"sha256": entry.sha256, "md5": entry.md5, **entry.prints}
    left = bank.left_of_item(item.pk)
    if left is not None and left.withdrawn_at is not None:
        until = left.withdrawn_at + settings.KEEP_WITHDRAWN
        return {"to_be_erased_at": _when(until), "md5": left.md5, **left.prints}
    return dict(item.declared) if item.declared else None


def _decision(decision: Qualification, language: str) -> dict[str, Any]:
    known = {
        "at": _when(decision.at),
        "final_at": _when(decision.in_force_at),
        "taken_back_at": _when(decision.undone_at),
        "category": decision.category,
        "scheme": decision.scheme,
    }
    try:
        version = scheme(decision.scheme)
        category, reason = version[decision.category], version.reasons.get(decision.reason)
    except UnknownCategory:
        return known
    return known | {
        "name": category.name.in_language(language),
        "article": category.article.in_language(language),
        "also": decision.secondary,
        "person": decision.person,
        "made_or_edited_by_ai": decision.synthetic,
        "reason": reason.text.in_language(language) if reason else None,
        "reasoning": decision.reasoning or None,
        "said_to_the_host": decision.particulars or None,
        "why_at_once": decision.hurried or None,
    }


def law_of(item: Item) -> Qualification | None:
    """The decision in force, if it says that the content is illegal."""
    decision = current_qualification(item)
    if decision is None:
        return None
    try:
        return decision if scheme(decision.scheme)[decision.category].illegal else None
    except UnknownCategory:
        return None


def _event(event: LedgerEvent) -> dict[str, Any]:
    return {
        "number": event.number,
        "at": _when(event.at),
        "who": event.actor.partition(":")[0],
        "what": event.kind,
        "item": event.item.position if event.item else None,
        "details": _without_names(event.data),
        "digest": event.digest,
    }


def _without_names(value: Any) -> Any:
    """Ledger data without the account number of an analyst, wherever it stands, and without other cases."""
    if isinstance(value, dict):
        return {key: _without_names(one) for key, one in value.items() if key not in _OF_OTHERS}
    if isinstance(value, list):
        return [_without_names(one) for one in value]
    return _ANALYST.sub("analyst", value) if isinstance(value, str) else value
