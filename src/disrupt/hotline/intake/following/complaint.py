"""A document for a complaint to the police: in French, made in memory, and nothing of it is kept.

What a person typed is text, never markup; a screen reader reads it in order (common/typesetting.py).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import idna
from django.conf import settings
from django.utils import translation
from django.utils.encoding import iri_to_uri
from nacl.public import PrivateKey

from disrupt.hotline.cases import threats
from disrupt.hotline.cases.categories import Category, scheme, scheme_at
from disrupt.hotline.cases.messages import read_copy
from disrupt.hotline.cases.models import AgeWhenTaken, Case, Item, Reporter, SealedKind
from disrupt.hotline.cases.states import ItemKind
from disrupt.hotline.common import clock
from disrupt.hotline.common.store.vault import ContentDestroyed
from disrupt.hotline.common.typesetting import pdf, printable
from disrupt.hotline.intake.following.dossier import fingerprints, law_of
from disrupt.hotline.intake.following.queries import Followed, followed
from disrupt.hotline.intake.visit import days

_OTHERS = (ItemKind.URL, ItemKind.PROOF)


def document(case: Case, private: PrivateKey) -> bytes:
    """The PDF (20 to 60 kB); the key of the code opens what the person said of a threat."""
    with translation.override("fr"):
        return pdf("disrupt.hotline.intake", "complaint.typ", _values(case, _told(case, private)))


def _told(case: Case, private: PrivateKey) -> list[tuple[str, str]]:
    """What the person said of the threat, each with its label; nothing once it is destroyed."""
    said: list[tuple[str, str]] = []
    for note in case.notes.filter(kind=SealedKind.THREAT).order_by("pk"):
        try:
            lines = threats.in_words(note.kind, read_copy(note, private))
            said += [(label, printable(value)) for label, value in lines]
        except ContentDestroyed:
            continue
    return said


def _values(case: Case, told: list[tuple[str, str]]) -> dict[str, Any]:
    items = [
        (item, shown)
        for item, shown in zip(case.items.order_by("position"), followed(case, "fr"), strict=True)
        if not shown.withdrawn
    ]
    decided = _laws([item for item, _shown in items])
    presumed = scheme_at(case.created_at)
    return {
        "hotline": settings.HOTLINE_NAME,
        "email": settings.HOTLINE_EMAIL,
        "reference": case.reference,
        "made": _moment(clock.now()),
        "sent": _moment(case.created_at),
        "stated": _moment(case.stated_at),
        "representative": case.reporter == Reporter.REPRESENTATIVE,
        "minor": case.age_when_taken == AgeWhenTaken.MINOR,
        "threat": case.threat,
        "told": told,
        "addresses": [_address(item, shown) for item, shown in items if item.kind == ItemKind.URL],
        "files": [_file(item, shown) for item, shown in items if item.kind not in _OTHERS],
        "proofs": [_proof(item, shown) for item, shown in items if item.kind == ItemKind.PROOF],
        "qualified": bool(decided),
        "laws": decided or [_law(presumed[code]) for code in presumed_of(case) if code in presumed],
        "ledger": {"events": case.ledger_length, "head": case.ledger_head},
    }


def presumed_of(case: Case) -> tuple[str, ...]:
    """What may apply before anything is qualified, by age and threat.

    To a minor nothing is cited that rests on consent: the law knows none.
    """
    threat = ("EXT-SEX",) if case.threat else ()
    if case.age_when_taken == AgeWhenTaken.MINOR:
        return (*threat, "MIN-CSAM", *(("MIN-SOL",) if case.threat else ()))
    perhaps = ("MIN-CSAM",) if case.age_when_taken == AgeWhenTaken.UNSURE and case.items.exists() else ()
    return (*threat, "NCII-DIF", "NCII-CAP", *perhaps)


def _moment(at: Any) -> str:
    return f"{days.in_words(at)} à {days.time_in_words(at)}"


def _address(item: Item, shown: Followed) -> dict[str, Any]:
    return {"name": shown.name, "url": plain_address(item.url), **_steps(item, shown)}


def _file(item: Item, shown: Followed) -> dict[str, Any]:
    prints = fingerprints(item) or {}
    return {
        "name": shown.name,
        "sha256": prints.get("sha256", ""),
        "md5": prints.get("md5", ""),
        "without": _without_print(item, shown),
        "bytes": item.size,
        "declared": item.kind == ItemKind.DECLARED,
        **_steps(item, shown),
    }


def _without_print(item: Item, shown: Followed) -> str:
    """Why there is no fingerprint: it is not made yet, or nothing is left to make it of."""
    if item.holds_content:
        return "pas encore calculée par le dispositif."
    if shown.refused:
        return "aucune ; le fichier n’a pas été retenu, et il est détruit."
    return "aucune ; le dispositif n’a plus le fichier."


def _proof(item: Item, shown: Followed) -> dict[str, Any]:
    """Neither a picture nor a fingerprint of it is made: what there is, and until when."""
    until = f"conservé jusqu’au {_moment(item.due_at)} au plus tard" if item.holds_content else "détruit"
    return {"name": shown.name, "bytes": item.size, "received": _moment(item.created_at), "until": until}


def _steps(item: Item, shown: Followed) -> dict[str, Any]:
    decision = law_of(item)
    law = scheme(decision.scheme)[decision.category] if decision else None
    return {
        # To the police, what the hotline did not retain is not said to be lawful: that is for a court.
        "state": "Non qualifié" if shown.refused else str(shown.meaning.word),
        "law": law.name.fr if law else "",
        "steps": [{"at": _moment(step.at), "what": str(step.text)} for step in shown.steps],
    }


def plain_address(url: str) -> str:
    """The address in ASCII, as a browser sends it: exact, and every character of it can be printed."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        ascii_host = idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        ascii_host = host
    return iri_to_uri(parts._replace(netloc=parts.netloc.lower().replace(host, ascii_host)).geturl()) or ""


def _laws(items: list[Item]) -> list[dict[str, str]]:
    """Each article once, in the order of the items, main categories first."""
    found: dict[tuple[str, str], Category] = {}
    decisions = [decision for decision in map(law_of, items) if decision]
    for codes in ([(d, d.category) for d in decisions], [(d, c) for d in decisions for c in d.secondary]):
        for decision, code in codes:
            found.setdefault((decision.scheme, code), scheme(decision.scheme)[code])
    return [_law(category) for category in found.values()]


def _law(category: Category) -> dict[str, str]:
    return {
        "name": category.name.fr,
        "article": category.article.fr,
        "facts": category.facts.fr,
        "penalty": category.penalty.fr,
    }
