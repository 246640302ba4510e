"""Writing a notice with the four elements of Article 16(2) DSA, as if the uploader may read it (Art. 17).

Everything it says comes from the category, the URL, the registry, the settings, and the particulars that an
analyst wrote for the host. Nothing comes from the case: no name, contact, description, case reference or code
can get in, because none is ever read here.
"""

from __future__ import annotations

import datetime as dt
import textwrap
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown.hosts import exact
from disrupt.hotline.takedown.models import Notice, Particular
from disrupt.hotline.takedown.notices.facts import Facts, day_of, gather, moment_of, values_of
from disrupt.hotline.takedown.notices.machines import for_machines
from disrupt.hotline.takedown.notices.texts import Words
from disrupt.hotline.takedown.notices.xarf import reports
from disrupt.hotline.takedown.planning.history import first_of, still_seen
from disrupt.hotline.takedown.states import Step

WIDTH = 76


@dataclass(frozen=True)
class Line:
    """A paragraph; or an address, which stands as it is on a line of its own."""

    text: str
    exact: bool = False


@dataclass(frozen=True)
class Section:
    """A part of a notice under its title; the first and the last have none."""

    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Composed:
    """A notice in words: the subject (one line), the text in parts, and the same for machines.

    `xarf`: its reports in a format that some hosts take.
    """

    texts_version: str
    subject: str
    sections: tuple[Section, ...]
    attachment: Mapping[str, Any]
    xarf: Sequence[Mapping[str, Any]] = ()

    @property
    def body(self) -> str:
        """The text of the mail, folded."""
        return "\n\n".join(_folded(section) for section in self.sections) + "\n"


def compose(notice: Notice, at: dt.datetime) -> Composed:
    """The words of a notice composed at a moment. Raises UnknownCategory, BadRegistry."""
    facts = gather(notice, at)
    words = facts.texts.words(Step(notice.step), notice.language)
    values = values_of(facts)
    subject = _plain_subject(words.lines("subject", values)[0])
    sections = tuple(_sections(facts, words, values))
    machines = for_machines(facts, at)
    return Composed(facts.texts.version, subject, sections, machines, reports(facts, at))


def _plain_subject(text: str) -> str:
    """ASCII, and short enough for one line: the reference must never be in an encoded word."""
    return unicodedata.normalize("NFKD", one_line(text, 300)).encode("ascii", "ignore").decode()


def _folded(section: Section) -> str:
    lines = [line.text if line.exact else _wrap(line.text) for line in section.lines]
    return "\n".join([section.title, *lines] if section.title else lines)


def _wrap(paragraph: str) -> str:
    return textwrap.fill(paragraph, WIDTH, break_long_words=False, break_on_hyphens=False)


def _sections(facts: Facts, words: Words, values: Mapping[str, str]) -> list[Section]:
    def say(*keys: str) -> list[Line]:
        return [Line(text) for key in keys for text in words.lines(key, values)]

    def part(title: str, lines: list[Line]) -> Section:
        return Section(words.lines(title, values)[0] if title else "", tuple(lines))

    if facts.omit_notifier:
        notifier = say("notifier_omitted")
    else:
        notifier = say("notifier") + (say("flagger") if facts.flagger else [])
    return [
        part("", say("opening") + (say("ticket") if values["ticket"] else []) + _seen(facts, words)),
        part("where_title", _addresses(facts, words, values)),
        part("why_title", say(*facts.regime.why) + (say("minors") if facts.category.minors else [])),
        part("request_title", say("request")),
        part("notifier_title", notifier),
        part("good_faith_title", say("good_faith")),
        *([part("signature_title", say("signature"))] if facts.mandate else []),
        part("answers_title", say("answers") + (say("link") if facts.takes_answers else [])),
        part("", say("closing")),
    ]


def _seen(facts: Facts, words: Words) -> list[Line]:
    """In a reminder: that it was still there, where that was seen."""
    first = first_of(facts.notice)
    seen = still_seen(facts.notice, first.sent_at) if first else None
    if seen is None:
        return []
    values = {"seen": moment_of(seen, facts.notice.language)}
    return [Line(text) for text in words.lines("still_there", values)]


def _addresses(facts: Facts, words: Words, values: Mapping[str, str]) -> list[Line]:
    lines: list[Line] = []
    for number, one in enumerate(facts.where, 1):
        own = {
            **values,
            "n": str(number),
            "count": str(len(facts.where)),
            "examined": day_of(one.examined, facts.notice.language),
            "sha256": one.sha256,
        }
        keys = ["nth"] if len(facts.where) > 1 else []
        lines += [Line(""), *(Line(text) for key in keys for text in words.lines(key, own))]
        lines.append(Line(one.place.exact, exact=True))
        if one.place.ascii != one.place.exact:
            said = [Line(text) for text in words.lines("ascii", own)]
            lines += [Line(""), *said, Line(one.place.ascii, exact=True)]
        if one.history:
            own |= one.history
        after = ["which", "fingerprint"] if one.sha256 else ["which"]
        after += ["history"] if one.history else []
        lines += [Line(""), *(Line(text) for key in after for text in words.lines(key, own))]
        lines += _particulars(one.particular, words, facts.notice.language)
    return lines


def _particulars(one: Particular | None, words: Words, language: str) -> list[Line]:
    """What identifies the content in the page."""
    if one is None:
        return []
    seen = moment_of(one.seen_at, language) if one.seen_at else ""
    told = {"place": one.place, "moment": one.moment, "shows": one.shows, "seen": seen}
    lines = [
        Line(text)
        for name, value in told.items()
        if value
        for text in words.lines(f"particular_{name}", {name: value})
    ]
    if one.media:
        lines += [Line(text) for text in words.lines("particular_media", {})]
        lines.append(Line(exact(one.media), exact=True))
    return lines
