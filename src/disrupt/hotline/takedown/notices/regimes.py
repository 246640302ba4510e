"""The laws that a notice can be under, as versioned data: what each wants to be said, and its deadline."""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from disrupt.hotline.cases.categories import Text
from disrupt.hotline.cases.models import Allowed
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import Step

POLICE, DSA, TAKE_DOWN = "police", "dsa", "take_it_down"
BY_STEP: Mapping[Step, str] = {
    Step.POLICE: POLICE,
    Step.HOST: DSA,
    Step.REMINDER: DSA,
    Step.SECOND: DSA,
    Step.NETWORK: DSA,
    Step.REGULATOR: "regulator",
    Step.SEARCH: "search",
    Step.TAKE_DOWN: TAKE_DOWN,
    Step.FTC: "ftc",
    Step.FLAGGER: DSA,
    Step.APPEAL: "appeal",
    Step.PROSECUTOR: "prosecutor",
    Step.COURT: "court",
    Step.POLICE_AGAIN: POLICE,
}


@dataclass(frozen=True)
class Regime:
    """One law: its name, its elements with where each stands, its deadline, its paragraphs.

    `why` names the paragraphs that say why the content is illegal (`notice-texts-*.json`); `categories` are
    those that it covers (none: all), `mandate` is what somebody must have signed, `valid_from` since when it
    binds (none: it is not known to), `open_for` how long a step under it can be taken from when it was due.
    """

    code: str
    law: Text
    elements: Mapping[str, str]
    why: Sequence[str]
    bulk_max: int
    deadline: dt.timedelta | None
    mandate: Allowed | None
    categories: Collection[str]
    may_omit_notifier: bool
    valid_from: dt.date | None
    open_for: dt.timedelta | None = None

    def covers(self, category: str, on: dt.date) -> bool:
        binds = self.valid_from is not None and self.valid_from <= on
        return binds and (not self.categories or category in self.categories)


@functools.cache
def regimes() -> Mapping[str, Regime]:
    """Those of the newest version, by their codes."""
    raw = json.loads(packaged.versions_of("regimes")[-1])["regimes"]
    found = {}
    for code, one in raw.items():
        hours, mandate, since = one.get("deadline_hours"), one.get("mandate"), one["valid_from"]
        found[code] = Regime(
            code,
            Text(one["law"]["fr"], one["law"]["en"]),
            one["elements"],
            tuple(one["why"]),
            one["bulk_max"],
            None if hours is None else dt.timedelta(hours=hours),
            None if mandate is None else Allowed(mandate),
            frozenset(one.get("categories", ())),
            one.get("may_omit_notifier", False),
            dt.date.fromisoformat(since) if since else None,
            dt.timedelta(days=one["open_days"]) if "open_days" in one else None,
        )
    return found


def regime_of(notice: Notice) -> Regime:
    """The law that a notice is under."""
    return regimes()[notice.regime or BY_STEP[Step(notice.step)]]


def deadline_of(notice: Notice) -> dt.datetime | None:
    """When its recipient must have acted: from its receipt, else from when it was given to their server."""
    deadline, since = regime_of(notice).deadline, notice.acknowledged_at or notice.sent_at
    return None if deadline is None or since is None else since + deadline
