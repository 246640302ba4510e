"""The StopNCII exchange protocol's values, as the public `threatexchange` client sends and expects them.

Source: facebook/ThreatExchange, python-threatexchange, exchanges/clients/stopncii/api.py (version 1.2.17).
That client takes any JSON key it does not know, and is strict about the types of those it does.

Its "timestamps" must order records strictly, be safe to resume from, and never go back, which no clock
promises. Ours are therefore the feed's numbers, moved up so that they look like seconds since 1970 and lie
above the 10 with which a first fetch starts: timestamp = 1 500 000 000 + seq, until a backup is restored.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from disrupt.protocol.numbers import as_whole

EPOCH = 1_500_000_000
DEFAULT_PAGE_SIZE = 800
MAX_PAGE_SIZE = 5000
MAX_POSTED = 5000
MIN_QUALITY = 50

_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX32 = re.compile(r"[0-9a-f]{32}")
MOST_TAGS = 20
_UNSEEN = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069"
TAG = rf"[^{_UNSEEN}]{{1,64}}"
"""A word that can be kept and shown: no controls, nothing that turns a line around."""
_TAG = re.compile(rf"[^{_UNSEEN}\ud800-\udfff]{{1,64}}")  # nor halves of characters


class Signal(enum.StrEnum):
    """The signal types that have a use here (the client also names VideoTMK, Text and URL)."""

    IMAGE_PDQ = "ImagePDQ"
    VIDEO_MD5 = "VideoMD5"


class Status(enum.StrEnum):
    """Where a hash stands."""

    ACTIVE = "Active"
    WITHDRAWN = "Withdrawn"


class Opinion(enum.StrEnum):
    """What a platform says about a hash (`feedbackValue`)."""

    UNKNOWN = "Unknown"
    NONE = "None"
    QUALITY_UNKNOWN = "QualityUnknown"
    PENDING_REVIEW = "PendingReview"
    BLOCKED = "Blocked"
    NOT_BLOCKED = "NotBlocked"
    WITHDRAWN = "Withdrawn"
    DELETED = "Deleted"


class BadSubmission(ValueError):
    """What a platform posted does not follow the protocol; the sentence says which record and why."""


@dataclass(frozen=True, slots=True)
class HashRecord:
    """One hash as a fetch shows it; `cases` maps our entry identifiers to their status."""

    timestamp: int
    signal: Signal
    value: str
    status: Status
    cases: Mapping[str, Status]

    def to_wire(self, source: str) -> dict[str, Any]:
        """The record in JSON. A withdrawn one carries our NotBlocked: the client (1.2.17) looks for the
        withdrawal in the wrong field and would keep the hash, but shows what somebody disputes."""
        raw: dict[str, Any] = {
            "lastModtimestamp": self.timestamp,
            "signalType": self.signal.value,
            "hashValue": self.value,
            "hashStatus": self.status.value,
            "caseNumbers": {entry: status.value for entry, status in self.cases.items()},
        }
        if self.status is Status.WITHDRAWN:
            raw["CSPFeedbacks"] = [
                {"feedbackValue": Opinion.NOT_BLOCKED.value, "tags": ["withdrawn"], "source": source}
            ]
        return raw


@dataclass(frozen=True, slots=True)
class Posted:
    """One record of SubmitHashes or SubmitFeedback (where `signal` follows from the value's length)."""

    signal: Signal
    value: str
    opinion: Opinion
    tags: tuple[str, ...]


def write_fetch(
    records: Sequence[HashRecord], *, following: int, token: str | None, source: str
) -> dict[str, Any]:
    """The answer to FetchHashes; `following` is the timestamp to go on from, `token` is None on the last page
    (an empty one would loop the client)."""
    return {
        "count": len(records),
        "nextPageToken": token,
        "nextSetTimestamp": following,
        "hasMoreRecords": token is not None,
        "hashRecords": [record.to_wire(source) for record in records],
    }


def _records(raw: object, name: str) -> list[Mapping[str, Any]]:
    records = raw.get(name) if isinstance(raw, Mapping) else None
    if isinstance(raw, Mapping) and as_whole(raw.get("count", 0), 10**9) is None:
        raise BadSubmission("count is a whole number.")
    if not isinstance(records, list):
        raise BadSubmission(f"The body is an object with a list {name}.")
    if not 1 <= len(records) <= MAX_POSTED:
        raise BadSubmission(f"{name} holds 1 to {MAX_POSTED} records; this one holds {len(records)}.")
    for number, record in enumerate(records):
        if not isinstance(record, Mapping):
            raise BadSubmission(f"{name}[{number}] is not an object.")
    return records


def _signal_of(value: object, where: str) -> tuple[Signal, str]:
    text = value.lower() if isinstance(value, str) else ""
    if _HEX64.fullmatch(text):
        return Signal.IMAGE_PDQ, text
    if _HEX32.fullmatch(text):
        return Signal.VIDEO_MD5, text
    raise BadSubmission(f"{where}.hashValue is neither a PDQ (64 hexadecimal digits) nor an MD5 (32).")


def _opinion(raw: Mapping[str, Any], where: str) -> tuple[Opinion, tuple[str, ...]]:
    value, tags = raw.get("feedbackValue"), raw.get("tags", [])
    try:
        opinion = Opinion(value)  # type: ignore[arg-type]  # anything else is a ValueError too
    except ValueError:
        raise BadSubmission(f"{where}.feedbackValue is one of {', '.join(Opinion)}.") from None
    if not isinstance(tags, list) or len(tags) > MOST_TAGS or not all(_is_tag(tag) for tag in tags):
        raise BadSubmission(f"{where}.tags is a list of at most {MOST_TAGS} texts of 1 to 64 characters.")
    return opinion, tuple(sorted(set(tags)))


def _is_tag(tag: object) -> bool:
    return isinstance(tag, str) and _TAG.fullmatch(tag) is not None


def parse_hashes(raw: object) -> tuple[Posted, ...]:
    """The body of SubmitHashes. Accepts the client's `StopNCIISignalType.ImagePDQ`. Raises BadSubmission."""
    posted = []
    for number, record in enumerate(_records(raw, "hashRecords")):
        where = f"hashRecords[{number}]"
        named = str(record.get("signalType", "")).removeprefix("StopNCIISignalType.")
        signal, value = _signal_of(record.get("hashValue"), where)
        if named != signal.value:
            raise BadSubmission(f"{where}.signalType is ImagePDQ or VideoMD5, as its hashValue is.")
        feedbacks = record.get("CSPFeedbacks")
        if feedbacks is None or feedbacks == []:
            feedbacks = [{"feedbackValue": "None"}]
        if not isinstance(feedbacks, list) or len(feedbacks) != 1 or not isinstance(feedbacks[0], Mapping):
            raise BadSubmission(f"{where}.CSPFeedbacks is a list of one object: your own opinion.")
        posted.append(Posted(signal, value, *_opinion(feedbacks[0], where)))
    return tuple(posted)


def parse_feedback(raw: object) -> tuple[Posted, ...]:
    """The body of SubmitFeedback, which names neither signal type nor source. Raises BadSubmission."""
    posted = []
    for number, record in enumerate(_records(raw, "hashFeedbacks")):
        where = f"hashFeedbacks[{number}]"
        signal, value = _signal_of(record.get("hashValue"), where)
        posted.append(Posted(signal, value, *_opinion(record, where)))
    return tuple(posted)
