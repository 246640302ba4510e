"""The evidence of a case as a document to be read: what was reported, seen, decided and sent, and the chain.

It says what the data of the same file say, in words; no content, no text of the person's, no contact.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from disrupt.hotline.bank.models import EntrySource
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.models import Case, Item, LedgerEvent, Qualification
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.review.services import CONTENT_PREVIEWED, CONTENT_VIEWED
from disrupt.hotline.review.templatetags.review import event_name, motive_text
from disrupt.hotline.takedown.models import Check
from disrupt.hotline.takedown.notices.compose import Line, Section
from disrupt.hotline.takedown.notices.document import printed
from disrupt.hotline.takedown.notices.facts import moment_of

# So many events and looks stand in the document; all of them are in the data.
MOST = 400
_LOOKS = {CONTENT_PREVIEWED, CONTENT_VIEWED}


def document(case: Case, notices: Iterable[Any], key: str, at: dt.datetime) -> bytes:
    """The PDF, in the language of whoever makes it."""
    language = "fr" if (get_language() or "fr").startswith("fr") else "en"
    events = list(case.ledger.select_related("item").order_by("number"))
    sections = [
        Section("", tuple(_opening(case))),
        Section(_("The report"), tuple(_report(case, language))),
        *(_item(item, events, language) for item in case.items.order_by("position")),
        Section(_("Notices"), tuple(_notices(notices, language))),
        Section(_("The ledger"), tuple(_chain(case, events, key))),
    ]
    title = _("Evidence file %(case)s") % {"case": case.reference}
    author = one_line(settings.HOTLINE_NAME, 120)
    return printed(title, sections, case.reference, language, at, author=author)


def _opening(case: Case) -> list[Line]:
    said = _(
        "What %(hotline)s received, saw, decided and did in the case %(case)s. This document holds no "
        "content, nothing that the person wrote and no way to reach them. Analysts are named by number."
    )
    return [
        Line(said % {"hotline": settings.HOTLINE_NAME, "case": case.reference}),
        Line(
            _(
                "It is one part of a file: the list SHA256SUMS covers all parts, and an Ed25519 signature "
                "covers the list. README.txt says how to check both."
            )
        ),
    ]


def _report(case: Case, language: str) -> list[Line]:
    rows = [
        (_("Received"), moment_of(case.created_at, language)),
        (_("Statement made"), moment_of(case.stated_at, language)),
        (_("Reporter"), case.get_reporter_display()),
        (_("Age when taken"), case.get_age_when_taken_display()),
        (_("A threat is going on"), _("yes") if case.threat else _("no")),
        (_("Closed"), moment_of(case.closed_at, language) if case.closed_at else _("not closed")),
    ]
    return [_row(name, value) for name, value in rows if value]


def _row(name: str, value: str) -> Line:
    return Line(_("%(name)s: %(value)s") % {"name": name, "value": value})


def _item(item: Item, events: list[LedgerEvent], language: str) -> Section:
    title = _("Item %(n)s: %(kind)s") % {"n": item.position, "kind": item.get_kind_display()}
    lines = [
        _row(_("Received"), moment_of(item.created_at, language)),
        _row(_("State"), item.get_state_display()),
    ]
    if item.url:
        lines.append(Line(item.url, exact=True))
    if item.size:
        lines.append(_row(_("Size"), ngettext("%(n)s byte", "%(n)s bytes", item.size) % {"n": item.size}))
    source = EntrySource.objects.filter(item_id=item.pk).select_related("entry").first()
    if source and source.entry.sha256:
        lines += [Line(_("SHA-256 of the content:")), Line(source.entry.sha256, exact=True)]
    for decision in item.qualifications.order_by("at"):
        lines += _decision(decision, language)
    looks = [one for one in events if one.item_id == item.pk and one.kind in _LOOKS]
    lines += [_look(one, language) for one in looks[:MOST]]
    lines += [_seen(one, language) for one in _checks(item)]
    return Section(title, tuple(lines))


def _decision(decision: Qualification, language: str) -> list[Line]:
    category = scheme(decision.scheme)[decision.category]
    said = _(
        "Decided on %(at)s by %(by)s: %(name)s (%(code)s, scheme %(scheme)s), %(article)s; "
        "the person is %(person)s."
    )
    lines = [
        Line(
            said
            % {
                "at": moment_of(decision.at, language),
                "by": decision.by,
                "name": category.name.in_language(language),
                "code": decision.category,
                "scheme": decision.scheme,
                "article": category.article.in_language(language),
                "person": decision.get_person_display(),
            }
        )
    ]
    if decision.reasoning:
        lines.append(_row(_("Legal reasoning"), decision.reasoning))
    if decision.undone_at:
        lines.append(_row(_("Taken back"), moment_of(decision.undone_at, language)))
    elif decision.in_force_at:
        lines.append(_row(_("In effect since"), moment_of(decision.in_force_at, language)))
    return lines


def _look(event: LedgerEvent, language: str) -> Line:
    motive = motive_text(event.data.get("motive", ""))
    said = _("%(at)s, %(by)s: %(what)s") % {
        "at": moment_of(event.at, language),
        "by": event.actor,
        "what": event_name(event.kind),
    }
    return Line(f"{said} ({motive})" if motive else said)


def _checks(item: Item) -> list[Check]:
    found = Check.objects.filter(target__concerns__item=item).order_by("-at")[:MOST]
    return list(reversed(found))


def _seen(check: Check, language: str) -> Line:
    return Line(
        _("%(at)s, the address was looked at: %(seen)s")
        % {"at": moment_of(check.at, language), "seen": check.get_seen_display()}
    )


def _notices(notices: Iterable[Any], language: str) -> list[Line]:
    lines: list[Line] = []
    for one in notices:
        if not one.sent_at:
            continue
        said = _("%(reference)s, sent on %(at)s to %(name)s about item %(n)s; SHA-256 of the message:")
        at = moment_of(one.sent_at, language)
        values = {"reference": one.reference, "at": at, "name": one.name, "n": one.item.position}
        lines += [Line(said % values), Line(one.message_sha256 or "-", exact=True)]
    return lines or [Line(_("None was sent."))]


def _chain(case: Case, events: list[LedgerEvent], key: str) -> list[Line]:
    said = _(
        "Every event is chained to the one before by its SHA-256. The chain was verified when this file was "
        "made: %(n)s events, of which the last one ends with the digest below. "
        "The signature is by the key %(key)s."
    )
    lines = [Line(said % {"n": len(events), "key": key}), Line(case.ledger_head, exact=True)]
    if len(events) > MOST:
        lines.append(Line(_("The newest %(n)s stand here; all of them are in ledger.jsonl.") % {"n": MOST}))
    return lines + [Line(_event(one), exact=True) for one in events[-MOST:]]


def _event(one: LedgerEvent) -> str:
    """One line; its digest as far as there is room."""
    at = one.at.astimezone(dt.UTC)
    return f"{one.number:>5} {at:%Y-%m-%d %H:%M:%SZ} {one.kind[:24]:<24} {one.digest[:32]}"
