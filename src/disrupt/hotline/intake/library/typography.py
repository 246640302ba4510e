"""French spaces that do not break: before high punctuation, inside quotation marks, after figures."""

from __future__ import annotations

import re

_FRENCH = (
    (re.compile(r" (?=[;!?])"), "\u202f"),
    (re.compile(r" (?=[:»%€])|(?<=«) "), "\u00a0"),
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), "\u202f"),
    (re.compile(r"(?<=\d) (?=(?:ans?|jours?|heures?|h|minutes?|semaines?|mois|Go|Mo)\b)"), "\u00a0"),
)


def spaced(text: str, language: str) -> str:
    """The text with such spaces; other languages have none, and keep theirs."""
    for pattern, space in _FRENCH if language.startswith("fr") else ():
        text = pattern.sub(space, text)
    return text
