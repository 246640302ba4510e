"""Giving one mail away exactly once, or saying that nobody knows: the stages that every sender shares.

    claimed --connect, MAIL, RCPT--> begin() --DATA, 250--> finish()

The caller commits in each stage; before `begin` nothing has left, after it an interruption leaves doubt
(docs/adr/0005).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from disrupt.hotline.common import outbound

# A worker that has not reached DATA by then is taken for dead. It may be slow: its claim no longer holds, so
# it cannot go on to transmit.
LEASE = dt.timedelta(minutes=5)
# After DATA there may have been a success that nobody wrote down; wait out the longest final reply first.
GRACE = dt.timedelta(minutes=15)
PAUSES = tuple(dt.timedelta(minutes=m) for m in (2, 5, 15, 30, 60, 120, 240))
# RFC 5321, 4.5.4.1: a sender gives up after four to five days; these tries take about that long.
MAX_ATTEMPTS = 36


@dataclass(frozen=True)
class Envelope:
    """Who sends what to whom; neither the recipient nor the message shows when this is printed.

    `report`: under which name the servers on the way are asked to report; "": they are not.
    """

    sender: str
    recipient: str = field(repr=False)
    message: bytes = field(repr=False)
    report: str = ""


class Stages(Protocol):
    """What the holder of a claim commits, each in a transaction of its own."""

    def begin(self) -> bool:
        """Right before DATA; False stops (taken back meanwhile, or the claim is another's by now)."""

    def finish(self, reply: str) -> None:
        """The server said 250."""

    def postpone(self, reply: str) -> None:
        """Nothing has left; the same may succeed later."""

    def refuse(self, reply: str) -> None:
        """The server will never take it (5xx)."""

    def fail(self, reason: str) -> None:
        """It cannot be sent at all, for a reason of our own."""

    def doubt(self, reply: str) -> None:
        """Lost after the transmission began."""


def pause_after(attempts: int) -> dt.timedelta:
    """How long to wait after this many tries."""
    return PAUSES[min(max(attempts, 1), len(PAUSES)) - 1]


def deliver(envelope: Envelope, stages: Stages) -> None:
    """Take a claimed mail as far as it goes now."""
    try:
        with outbound.mail() as session:
            session.envelope(envelope.sender, envelope.recipient, report=envelope.report)
            if not stages.begin():
                return
            reply = session.transmit(envelope.message)
            # Inside the session: the server's goodbye must not stand between its 250 and our commit.
            stages.finish(reply)
    except (outbound.Temporary, outbound.Unsafe) as error:
        stages.postpone(error.reply)
    except outbound.Refused as error:
        stages.refuse(error.reply)
    except outbound.BadAddress as error:
        stages.fail(str(error))
    except outbound.Unknown as error:
        stages.doubt(error.reply)
