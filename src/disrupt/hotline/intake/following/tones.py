"""What a state is said in: a name, a sentence, and a tone."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from django.utils.functional import Promise


class Tone(enum.StrEnum):
    """How a state is shown; the words always say the same, so colour is never alone."""

    WAITING = "waiting"
    GOING = "going"
    DONE = "done"
    ATTENTION = "attention"
    OVER = "over"


@dataclass(frozen=True)
class Meaning:
    """A state in a word or two, and in a sentence that says what follows."""

    word: str | Promise
    sentence: str | Promise
    tone: Tone
