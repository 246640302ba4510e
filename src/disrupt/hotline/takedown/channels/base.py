"""What every channel can be asked: prepare the bytes, give them away, find out what became of them."""

from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from typing import Protocol

from disrupt.hotline.common.mail.once import Stages
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.compose import Composed
from disrupt.protocol.answer import AddressAnswer


@dataclass(frozen=True)
class Capabilities:
    """What a channel is able to do.

    `one_host`: all addresses of a message must be of one host. `reconciles`: what was lost on the way can be
    asked for, so that doubt is no person's task. `repeats`: the same bytes can be given away twice and count
    once, so that there is no doubt at all.
    """

    by_itself: bool
    most_at_once: int
    one_host: bool = False
    reconciles: bool = False
    repeats: bool = False


class Outcome(enum.Enum):
    """What became of a message whose end nobody wrote down."""

    ARRIVED = "arrived"
    NOT_THERE = "not_there"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Found:
    """What asking brought, and the recipient's own reference."""

    outcome: Outcome
    reference: str = ""


class Steps(Stages, Protocol):
    """What a channel has committed: those of common/once, and what an interface answers at once."""

    def accept(self, reply: str, reference: str, answers: tuple[AddressAnswer, ...] = ()) -> None:
        """The recipient confirmed that it has it, under its own reference; perhaps it has acted already."""


@dataclass(frozen=True)
class Parcel:
    """What is to be given away; `report`: under which name a mail server is asked what became of it."""

    notice: str
    sender: str
    recipient: str
    message: bytes
    report: str = ""


class Way(Protocol):
    """One channel."""

    capabilities: Capabilities

    def takes(self, category: str) -> bool:
        """Whether it has a place for what the notice is about."""

    def prepare(self, notice: Notice, composed: Composed, at: dt.datetime) -> bytes:
        """The very bytes that will be given away, made once and kept as evidence."""

    def send(self, parcel: Parcel, steps: Steps) -> None:
        """Take them as far as they go now; nothing leaves before `steps.begin()` is committed."""

    def reconcile(self, notice: Notice) -> Found:
        """What became of a message that may have arrived."""
