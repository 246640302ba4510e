"""The tables of takedown, one a file."""

from disrupt.hotline.takedown.models.check import AWAY, Check, Probe, Seen
from disrupt.hotline.takedown.models.notice import Notice, new_message_id, new_reference
from disrupt.hotline.takedown.models.target import Concern, Presence, Target

__all__ = [
    "AWAY",
    "Check",
    "Concern",
    "Notice",
    "Presence",
    "Probe",
    "Seen",
    "Target",
    "new_message_id",
    "new_reference",
]
