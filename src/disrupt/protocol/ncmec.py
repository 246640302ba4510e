"""The wire of NCMEC's hash sharing, version 2, as its public client reads it: XML, and time windows."""

from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://hashsharing.ncmec.org/hashsharing/v2"
MOST_FEEDBACK = 4096
"""Bytes of a body of feedback."""
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class BadNcmec(ValueError):
    """What was sent does not follow the format; the sentence says what."""


@dataclass(frozen=True, slots=True)
class Member:
    """Who takes part: a number and a name."""

    number: int
    name: str

    def xml(self) -> str:
        return f'<member id="{self.number}">{escape(self.name)}</member>'


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a list, or that it is gone (`fingerprints` is empty then)."""

    kind: str
    id: str
    at: dt.datetime
    deleted: bool
    classification: str = ""
    fingerprints: tuple[tuple[str, str], ...] = ()

    def xml(self, member: Member) -> str:
        head = f"{member.xml()}<timestamp>{write_time(self.at)}</timestamp><id>{escape(self.id)}</id>"
        if self.deleted:
            tag = f"deleted{self.kind.title()}"
            return f"<{tag}>{head}</{tag}>"
        prints = "".join(f"<{name}>{value}</{name}>" for name, value in self.fingerprints)
        about = f"<classification>{escape(self.classification)}</classification>"
        return f"<{self.kind}>{head}{about}<fingerprints>{prints}</fingerprints></{self.kind}>"


def write_time(at: dt.datetime) -> str:
    """Whole seconds, in UTC."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"


def read_time(text: str) -> dt.datetime:
    """A time as RFC 3339 writes it, in whole seconds. Raises BadNcmec."""
    found = _TIME.fullmatch(text)
    try:
        if not found:
            raise ValueError
        return dt.datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3].upper()}").astimezone(dt.UTC)
    except (ValueError, OverflowError):
        raise BadNcmec("A time is written as 2026-11-30T08:00:00Z.") from None


def document(tag: str, inside: str) -> str:
    """A whole answer."""
    return f'<?xml version="1.0" encoding="UTF-8"?><{tag} xmlns="{NAMESPACE}">{inside}</{tag}>'


def write_entries(member: Member, entries: Sequence[Entry], following: str) -> str:
    """The answer to a window; `following` is the address of the next page, empty on the last."""
    parts = []
    for kind in ("image", "video"):
        those = [one for one in entries if one.kind == kind]
        newest = f" maxTimestamp={quoteattr(write_time(max(one.at for one in those)))}" if those else ""
        inside = "".join(one.xml(member) for one in those)
        parts.append(f'<{kind}s count="{len(those)}"{newest}>{inside}</{kind}s>')
    paging = f"<paging><next>{escape(following)}</next></paging>" if following else ""
    return document("queryResult", paging + "".join(parts))


def write_reasons(reasons: Iterable[tuple[str, str]]) -> str:
    """What an entry can be said not to be: numbers and words."""
    listed = "".join(f"<reason guid={quoteattr(guid)} name={quoteattr(name)}/>" for guid, name in reasons)
    inside = f"<availableFeedbackReasons>{listed}</availableFeedbackReasons>"
    return document("feedbackReasons", inside)


def read_feedback(body: bytes) -> str | None:
    """The number of the reason for which an entry is disputed; None where it is affirmed. Raises BadNcmec."""
    if len(body) > MOST_FEEDBACK:
        raise BadNcmec("The body is a short feedbackSubmission.")
    root = read_xml(body)
    said = [local(one.tag) for one in root]
    if local(root.tag) != "feedbackSubmission" or said not in (["affirmative"], ["negative"]):
        raise BadNcmec("A feedbackSubmission holds either affirmative or negative.")
    if said == ["affirmative"]:
        return None
    guids = [one.text or "" for one in root.iter() if local(one.tag) == "guid"]
    if len(guids) != 1:
        raise BadNcmec("A negative feedback has one reason.")
    return guids[0]


def read_xml(body: bytes) -> ET.Element:
    """A body as a tree; nothing in it can grow. Raises BadNcmec."""
    try:
        text = body.decode("utf-8")
        # A document type is where entities are declared that grow without end.
        if "<!" in text:
            raise BadNcmec("The body has no document type, comment or CDATA.")
        return ET.fromstring(text)  # noqa: S314  # declares no entity, as was just seen
    except (ET.ParseError, ValueError, LookupError) as error:
        raise error if isinstance(error, BadNcmec) else BadNcmec("The body is not XML in UTF-8.") from None


def local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]
