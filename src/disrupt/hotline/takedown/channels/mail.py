"""Mail: at most once by itself, and doubt is named; nobody can be asked what became of it (docs/adr/0005)."""

from __future__ import annotations

import datetime as dt

from disrupt.hotline.common.mail import once
from disrupt.hotline.takedown.channels.base import Capabilities, Found, Outcome, Parcel, Steps
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import Composed
from disrupt.hotline.takedown.posting.letters import letter
from disrupt.hotline.takedown.recipients import MOST_AT_ONCE, registry


class Mail:
    """SMTP through the relay."""

    capabilities = Capabilities(by_itself=True, most_at_once=MOST_AT_ONCE)

    def takes(self, category: str) -> bool:
        return True

    def prepare(self, notice: Notice, composed: Composed, at: dt.datetime) -> bytes:
        return letter(notice, composed, at, anonymous=notice.category in registry().omit_notifier_for)

    def send(self, parcel: Parcel, steps: Steps) -> None:
        once.deliver(once.Envelope(parcel.sender, parcel.recipient, parcel.message, parcel.report), steps)

    def reconcile(self, notice: Notice) -> Found:
        return Found(Outcome.UNKNOWN)


class Form:
    """A form that a person fills, with the text beside it; they record the reference that it returns."""

    capabilities = Capabilities(by_itself=False, most_at_once=1)

    def takes(self, category: str) -> bool:
        return True

    def prepare(self, notice: Notice, composed: Composed, at: dt.datetime) -> bytes:
        return b""

    def send(self, parcel: Parcel, steps: Steps) -> None:
        steps.fail("A person fills this recipient's form.")

    def reconcile(self, notice: Notice) -> Found:
        return Found(Outcome.UNKNOWN)
