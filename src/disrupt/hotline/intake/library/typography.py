"""French spaces that do not break, and Arabic figures that stay in their order."""

from __future__ import annotations

import re

_FRENCH = (
    (re.compile(r" (?=[;!?])"), "\u202f"),
    (re.compile(r" (?=[:»%€])|(?<=«) "), "\u00a0"),
    (re.compile(r"(?<=\d) (?=\d{3}\b)"), "\u202f"),
    (re.compile(r"(?<=\d) (?=(?:ans?|jours?|heures?|h|minutes?|semaines?|mois|Go|Mo)\b)"), "\u00a0"),
)
# Between Arabic words the groups of “75 000” and of “226-2-1” would be shown from right to left.
_GROUPED = re.compile(r"\d+(?:[ -]\d+)+(?: €)?")


def spaced(text: str, language: str) -> str:
    """The text with both; other languages keep theirs."""
    if language.startswith("ar"):
        return _GROUPED.sub(lambda found: "\u2066" + found[0].replace(" ", "\u00a0") + "\u2069", text)
    for pattern, space in _FRENCH if language.startswith("fr") else ():
        text = pattern.sub(space, text)
    return text
