"""What became of a threat, or of words alone: received, read by a person, answered; from the ledger alone."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import pgettext_lazy

from disrupt.hotline.cases.models import WRITTEN, Case, LedgerEvent
from disrupt.hotline.intake.following.happened import RECEIVED_STEP
from disrupt.hotline.intake.following.queries import Step
from disrupt.hotline.intake.following.tones import Meaning, Tone

_WAITING = Meaning(
    pgettext_lazy("threat", "Received"),
    pgettext_lazy("threat", "Nobody has read it yet. Threats are read before all other reports."),
    Tone.WAITING,
)
_WORDS_WAIT = Meaning(
    pgettext_lazy("threat", "Received"), pgettext_lazy("threat", "Nobody has read it yet."), Tone.WAITING
)
_READ = Meaning(
    pgettext_lazy("threat", "Read"),
    pgettext_lazy("threat", "A person of our team has read it."),
    Tone.GOING,
)
_ANSWERED = Meaning(
    pgettext_lazy("threat", "Answered"),
    pgettext_lazy("threat", "A person of our team has written to you: open “Messages”."),
    Tone.GOING,
)
_STEPS = {
    "read": pgettext_lazy("threat", "Read by a person"),
    "answered": pgettext_lazy("threat", "We wrote to you"),
}


@dataclass(frozen=True)
class Threatened:
    """How a threat stands, and since when."""

    meaning: Meaning
    steps: tuple[Step, ...]


def of(case: Case) -> Threatened | None:
    """How the threat of a case stands, or the words of one that holds nothing else; None for other cases."""
    if not case.threat and case.items.exists():
        return None
    events = list(case.ledger.order_by("number"))
    read = next((event for event in events if _is_reading(event)), None)
    answered = next((event for event in events if event.kind == "message.answered"), None)
    steps = [Step(case.created_at, RECEIVED_STEP)]
    found = [(one.at, _STEPS[name]) for name, one in (("read", read), ("answered", answered)) if one]
    steps += [Step(at, text) for at, text in sorted(found, key=lambda pair: pair[0])]
    waiting = _WAITING if case.threat else _WORDS_WAIT
    meaning = _ANSWERED if answered else _READ if read else waiting
    return Threatened(meaning, tuple(steps))


def _is_reading(event: LedgerEvent) -> bool:
    """Whether a person has read what the report says, or decided on what it holds."""
    if event.kind == "note.read":
        return event.data.get("kind") in WRITTEN
    return event.kind in {"case.read", "item.qualified"} and event.actor.startswith("analyst:")
