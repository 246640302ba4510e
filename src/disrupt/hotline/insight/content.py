"""What a report under DSA Article 22(3) says of a period, as data: schema `disrupt.article22/1`.

docs/schemas/article22.schema.json describes it. Every number in it is safe to publish (small.py).
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections import Counter
from collections.abc import Collection, Mapping
from importlib import resources
from typing import Any

from django.conf import settings

from disrupt.hotline.cases.categories import DECLARED_MINOR, Category, schemes
from disrupt.hotline.insight import reading, small
from disrupt.hotline.insight.lasting import Began, Lasting, lasting
from disrupt.hotline.insight.periods import Period
from disrupt.hotline.tally.facts import Kind

SCHEMA = "disrupt.article22/1"
EXAMINED = ("url", "file")
HOST, NONE_YET = "host", "none"
DECLINED, UNSAID = "declined", "unsaid"
_ACTED = frozenset({"removed", "claimed", "blocked", DECLINED})
_SINCE_REPORTED: Mapping[str, tuple[Kind, Collection[str], Collection[str] | None]] = {
    "decision": (Kind.DECIDED, EXAMINED, None),
    "notice": (Kind.NOTIFIED, ("url",), (HOST,)),
    "removal": (Kind.REMOVED, ("url",), None),
}
"""What ends it, what it begins with by way in, and with which outcomes it ends."""
# Of fewer than these no time is told; shares are told in steps of a twentieth.
_ENOUGH = 20


def content(during: Period, as_of: dt.date) -> dict[str, Any]:
    """The figures of a period as they are known on a day."""
    sent = reading.sums(Kind.NOTIFIED, "party", during)
    decided = reading.sums(Kind.DECIDED, "category", during)
    illegal = {k: n for k, n in decided.items() if k[2] == "illegal"}
    refused = _refused(decided)
    by_action = small.parts(_by_action(sent, during))
    notices = _whatever_reason(by_action)
    illegal_parts = small.parts({(a, b): n for (a, b, _), n in illegal.items()})
    return {
        "schema": SCHEMA,
        "hotline": settings.HOTLINE_NAME,
        "period": {
            "name": during.name,
            "first": during.first.isoformat(),
            "last": (during.end - dt.timedelta(days=1)).isoformat(),
        },
        "as_of": as_of.isoformat(),
        "least": small.LEAST,
        "received": _parts(small.parts(_one(reading.sums(Kind.RECEIVED, "way", during), 0))),
        "decided": {
            "illegal": _parts(illegal_parts),
            "refused": _parts(small.parts(refused)),
        },
        "notices": _parts(notices),
        "host_refusals": _parts(_host_refusals(by_action)),
        "times": {
            "decision": _lasting(lasts("decision", during, as_of)),
            "action": _lasting(lasts("action", during, as_of)),
        },
        "answers": _answers(notices),
        "codes": _codes({p.labels[0] for p in illegal_parts} | {p.labels[1] for p in notices}),
    }


def _refused(decided: Counter[reading.Abc]) -> dict[tuple[str, ...], int]:
    found: Counter[tuple[str, ...]] = Counter()
    for (_, _, reason), n in decided.items():
        if reason != "illegal":
            found[reason,] += n
    return found


def _one(found: Counter[reading.Abc], place: int) -> dict[tuple[str, ...], int]:
    return {(label,): n for label, n in reading.along(found, place).items()}


def _parts(found: Collection[small.Part]) -> list[dict[str, Any]]:
    """As JSON; what is too little to print at all has no number."""
    return [{"of": list(part.labels), "n": part.n if part.n >= 0 else None} for part in found]


def _by_action(sent: Counter[reading.Abc], during: Period) -> dict[tuple[str, ...], int]:
    """Notices to hosts that were sent in the period, by host, category, what the host did, why it refused."""
    open_ = Counter({(host, code): n for (host, code, step), n in sent.items() if step == HOST})
    found: Counter[tuple[str, ...]] = Counter()
    for (host, code, action), n in reading.acted_upon(during).items():
        taken = min(n, open_[host, code])
        did, _, why = action.partition(":")
        found[host, code, did, (why or UNSAID) if did == DECLINED else ""] += taken
        open_[host, code] -= taken
    for (host, code), n in open_.items():
        found[host, code, NONE_YET, ""] += n
    return dict(found)


def _whatever_reason(found: Collection[small.Part]) -> list[small.Part]:
    """Host, category and action: a reason only ever divides what is printed without it."""
    total: Counter[tuple[str, ...]] = Counter()
    for part in found:
        total[part.labels[:3]] += part.n
    return [small.Part(labels, n) for labels, n in total.items()]


def _host_refusals(found: Collection[small.Part]) -> list[small.Part]:
    """Refusals by reason: sums of parts that are large each, and in all the refusals that are printed."""
    total: Counter[str] = Counter()
    for part in found:
        if part.labels[2] == DECLINED:
            total[part.labels[3]] += part.n
    return [small.Part((why,), n) for why, n in total.most_common()]


def lasts(what: str, during: Period, as_of: dt.date) -> Lasting:
    """How long it took: from reports to decisions, notices to hosts or removals, from notices to removals."""
    return lasting(began(what, during), as_of)


def began(
    what: str, during: Period, came: Mapping[dt.date, Counter[reading.Abc]] | None = None
) -> Mapping[dt.date, Began]:
    """What began in each month of a period, and how long it took until it ended, then or later.

    `came`: what was received, by way in, if that is known already.
    """
    if what == "action":
        sent = reading.series(Kind.NOTIFIED, "tier", during)
        told = {m: sum(n for key, n in each.items() if key[2] == HOST) for m, each in sent.items()}
        return _began(told, Kind.ACTION, during, only={"removed"})
    kind, ways, only = _SINCE_REPORTED[what]
    came = came if came is not None else reading.series(Kind.RECEIVED, "way", during)
    starts = {m: sum(n for key, n in each.items() if key[0] in ways) for m, each in came.items()}
    return _began(starts, kind, during, only)


def _began(
    starts: Mapping[dt.date, int], kind: Kind, during: Period, only: Collection[str] | None = None
) -> Mapping[dt.date, Began]:
    """What began in each month of a period, and in which step it ended, then or later."""
    ended: dict[str, Counter[int]] = {month.isoformat(): Counter() for month in starts}
    for (step, since), n in reading.ended(kind, during.first, only).items():
        if since in ended:
            ended[since][int(step)] += n
    return {month: Began(n, ended[month.isoformat()]) for month, n in starts.items()}


def _lasting(found: Lasting) -> dict[str, Any]:
    """Without the numbers behind it: beside the other tables, they could be subtracted."""
    if found.n < _ENOUGH:
        return {"median_hours": None, "p90_hours": None, "within": {}}
    return {
        "median_hours": _rounded(found.quantile(0.5)),
        "p90_hours": _rounded(found.quantile(0.9)),
        "within": {str(hours): round(found.within(hours) * 20) / 20 for hours in (24, 48, 168)},
    }


def _rounded(hours: float | None) -> float | None:
    return None if hours is None else round(hours, 1) if hours < 10 else float(round(hours))


def _answers(notices: Collection[small.Part]) -> dict[str, Any]:
    """Of the notices that are printed with what was done: how many were refused, in all and by host."""
    told = [part for part in notices if part.n > 0]
    return _answered(told) | {"hosts": _answers_by_host(told)}


def _answered(told: Collection[small.Part]) -> dict[str, Any]:
    by: Counter[str] = Counter()
    for part in told:
        by[part.labels[2]] += part.n
    acted = sum(by[one] for one in _ACTED)
    rate = round(1 - by[DECLINED] / acted, 3) if acted else None
    return {"acted": acted, "declined": by[DECLINED], "accuracy": rate}


def _answers_by_host(told: Collection[small.Part]) -> list[dict[str, Any]]:
    """Of each host that is named; `several`: its notices whose outcome is not printed by itself."""
    by: dict[str, list[small.Part]] = {}
    for part in told:
        by.setdefault(part.labels[0], []).append(part)
    rows = [
        {
            "host": host,
            **_answered(parts),
            "several": sum(part.n for part in parts if part.labels[2] == small.SEVERAL),
        }
        for host, parts in by.items()
        if host != small.SEVERAL
    ]
    return [row for row in rows if row["acted"]]


def _codes(found: Collection[str]) -> list[dict[str, Any]]:
    """Each category that is named, with its law and its codes in the Transparency Database."""
    known = categories()
    mapping = transparency()
    result = []
    for code in sorted(code for code in found if code in known):
        statement, keywords = mapping["codes"].get(code, mapping["otherwise"])
        category = known[code]
        result.append(
            {
                "code": code,
                "name": {"fr": category.name.fr, "en": category.name.en},
                "article": {"fr": category.article.fr, "en": category.article.en},
                "statement_category": statement,
                "keywords": keywords,
            }
        )
    return result


def categories() -> Mapping[str, Category]:
    """Every category of every version, the newest words for each."""
    return {code: one for scheme in schemes() for code, one in scheme.items()} | {
        DECLARED_MINOR.code: DECLARED_MINOR
    }


@functools.cache
def transparency() -> Any:
    """The codes of the Transparency Database, as packaged."""
    path = resources.files("disrupt.hotline.insight") / "data" / "transparency-2026-11.json"
    return json.loads(path.read_text("utf-8"))
