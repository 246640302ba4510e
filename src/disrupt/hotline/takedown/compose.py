"""Writing a notice with the four elements of Article 16(2) DSA, as if the uploader may read it (Art. 17).

Everything it says comes from the category, the URL, the registry, the settings, and the particulars that an
analyst wrote for the host. Nothing comes from the case: no name, contact, description, case reference or code
can get in, because none is ever read here.
"""

from __future__ import annotations

import datetime as dt
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from disrupt.hotline.bank.queries import entry_of_item
from disrupt.hotline.cases.categories import Category, scheme
from disrupt.hotline.cases.queries import current_qualification
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown.answers.matching import link_of
from disrupt.hotline.takedown.history import came_back, first_of, still_seen
from disrupt.hotline.takedown.hosts import Place, exact, take_apart
from disrupt.hotline.takedown.models import Notice, Particular
from disrupt.hotline.takedown.recipients import Flagger, registry
from disrupt.hotline.takedown.states import RecipientKind, Step
from disrupt.hotline.takedown.texts import Texts, Words, texts_at

WIDTH = 76
# Of a long name the end says whose it is; a word that fits no line would be encoded.
_LONGEST_HOST = 40
# https://transparency.dsa.ec.europa.eu/page/api-documentation : categories of statements of reasons.
_DSA_MINORS, _DSA_ADULTS = "STATEMENT_CATEGORY_PROTECTION_OF_MINORS", "STATEMENT_CATEGORY_CYBER_VIOLENCE"


@dataclass(frozen=True)
class Composed:
    """A notice in words: the subject (one line), the text, and the same for machines."""

    texts_version: str
    subject: str
    body: str
    attachment: Mapping[str, Any]


@dataclass(frozen=True)
class _Where:
    """One address of a notice: where it is, when it was examined, the digest of its file if it is known."""

    place: Place
    examined: dt.date
    sha256: str
    history: Mapping[str, str] | None
    particular: Particular | None


@dataclass(frozen=True)
class _Facts:
    notice: Notice
    where: tuple[_Where, ...]
    category: Category
    flagger: Flagger | None
    texts: Texts
    omit_notifier: bool
    takes_answers: bool

    @property
    def place(self) -> Place:
        return self.where[0].place


def compose(notice: Notice, at: dt.datetime) -> Composed:
    """The words of a notice composed at a moment. Raises UnknownCategory, BadRegistry."""
    facts = _gather(notice, at)
    words = facts.texts.words(Step(notice.step), notice.language)
    values = _values(facts)
    subject = _plain_subject(words.lines("subject", values)[0])
    return Composed(facts.texts.version, subject, _body(facts, words, values), _for_machines(facts, at))


def _plain_subject(text: str) -> str:
    """ASCII, and short enough for one line: the reference must never be in an encoded word."""
    return unicodedata.normalize("NFKD", one_line(text, 300)).encode("ascii", "ignore").decode()


def _gather(notice: Notice, at: dt.datetime) -> _Facts:
    others = notice.members.select_related("target").order_by("created_at", "pk")
    where = tuple(_where(row) for row in (notice, *others))
    recipients, place = registry(), where[0].place
    is_host = notice.recipient == RecipientKind.HOST
    return _Facts(
        notice=notice,
        where=where,
        category=scheme(notice.scheme)[notice.category],
        flagger=recipients.flagger_towards(place, notice.address, notice.category) if is_host else None,
        texts=texts_at(at),
        takes_answers=bool(settings.ANSWERS_URL) and is_host,
        omit_notifier=notice.category in recipients.omit_notifier_for,
    )


def _where(notice: Notice) -> _Where:
    items = [item for item in notice.items if item.state != ItemState.WITHDRAWN] or notice.items
    decisions = [decision for item in items if (decision := current_qualification(item))]
    entries = [entry for item in items if (entry := entry_of_item(item.pk)) and entry.sha256]
    examined = max((decision.at for decision in decisions), default=notice.created_at)
    return _Where(
        take_apart(notice.target.url),
        examined.astimezone(_zone()).date(),
        entries[0].sha256 if entries else "",
        came_back(notice, lambda at: _day(at.astimezone(_zone()).date(), notice.language)),
        Particular.objects.filter(target=notice.target_id, category=notice.category).first(),
    )


def _day(day: dt.date, language: str) -> str:
    return f"{day:%d/%m/%Y}" if language.startswith("fr") else day.isoformat()


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _moment(moment: dt.datetime, language: str) -> str:
    local = moment.astimezone(_zone())
    return f"{local:%d/%m/%Y %H:%M %Z}" if language.startswith("fr") else f"{local:%Y-%m-%d %H:%M %Z}"


def _values(facts: _Facts) -> dict[str, str]:
    notice, category, language = facts.notice, facts.category, facts.notice.language
    host_notice = Notice.objects.filter(
        target=notice.target_id, category=notice.category, step=Step.HOST, round=notice.round
    ).first()
    first = first_of(notice)
    return {
        "reference": first.reference if first else notice.reference,
        "link": link_of(first or notice),
        "number": str(notice.number),
        "first_sent": _moment(first.sent_at, language) if first and first.sent_at else "",
        "host": (facts.place.host or "?")[-_LONGEST_HOST:],
        "host_due": _moment(host_notice.due_at if host_notice else notice.due_at, language),
        "name": category.name.in_language(language),
        "code": category.code,
        "facts": category.facts.in_language(language),
        "article": category.article.in_language(language),
        "penalty": category.penalty.in_language(language),
        "hotline": one_line(settings.HOTLINE_NAME, 120),
        "email": settings.HOTLINE_EMAIL,
        "status": facts.flagger.words.in_language(language) if facts.flagger else "",
    }


def _body(facts: _Facts, words: Words, values: Mapping[str, str]) -> str:
    def say(*keys: str) -> list[str]:
        return [_wrap(line) for key in keys for line in words.lines(key, values)]

    if facts.omit_notifier:
        notifier = say("notifier_omitted")
    else:
        notifier = say("notifier") + (say("flagger") if facts.flagger else [])
    sections = [
        say("opening") + _seen(facts, words),
        say("where_title") + _addresses(facts, words, values),
        say("why_title", "category", "facts", "article", "penalty", "why_close")
        + (say("minors") if facts.category.minors else []),
        say("request_title", "request"),
        say("notifier_title") + notifier,
        say("good_faith_title", "good_faith"),
        say("answers_title", "answers") + (say("link") if facts.takes_answers else []),
        say("closing"),
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _seen(facts: _Facts, words: Words) -> list[str]:
    """In a reminder: that it was still there, where that was seen."""
    first = first_of(facts.notice)
    seen = still_seen(facts.notice, first.sent_at) if first else None
    if seen is None:
        return []
    values = {"seen": _moment(seen, facts.notice.language)}
    return [_wrap(line) for line in words.lines("still_there", values)]


def _addresses(facts: _Facts, words: Words, values: Mapping[str, str]) -> list[str]:
    lines: list[str] = []
    for number, one in enumerate(facts.where, 1):
        own = {
            **values,
            "n": str(number),
            "count": str(len(facts.where)),
            "examined": _day(one.examined, facts.notice.language),
            "sha256": one.sha256,
        }
        keys = ["nth"] if len(facts.where) > 1 else []
        lines += ["", *(_wrap(line) for key in keys for line in words.lines(key, own)), one.place.exact]
        if one.place.ascii != one.place.exact:
            lines += ["", *words.lines("ascii", own), one.place.ascii]
        if one.history:
            own |= one.history
        after = ["which", "fingerprint"] if one.sha256 else ["which"]
        after += ["history"] if one.history else []
        lines += ["", *(_wrap(line) for key in after for line in words.lines(key, own))]
        lines += _particulars(one.particular, words, facts.notice.language)
    return lines


def _particulars(one: Particular | None, words: Words, language: str) -> list[str]:
    """What identifies the content in the page."""
    if one is None:
        return []
    seen = _moment(one.seen_at, language) if one.seen_at else ""
    told = {"place": one.place, "moment": one.moment, "shows": one.shows, "seen": seen}
    lines = [
        _wrap(line)
        for name, value in told.items()
        if value
        for line in words.lines(f"particular_{name}", {name: value})
    ]
    return lines + ([*words.lines("particular_media", {}), exact(one.media)] if one.media else [])


def _wrap(paragraph: str) -> str:
    return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)


def _for_machines(facts: _Facts, at: dt.datetime) -> dict[str, Any]:
    """The same notice for programs; docs/law.md describes every key."""
    notice, category = facts.notice, facts.category
    notifier = None
    if not facts.omit_notifier:
        notifier = {
            "name": one_line(settings.HOTLINE_NAME, 120),
            "email": settings.HOTLINE_EMAIL,
            "trusted_flagger": facts.flagger is not None,
        }
    return {
        "format": "disrupt-notice/1",
        "reference": notice.reference,
        "composed_at": at.isoformat(timespec="seconds"),
        "legal_basis": "Regulation (EU) 2022/2065, Article 16",
        "urls": [
            {
                "exact": one.place.exact,
                "ascii": one.place.ascii,
                "host": one.place.host,
                "examined_on": one.examined.isoformat(),
                "sha256": one.sha256 or None,
                **_identified(one.particular),
            }
            for one in facts.where
        ],
        "category": {
            "code": category.code,
            "scheme": notice.scheme,
            "name": category.name.in_language(notice.language),
            "facts": category.facts.in_language(notice.language),
            "law": category.article.in_language(notice.language),
            "penalty": category.penalty.in_language(notice.language),
            "concerns_a_minor": category.minors,
            "dsa_statement_category": _DSA_MINORS if category.minors else _DSA_ADULTS,
        },
        "requested": "act" if notice.recipient == RecipientKind.PHAROS else "remove_or_block",
        "notifier": notifier,
        "bona_fide": True,
        "language": notice.language,
    }


def _identified(one: Particular | None) -> dict[str, str | None]:
    """The same particulars for programs."""
    return {
        "place": one.place or None if one else None,
        "moment": one.moment or None if one else None,
        "media": one.media or None if one else None,
        "shows": one.shows or None if one else None,
        "seen_at": one.seen_at.isoformat(timespec="seconds") if one and one.seen_at else None,
    }
