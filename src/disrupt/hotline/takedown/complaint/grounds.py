"""What a service did not keep of its duties towards a notice: the law as data, the facts from the rows."""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from disrupt.hotline.cases.categories import Text
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices.facts import moment_of
from disrupt.hotline.takedown.planning.escalation import tier_of
from disrupt.hotline.takedown.planning.history import still_seen
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import Decision, NoticeState, Step

# A service that the Regulation does not bind has not broken it.
UNBOUND = "none"
# What the service itself was told.
_TO_THE_SERVICE = (Step.HOST, Step.REMINDER, Step.SECOND, Step.FLAGGER)


@dataclass(frozen=True)
class Ground:
    """One duty: its article, and the sentence that says how it was not kept."""

    code: str
    article: Text
    said: Text


@dataclass(frozen=True)
class Law:
    """A version of the duties, and of the words of a complaint."""

    version: str
    grounds: Sequence[Ground]
    words: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Broken:
    """A duty that was not kept, in the language of the complaint."""

    code: str
    article: str
    said: str


@functools.cache
def law() -> Law:
    """The newest version."""
    raw = json.loads(packaged.versions_of("complaint")[-1])
    grounds = [Ground(one["code"], Text(**one["article"]), Text(**one["said"])) for one in raw["grounds"]]
    return Law(raw["version"], grounds, {"fr": raw["fr"], "en": raw["en"]})


def told(complaint: Notice) -> list[Notice]:
    """What the service was sent in this round, the first first."""
    rows = Notice.objects.filter(
        target=complaint.target_id,
        category=complaint.category,
        round=complaint.round,
        step__in=_TO_THE_SERVICE,
        state__in=[NoticeState.SENT, NoticeState.REFUSED],
    )
    return list(rows.exclude(sent_at=None).select_related("target", "within").order_by("sent_at", "pk"))


def broken(complaint: Notice) -> list[Broken]:
    """The duties that were not kept; none where the service was told nothing, or kept them all."""
    arrived = [one for one in told(complaint) if one.state == NoticeState.SENT]
    if not arrived or (complaint.step != Step.REGULATOR and tier_of(complaint) == UNBOUND):
        return []
    first, language = arrived[0], complaint.language
    assert first.sent_at is not None
    decided = next((one for one in arrived if one.decision), None)
    seen = still_seen(first, first.sent_at)
    values = {
        "first": moment_of(first.sent_at, language),
        "seen": moment_of(seen, language) if seen else "",
        "decided": moment_of(decided.decision_at, language) if decided and decided.decision_at else "",
    }
    found = _codes(arrived, decided, first, still_there=seen is not None)
    return [
        Broken(
            one.code,
            one.article.in_language(language),
            Template(one.said.in_language(language)).substitute(values),
        )
        for one in law().grounds
        if one.code in found
    ]


def _codes(
    arrived: Sequence[Notice], decided: Notice | None, first: Notice, *, still_there: bool
) -> Collection[str]:
    found = set()
    if decided is None:
        found.add("decision")
        # Who has decided has received it.
        if not any(one.acknowledged_at for one in arrived):
            found.add("receipt")
        if registry().flagger_towards(take_apart(first.target.url), first.address, first.category):
            found.add("priority")
    elif decided.decision == Decision.DECLINED and not decided.decision_note.strip():
        found.add("reasons")
    if still_there:
        found.add("diligence")
    return found
