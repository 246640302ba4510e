"""The tables of takedown, one a file."""

from disrupt.hotline.takedown.models.notice import Notice, new_message_id, new_reference
from disrupt.hotline.takedown.models.target import Concern, Target

__all__ = ["Concern", "Notice", "Target", "new_message_id", "new_reference"]
