"""How a signed notice reaches a site that reads it by itself, and what the site answers (docs/notice.md).

A site announces where it takes notices; what comes twice is answered twice, and done once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.errors import DisruptError

ANNOUNCED_AT = "/.well-known/disrupt-guard.json"
ANNOUNCEMENT, ANSWERS = "disrupt-guard/1", "disrupt-answers/1"
GONE, HELD, REFUSED, NOT_FOUND = "gone", "held", "refused", "not_found"
WORDS = (GONE, HELD, REFUSED, NOT_FOUND)
LONGEST_REASON = 2000


class BadAnswers(DisruptError):
    """What a site said does not follow the format."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one address of a notice: one of WORDS, and why."""

    address: str
    answer: str
    reason: str = ""


def announcement(raw: bytes) -> str:
    """Where a site takes notices, as it announces it. Raises BadAnswers."""
    told = _object(raw)
    if told.get("format") != ANNOUNCEMENT or not isinstance(told.get("notices"), str):
        raise BadAnswers(f"expected {ANNOUNCEMENT} with the address that takes notices")
    return str(told["notices"])


def answers(raw: bytes, notice: str) -> tuple[Answer, ...]:
    """The answers to one notice, one for each address that was looked at. Raises BadAnswers."""
    told = _object(raw)
    given = told.get("answers")
    if told.get("format") != ANSWERS or told.get("notice") != notice or not isinstance(given, list):
        raise BadAnswers(f"expected {ANSWERS} to this notice")
    return tuple(_answer(one) for one in given[:200])


def to_wire(notice: str, given: tuple[Answer, ...]) -> bytes:
    """What a site sends back."""
    told = [{"address": a.address, "answer": a.answer, "reason": a.reason} for a in given]
    return json.dumps({"format": ANSWERS, "notice": notice, "answers": told}, ensure_ascii=False).encode()


def _answer(raw: object) -> Answer:
    told: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    address, answer, reason = told.get("address"), told.get("answer"), told.get("reason", "")
    if not isinstance(address, str) or answer not in WORDS or not isinstance(reason, str):
        raise BadAnswers(f"expected an address and one of {', '.join(WORDS)}")
    return Answer(address, str(answer), reason[:LONGEST_REASON])


def _object(raw: bytes) -> dict[str, Any]:
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BadAnswers("it is not JSON") from error
    if not isinstance(told, dict):
        raise BadAnswers("it is no object")
    return told
