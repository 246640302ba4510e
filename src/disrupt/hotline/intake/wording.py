"""What a state or a step means, in plain words for the person concerned."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from disrupt.hotline.cases.states import ItemKind, ItemState

S = ItemState


class Tone(enum.StrEnum):
    """How a state is shown; the words always say the same, so colour is never alone."""

    WAITING = "waiting"
    GOING = "going"
    DONE = "done"
    ATTENTION = "attention"
    OVER = "over"


@dataclass(frozen=True)
class Meaning:
    """A state in a word or two, and in a sentence that says what follows."""

    word: str | Promise
    sentence: str | Promise
    tone: Tone


EXAMINED = Meaning(
    _("Being examined"),
    _("An analyst is looking at your report."),
    Tone.GOING,
)

_SHARED: Mapping[ItemState, Meaning] = {
    S.RECEIVED: Meaning(
        _("Received"),
        _("An analyst will look at it. You have nothing to do."),
        Tone.WAITING,
    ),
    S.REJECTED: Meaning(
        _("Not qualified"),
        _("We cannot act on it under the law."),
        Tone.OVER,
    ),
    S.CLOSED: Meaning(
        _("Not qualified"),
        _("We cannot act on it under the law. We no longer hold the content."),
        Tone.OVER,
    ),
    S.WITHDRAWN: Meaning(
        _("Cancelled"),
        _("You cancelled it. We do nothing more about it."),
        Tone.OVER,
    ),
}

_ADDRESS: Mapping[ItemState, Meaning] = {
    S.ACCEPTED: Meaning(
        _("Illegal content"),
        _("The content is illegal. We are writing to the police and to the site."),
        Tone.GOING,
    ),
    S.POLICE_NOTIFIED: Meaning(
        _("Police notified"),
        _("The police platform has been told. Next, we ask the site to remove the content."),
        Tone.GOING,
    ),
    S.HOST_NOTIFIED: Meaning(
        _("Site notified"),
        _("We asked the site to remove the content. We check whether it does."),
        Tone.GOING,
    ),
    S.HOST_REMINDED: Meaning(
        _("Site reminded"),
        _("The content is still there. We asked the site again."),
        Tone.ATTENTION,
    ),
    S.REMOVED: Meaning(
        _("Removed"),
        _("The content is no longer at this address. We go on checking."),
        Tone.DONE,
    ),
    S.BACK_ONLINE: Meaning(
        _("Back online"),
        _("The content has come back. We are asking the site to remove it again."),
        Tone.ATTENTION,
    ),
}

_FILE: Mapping[ItemState, Meaning] = {
    S.ACCEPTED: Meaning(
        _("Illegal content"),
        _("Sharing it without your consent is illegal. We are making its fingerprint."),
        Tone.GOING,
    ),
    S.BANKED: Meaning(
        _("Fingerprint made"),
        _("The fingerprint is on the list for our partners. Your file is about to be destroyed."),
        Tone.GOING,
    ),
    S.PROTECTED: Meaning(
        _("Protected"),
        _(
            "Our partners can recognise copies and block them. "
            "Your file is destroyed: we only hold its fingerprint."
        ),
        Tone.DONE,
    ),
}


def meaning(kind: str, state: str) -> Meaning:
    """What a state means for this kind of item."""
    known = ItemState(state)
    particular = _ADDRESS if kind == ItemKind.URL else _FILE
    # A step that this kind does not usually take is told in the other kind's words rather than not at all.
    for table in (particular, _SHARED, _ADDRESS, _FILE):
        if known in table:
            return table[known]
    raise KeyError(state)  # pragma: no cover  # tests/hotline/intake/test_wording.py goes through all of them


STEPS: Mapping[str, str | Promise] = {
    "item.banked": _("Fingerprint made and offered to our partners"),
    "item.protected": _("Protected: our partners can recognise copies"),
    "content.destroyed": _("Your file was destroyed, and we checked that it was"),
    "item.police_notified": _("Police notified"),
    "item.host_notified": _("Site asked to remove the content"),
    "item.host_reminded": _("Site reminded"),
    "item.removed": _("Content removed"),
    "item.back_online": _("Content back online"),
    "item.withdrawn": _("Cancelled by you"),
}
RECEIVED_STEP = _("Received")
ACCEPTED_STEP = _("Examined: the content is illegal")
REJECTED_STEP = _("Examined: not qualified")
