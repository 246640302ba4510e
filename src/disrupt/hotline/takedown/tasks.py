"""The worker's duties of the takedown app: send what is due, and name what is in doubt."""

from __future__ import annotations

from disrupt.hotline.common.sweep import Duty
from disrupt.hotline.takedown import queries, sending

DUTIES: tuple[Duty, ...] = (
    Duty("takedown.doubt", queries.in_doubt, sending.doubt),
    Duty("takedown.send", queries.due_to_send, sending.send),
)
