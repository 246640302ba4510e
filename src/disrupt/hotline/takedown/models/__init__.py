"""The tables of takedown, one a file."""

from disrupt.hotline.takedown.models.answer import Answer, AnswerKind, MailCursor
from disrupt.hotline.takedown.models.check import AWAY, Check, Probe, Seen
from disrupt.hotline.takedown.models.contact import Contact, Holder, Scope
from disrupt.hotline.takedown.models.figures import HostFigures
from disrupt.hotline.takedown.models.halt import Halt
from disrupt.hotline.takedown.models.notice import Notice, new_message_id, new_reference
from disrupt.hotline.takedown.models.particular import Particular
from disrupt.hotline.takedown.models.target import Concern, Presence, Target
from disrupt.hotline.takedown.models.watch import Hit, HitState, Source, SourceKind, WatchedPage

__all__ = [
    "AWAY",
    "Answer",
    "AnswerKind",
    "Check",
    "Concern",
    "Contact",
    "Halt",
    "Hit",
    "HitState",
    "Holder",
    "HostFigures",
    "MailCursor",
    "Notice",
    "Particular",
    "Presence",
    "Probe",
    "Scope",
    "Seen",
    "Source",
    "SourceKind",
    "Target",
    "WatchedPage",
    "new_message_id",
    "new_reference",
]
