"""What a partner found when entries matched (`POST /v1/feedback`), read strictly."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from disrupt.protocol.feed import is_entry_id
from disrupt.protocol.numbers import as_whole

MOST_WORDS = 1000
MOST_SEEN = 1_000_000_000
_MEMBERS = frozenset({"entry", "opinion", "why", "seen", "retroactive"})


class Opinion(enum.StrEnum):
    """What was found: matched and not looked at yet, blocked, looked at and not blocked, another picture."""

    MATCHED = "matched"
    BLOCKED = "blocked"
    NOT_BLOCKED = "not_blocked"
    FALSE_MATCH = "false_match"


DISPUTING = (Opinion.NOT_BLOCKED, Opinion.FALSE_MATCH)


class Why(enum.StrEnum):
    """Why it was not blocked; never free text, which could name people."""

    NOT_SAID = ""
    OTHER_PICTURE = "other_picture"
    LAWFUL = "lawful"
    CONSENT = "consent"
    NOBODY_SHOWN = "nobody_shown"
    OTHER = "other"


class BadFeedback(ValueError):
    """What was posted does not follow the format; the sentence says which word and why."""


@dataclass(frozen=True, slots=True)
class Word:
    """A partner's word on one entry. `seen`: uploads that matched it in the last 24 hours; `retroactive`:
    found among what had been uploaded before the entry came.
    """

    entry: str
    opinion: Opinion
    why: Why = Why.NOT_SAID
    seen: int = 1
    retroactive: bool = False


def _word(raw: object) -> Word:
    if not isinstance(raw, Mapping) or not raw.keys() <= _MEMBERS:
        raise BadFeedback(f"a word is an object of {', '.join(sorted(_MEMBERS))}")
    entry, seen, late = (
        raw.get("entry"),
        as_whole(raw.get("seen", 1), MOST_SEEN),
        raw.get("retroactive", False),
    )
    if not isinstance(entry, str) or not is_entry_id(entry):
        raise BadFeedback("entry is the id of an entry")
    if seen is None:
        raise BadFeedback(f"seen is a whole number from 0 to {MOST_SEEN}")
    if not isinstance(late, bool):
        raise BadFeedback("retroactive is true or false")
    try:
        return Word(entry, Opinion(raw.get("opinion", "")), Why(raw.get("why", "")), seen, late)
    except (ValueError, TypeError):
        opinions, reasons = ", ".join(Opinion), ", ".join(one for one in Why if one)
        raise BadFeedback(f"opinion is one of {opinions}; why is left out or one of {reasons}") from None


def parse_feedback(raw: object) -> tuple[Word, ...]:
    """The words, the last of each entry. Raises BadFeedback."""
    words = raw.get("feedback") if isinstance(raw, Mapping) and len(raw) == 1 else None
    if not isinstance(words, list) or not 1 <= len(words) <= MOST_WORDS:
        raise BadFeedback(f"the body is an object with feedback, a list of 1 to {MOST_WORDS:,}")
    found: dict[str, Word] = {}
    for number, one in enumerate(words):
        try:
            word = _word(one)
        except BadFeedback as error:
            raise BadFeedback(f"feedback[{number}]: {error}") from None
        found[word.entry] = word
    return tuple(found.values())
