"""What a state means, in plain words for the person concerned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import pgettext, pgettext_lazy

from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.intake.following.tones import Meaning, Tone
from disrupt.hotline.intake.visit import days

S = ItemState

EXAMINED = Meaning(
    pgettext_lazy("reporter", "Being examined"),
    pgettext_lazy("reporter", "An analyst is looking at your report."),
    Tone.GOING,
)

_SHARED: Mapping[ItemState, Meaning] = {
    S.RECEIVED: Meaning(
        pgettext_lazy("reporter", "Received"),
        pgettext_lazy("reporter", "An analyst will look at it. You have nothing to do."),
        Tone.WAITING,
    ),
    # What was decided is told once it cannot be undone any more.
    S.DECIDED: Meaning(
        pgettext_lazy("reporter", "Being examined"),
        pgettext_lazy(
            "reporter",
            "An analyst has examined it. What they decided is shown here as soon as it is final: "
            "in a few minutes, as a rule.",
        ),
        Tone.GOING,
    ),
    S.REJECTED: Meaning(
        pgettext_lazy("reporter", "We cannot act"),
        pgettext_lazy("reporter", "An analyst has examined it. We can do nothing about it."),
        Tone.OVER,
    ),
    S.CLOSED: Meaning(
        pgettext_lazy("reporter", "We cannot act"),
        pgettext_lazy(
            "reporter",
            "An analyst has examined it. We can do nothing about it, and no longer hold the content.",
        ),
        Tone.OVER,
    ),
    S.WITHDRAWN: Meaning(
        pgettext_lazy("reporter", "Cancelled"),
        pgettext_lazy("reporter", "You cancelled it. We do nothing more about it."),
        Tone.OVER,
    ),
}

# The only reason that is about what the picture shows; the others are told by the reason itself. Whether
# something is lawful is never said: it may be against another law than ours.
_NOT_INTIMATE: Mapping[ItemState, Meaning] = {
    S.REJECTED: Meaning(
        pgettext_lazy("reporter", "No intimate picture"),
        pgettext_lazy(
            "reporter",
            "An analyst has examined it. It shows no intimate picture as the law means it, so that we cannot "
            "act.",
        ),
        Tone.OVER,
    ),
    S.CLOSED: Meaning(
        pgettext_lazy("reporter", "No intimate picture"),
        pgettext_lazy(
            "reporter",
            "An analyst has examined it. It shows no intimate picture as the law means it, so that we cannot "
            "act. We no longer hold the content.",
        ),
        Tone.OVER,
    ),
}

_ADDRESS: Mapping[ItemState, Meaning] = {
    # Of an address we never held more than the address.
    S.CLOSED: _SHARED[S.REJECTED],
    S.ACCEPTED: Meaning(
        pgettext_lazy("reporter", "Illegal content"),
        pgettext_lazy("reporter", "The content is illegal. We are writing to the police and to the site."),
        Tone.GOING,
    ),
    S.POLICE_NOTIFIED: Meaning(
        pgettext_lazy("reporter", "Police notified"),
        pgettext_lazy(
            "reporter", "The police platform has been told. Next, we ask the site to remove the content."
        ),
        Tone.GOING,
    ),
    S.HOST_NOTIFIED: Meaning(
        pgettext_lazy("reporter", "Site notified"),
        pgettext_lazy(
            "reporter",
            "We asked the site to remove the content. We look by ourselves whether it is still there: "
            "you need not go there.",
        ),
        Tone.GOING,
    ),
    S.HOST_REMINDED: Meaning(
        pgettext_lazy("reporter", "Site reminded"),
        pgettext_lazy("reporter", "As far as we know, it is still there. We asked the site again."),
        Tone.ATTENTION,
    ),
    S.REMOVED: Meaning(
        pgettext_lazy("reporter", "Removed"),
        pgettext_lazy(
            "reporter",
            "The content is no longer there: we looked twice. We look again as long as we hold the address.",
        ),
        Tone.DONE,
    ),
    S.BACK_ONLINE: Meaning(
        pgettext_lazy("reporter", "Back online"),
        pgettext_lazy(
            "reporter", "The content has come back: we saw it twice. We are asking again that it be removed."
        ),
        Tone.ATTENTION,
    ),
}

_FILE: Mapping[ItemState, Meaning] = {
    S.ACCEPTED: Meaning(
        pgettext_lazy("reporter", "Illegal content"),
        pgettext_lazy(
            "reporter", "Sharing it without your consent is illegal. We are making its fingerprint."
        ),
        Tone.GOING,
    ),
    S.BANKED: Meaning(
        pgettext_lazy("reporter", "Fingerprint made"),
        pgettext_lazy(
            "reporter",
            "Our partners receive the fingerprint at their next update. Your file is about to be destroyed.",
        ),
        Tone.GOING,
    ),
    S.PROTECTED: Meaning(
        pgettext_lazy("reporter", "Ready for our partners"),
        pgettext_lazy(
            "reporter",
            "No partner has fetched the fingerprint yet. Your file is destroyed: we only hold its "
            "fingerprint.",
        ),
        Tone.GOING,
    ),
}


_DECLARED: Mapping[ItemState, Meaning] = {
    S.RECEIVED: Meaning(
        pgettext_lazy("reporter", "Received"),
        pgettext_lazy(
            "reporter",
            "Your device made this fingerprint. It goes to those of our partners who take fingerprints that "
            "nobody has looked at.",
        ),
        Tone.WAITING,
    ),
    S.BANKED: Meaning(
        pgettext_lazy("reporter", "Ready for our partners"),
        pgettext_lazy(
            "reporter",
            "No partner has fetched the fingerprint yet. It goes to those who take fingerprints that nobody "
            "has looked at, and who are told so.",
        ),
        Tone.GOING,
    ),
}
_UNUSABLE = Meaning(
    pgettext_lazy("reporter", "Cannot be used"),
    pgettext_lazy(
        "reporter",
        "This is not a fingerprint: nothing went to our partners. "
        "Make it again, or send us the photo or video.",
    ),
    Tone.ATTENTION,
)
TAKEN_OFF = Meaning(
    pgettext_lazy("reporter", "Taken off the lists"),
    pgettext_lazy(
        "reporter",
        "An analyst took this fingerprint off our partners’ list: what partners found did not look like an "
        "intimate photo or video. You can send us the photo or video itself: an analyst will look at it.",
    ),
    Tone.ATTENTION,
)
TAKEN_OFF_FILE = Meaning(
    pgettext_lazy("reporter", "Taken off the lists"),
    pgettext_lazy(
        "reporter",
        "An analyst took its fingerprint off our partners’ lists. If you think that this is a mistake, "
        "write to us.",
    ),
    Tone.ATTENTION,
)
HELD = Meaning(
    pgettext_lazy("reporter", "Waits for a person"),
    pgettext_lazy(
        "reporter",
        "A person of ours looks at this before the fingerprint goes to our partners. You have nothing to do.",
    ),
    Tone.WAITING,
)
HELD_BACK = Meaning(
    pgettext_lazy("reporter", "Waits for a person"),
    pgettext_lazy(
        "reporter",
        "This fingerprint matched unusually often. It leaves our partners’ lists until a person of ours has "
        "looked at it. You have nothing to do.",
    ),
    Tone.WAITING,
)
NOT_OFFERED = Meaning(
    pgettext_lazy("reporter", "Not on the lists"),
    pgettext_lazy(
        "reporter",
        "An analyst decided not to give this fingerprint to our partners. You can write to us, or send us "
        "the photo or video itself: an analyst will look at it.",
    ),
    Tone.ATTENTION,
)
STOPPED = Meaning(
    pgettext_lazy("reporter", "Stopped"),
    pgettext_lazy(
        "reporter",
        "Somebody who has the same file asked for it, and nobody said no in time. We do nothing more about "
        "it. If it was not you, add it again.",
    ),
    Tone.ATTENTION,
)
_DECLARED = {
    **_DECLARED,
    S.PROTECTED: _DECLARED[S.BANKED],
    S.REJECTED: _UNUSABLE,
    S.CLOSED: _UNUSABLE,
}


_PROOF: Mapping[ItemState, Meaning] = {
    S.KEPT: Meaning(
        pgettext_lazy("reporter", "Kept as a proof"),
        pgettext_lazy("reporter", "It is sealed with your report. No partner receives anything of it."),
        Tone.GOING,
    ),
    S.DESTROYED: Meaning(
        pgettext_lazy("reporter", "Destroyed"),
        pgettext_lazy("reporter", "Its time had come: this proof is destroyed."),
        Tone.OVER,
    ),
    S.WITHDRAWN: Meaning(
        pgettext_lazy("reporter", "Deleted"),
        pgettext_lazy("reporter", "You deleted this proof."),
        Tone.OVER,
    ),
}


def kept_until(ends: dt.datetime) -> Meaning:
    """A proof that is kept, and until when at the latest."""
    kept = _PROOF[S.KEPT]
    until = days.in_words(ends)
    said = pgettext("reporter", "It is destroyed with your report, on %(date)s at the latest.")
    return replace(kept, sentence=f"{kept.sentence} {said % {'date': until}}")


def meaning(kind: str, state: str, reason: str = "") -> Meaning:
    """What a state means for this kind of item; `reason` is the code of why it was not qualified."""
    known = ItemState(state)
    if reason == "NOT-INTIMATE" and known in _NOT_INTIMATE:
        return _NOT_INTIMATE[S.REJECTED if kind == ItemKind.URL else known]
    particular = {
        ItemKind.URL.value: _ADDRESS,
        ItemKind.DECLARED.value: _DECLARED,
        ItemKind.PROOF.value: _PROOF,
    }.get(kind, _FILE)
    # A step that this kind does not usually take is told in the other kind's words rather than not at all.
    for table in (particular, _SHARED, _ADDRESS, _FILE, _PROOF):
        if known in table:
            return table[known]
    raise KeyError(
        state
    )  # pragma: no cover  # tests/hotline/intake/following/test_wording.py goes through all of them
