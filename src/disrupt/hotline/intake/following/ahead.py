"""What the plan has next for an address, and not before when, as the ledger tells it.

A moment that the ledger names is the soonest: the police may be reached later. What somebody has moved, held
or ended since is no longer spoken of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import pgettext

from disrupt.hotline.cases.models import Item, LedgerEvent
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.intake.visit import days

_UNDERWAY = {
    ItemState.ACCEPTED,
    ItemState.POLICE_NOTIFIED,
    ItemState.HOST_NOTIFIED,
    ItemState.HOST_REMINDED,
    ItemState.BACK_ONLINE,
}
_TIMED = {"notice.scheduled", "notice.wait_changed"}


def ahead(item: Item, events: Iterable[LedgerEvent]) -> str:
    """The next letter to the site in a sentence, with its day; "" where the plan names none to come."""
    if item.state not in _UNDERWAY:
        return ""
    planned: dict[str, tuple[dt.datetime, str]] = {}
    for event in events:
        name = event.data.get("notice", "")
        if event.kind in _TIMED and "due_at" in event.data:
            step = event.data.get("step") or event.data.get("recipient", "")
            planned[name] = (dt.datetime.fromisoformat(event.data["due_at"]), step)
        elif name:
            # Sent, or ended: the item goes on with it, or an event of its own says so.
            planned.pop(name, None)
    told = sorted((at, step) for at, step in planned.values() if at > clock.now() and step in _SAID)
    if not told:
        return ""
    at, step = told[0]
    return _SAID[step]() % {"date": days.moment_in_words(at)}


def _site() -> str:
    return pgettext("reporter", "Next, we ask the site to remove it: not before %(date)s.")


def _again() -> str:
    return pgettext("reporter", "If it is still there, we ask the site again: not before %(date)s.")


def _others() -> str:
    return pgettext(
        "reporter",
        "If it is still there, a person of ours looks for who else can remove it: not before %(date)s.",
    )


def _regulator() -> str:
    return pgettext(
        "reporter",
        "If it is still there, we can complain to the regulator, if you sign for it: not before %(date)s.",
    )


_SAID = {"host": _site, "reminder": _again, "network": _others, "regulator": _regulator}
