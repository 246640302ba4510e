"""What can become of an item, and which step may follow which."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ItemKind(models.TextChoices):
    URL = "url", _("address")
    FILE = "file", _("deposited file")
    DECLARED = "declared", _("fingerprint made on the person's device")
    PROOF = "proof", _("proof")


class ItemState(models.TextChoices):
    RECEIVED = "received", _("received")
    DECIDED = "decided", _("decided, not in effect yet")
    ACCEPTED = "accepted", _("qualified as illegal")
    BANKED = "banked", _("fingerprint in the bank")
    PROTECTED = "protected", _("protected, content destroyed")
    POLICE_NOTIFIED = "police_notified", _("police notified")
    HOST_NOTIFIED = "host_notified", _("host notified")
    HOST_REMINDED = "host_reminded", _("host reminded")
    REMOVED = "removed", _("removed")
    BACK_ONLINE = "back_online", _("back online")
    REJECTED = "rejected", _("not qualified")
    CLOSED = "closed", _("not qualified, content destroyed")
    KEPT = "kept", _("proof, kept sealed")
    DESTROYED = "destroyed", _("proof, destroyed")
    WITHDRAWN = "withdrawn", _("withdrawn by the reporter")


class HeldFor(models.TextChoices):
    """Why a fingerprint waits for a person before it is offered (never why it would be refused)."""

    MANY_IN_REPORT = "many_report", _("this report has put as many unseen fingerprints as it may")
    MANY_TODAY = "many_today", _("as many unseen fingerprints came today as may be offered unseen")
    LAWFUL = "lawful", _("it answers to a picture on the list of lawful, well-known ones")
    UNREADABLE = (
        "unreadable",
        _("it cannot be decoded: offering it gives its exact digests only, and destroys it"),
    )
    NOT_BLOCKED = "not_blocked", _("a partner looked at what it matched, and did not block it")
    FLOOD = "flood", _("it matched unusually often at a partner, and was taken off the lists")
    DISPUTED = "disputed", _("a partner disputes it")


S = ItemState

FOLLOWS: dict[ItemState, frozenset[ItemState]] = {
    S.RECEIVED: frozenset({S.DECIDED, S.ACCEPTED, S.REJECTED, S.BANKED, S.KEPT, S.WITHDRAWN}),
    S.DECIDED: frozenset({S.RECEIVED, S.ACCEPTED, S.REJECTED, S.WITHDRAWN}),
    S.ACCEPTED: frozenset({S.BANKED, S.KEPT, S.POLICE_NOTIFIED, S.HOST_NOTIFIED, S.REMOVED, S.WITHDRAWN}),
    S.BANKED: frozenset({S.PROTECTED, S.WITHDRAWN}),
    S.PROTECTED: frozenset({S.WITHDRAWN}),
    S.POLICE_NOTIFIED: frozenset({S.HOST_NOTIFIED, S.REMOVED, S.WITHDRAWN}),
    S.HOST_NOTIFIED: frozenset({S.HOST_REMINDED, S.REMOVED, S.WITHDRAWN}),
    S.HOST_REMINDED: frozenset({S.HOST_REMINDED, S.REMOVED, S.WITHDRAWN}),
    S.REMOVED: frozenset({S.BACK_ONLINE, S.WITHDRAWN}),
    S.BACK_ONLINE: frozenset({S.POLICE_NOTIFIED, S.HOST_NOTIFIED, S.HOST_REMINDED, S.REMOVED, S.WITHDRAWN}),
    S.REJECTED: frozenset({S.CLOSED, S.WITHDRAWN, S.ACCEPTED}),
    S.CLOSED: frozenset({S.WITHDRAWN}),
    S.KEPT: frozenset({S.DESTROYED, S.WITHDRAWN}),
    S.DESTROYED: frozenset({S.WITHDRAWN}),
    S.WITHDRAWN: frozenset(),
}

# Nothing more is expected of us; the case can close once all its items are here.
SETTLED = frozenset({S.PROTECTED, S.REMOVED, S.CLOSED, S.KEPT, S.DESTROYED, S.WITHDRAWN})


class ImpossibleStep(ValueError):
    """This item cannot go from its state to that one."""


def check_step(old: str, new: ItemState) -> None:
    """Raises ImpossibleStep unless `new` may follow `old`."""
    if new not in FOLLOWS[ItemState(old)]:
        raise ImpossibleStep(f"An item that is “{old}” cannot become “{new}”.")
