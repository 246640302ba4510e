"""The tables of a case, one a file. No name, address, file name or IP address has a column here (D10)."""

from disrupt.hotline.cases.models.anchor import LedgerAnchor, LedgerMark
from disrupt.hotline.cases.models.case import ERASED, NO_KEY, AgeWhenTaken, Case, Reporter
from disrupt.hotline.cases.models.event import LedgerEvent
from disrupt.hotline.cases.models.hold import HoldMotive, LegalHold
from disrupt.hotline.cases.models.item import HostOf, Item
from disrupt.hotline.cases.models.jotting import Jotting, JottingKind
from disrupt.hotline.cases.models.letter import Letter, LetterState, new_token
from disrupt.hotline.cases.models.mandate import SIGNED, Allowed, Mandate, Signatory, Wish
from disrupt.hotline.cases.models.message import Author, Message
from disrupt.hotline.cases.models.note import WRITTEN, SealedKind, SealedNote
from disrupt.hotline.cases.models.opinion import Asked, SecondOpinion
from disrupt.hotline.cases.models.qualification import PersonAge, Qualification
from disrupt.hotline.cases.models.rule import CarryRule, How
from disrupt.hotline.cases.models.sketch import Likeness, Sketch
from disrupt.hotline.cases.models.stop import StopRequest

__all__ = [
    "ERASED",
    "NO_KEY",
    "SIGNED",
    "WRITTEN",
    "AgeWhenTaken",
    "Allowed",
    "Asked",
    "Author",
    "CarryRule",
    "Case",
    "HoldMotive",
    "HostOf",
    "How",
    "Item",
    "Jotting",
    "JottingKind",
    "LedgerAnchor",
    "LedgerEvent",
    "LedgerMark",
    "LegalHold",
    "Letter",
    "LetterState",
    "Likeness",
    "Mandate",
    "Message",
    "PersonAge",
    "Qualification",
    "Reporter",
    "SealedKind",
    "SealedNote",
    "SecondOpinion",
    "Signatory",
    "Sketch",
    "StopRequest",
    "Wish",
    "new_token",
]
