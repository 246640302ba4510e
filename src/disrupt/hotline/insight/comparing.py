"""A year against the year before, and what a press release says of it, in ten sentences."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from disrupt.hotline.insight import reading, small
from disrupt.hotline.insight import wording as w
from disrupt.hotline.insight.content import HOST, lasts
from disrupt.hotline.insight.document import Table
from disrupt.hotline.insight.lasting import Lasting
from disrupt.hotline.insight.periods import year as year_of
from disrupt.hotline.insight.reading import along
from disrupt.hotline.tally.facts import Kind
from disrupt.hotline.tally.platforms import LARGE, SMALL

ILLEGAL = {2: {"illegal"}}


@dataclass(frozen=True)
class InYear:
    """The figures of one year; `offences` are those found illegal, by category, of adults and minors.

    `printed`: how a report prints them, by category and person.
    """

    number: int
    reported: int
    processed: int
    known: int
    notices: int
    persons: Counter[str]
    tiers: Counter[str]
    printed: tuple[small.Part, ...]
    offences: Counter[str]
    decision: Lasting
    removal: Lasting

    @property
    def illegal(self) -> int:
        return self.offences.total()


def in_year(number: int, as_of: dt.date) -> InYear:
    """The figures of a calendar year."""
    during = year_of(number)
    decided = reading.sums(Kind.DECIDED, "category", during)
    tiers = along(reading.sums(Kind.DECIDED, "tier", during), 0, ILLEGAL)
    return InYear(
        number,
        reading.sums(Kind.RECEIVED, "way", during).total(),
        decided.total(),
        reading.sums(Kind.KNOWN, "tier", during).total(),
        along(reading.sums(Kind.NOTIFIED, "tier", during), 2, {2: {HOST}}).total(),
        along(decided, 1, ILLEGAL),
        Counter({tier: tiers[tier] for tier in (LARGE, SMALL)}),
        tuple(small.parts({(a, b): n for (a, b, outcome), n in decided.items() if outcome == "illegal"})),
        along(decided, 0, ILLEGAL),
        lasts("decision", during, as_of),
        lasts("action", during, as_of),
    )


def table(now: InYear, before: InYear) -> Table:
    """The two years side by side; for the team, with every number."""
    pairs = [
        (_("Contents received"), before.reported, now.reported),
        (_("Decided"), before.processed, now.processed),
        (_("Found illegal"), before.illegal, now.illegal),
        *((w.word(w.PERSONS, p), before.persons[p], now.persons[p]) for p in ("minor", "adult")),
        *((w.word(w.TIERS, t), before.tiers[t], now.tiers[t]) for t in (LARGE, SMALL)),
        (_("Notices to hosts"), before.notices, now.notices),
        *((w.category(c), before.offences[c], n) for c, n in now.offences.most_common()),
    ]
    rows = tuple((name, w.number(old), w.number(new), change(new, old)) for name, old, new in pairs)
    return Table(
        "years",
        _("%(year)d against %(before)d") % {"year": now.number, "before": before.number},
        ("", str(before.number), str(now.number), pgettext("figures", "Change")),
        rows,
        numbers=9,
    )


def change(new: int, old: int) -> str:
    """How much more or less, in per cent; a dash where there was nothing to compare with."""
    if not old:
        return "—"
    return f"{'+' if new >= old else '−'}{w.share(abs(new - old) / old)}"


def press(now: InYear, before: InYear, language: str) -> list[str]:
    """The sentences, in one language. Those whose numbers are too small to print say so without them."""
    with translation.override(language):
        return [
            _reported(now, before),
            _examined(now),
            _("%(n)s were found illegal, %(share)s of those examined.")
            % {"n": _n(now.illegal), "share": _part(now.illegal, now.processed)},
            _persons(now),
            _offences(now),
            _places(now),
            _("%(n)s notices were sent to hosts.") % {"n": _n(now.notices)},
            _decided(now.decision),
            _(
                "%(day)s of the notices led to a removal within 24 hours, %(week)s within seven days: "
                "we go and look."
            )
            % {"day": w.share(now.removal.within(24)), "week": w.share(now.removal.within(168))},
            _("%(share)s of the decisions needed no new look: the same content had been examined before.")
            % {"share": _part(now.known, now.processed)},
        ]


def _n(number: int) -> str:
    return w.number(number if number >= small.LEAST else None)


def _part(some: int, of: int) -> str:
    return w.share(some / of if some >= small.LEAST and of - some >= small.LEAST else None)


def _reported(now: InYear, before: InYear) -> str:
    known = {"hotline": settings.HOTLINE_NAME, "year": now.number, "n": _n(now.reported)}
    if before.reported < small.LEAST or now.reported < small.LEAST:
        return _("In %(year)d, %(hotline)s received %(n)s reports of content.") % known
    known |= {"before": before.number, "m": _n(before.reported)}
    ratio = abs(now.reported - before.reported) / before.reported
    known["change"] = w.share(ratio)
    if now.reported >= before.reported:
        return (
            _(
                "In %(year)d, %(hotline)s received %(n)s reports of content, against %(m)s in %(before)d: "
                "%(change)s more."
            )
            % known
        )
    return (
        _(
            "In %(year)d, %(hotline)s received %(n)s reports of content, against %(m)s in %(before)d: "
            "%(change)s fewer."
        )
        % known
    )


def _hidden(left: int) -> bool:
    """Whether what is left of one printed number beside another is too small to be found so."""
    return 0 < left < small.LEAST


def _examined(now: InYear) -> str:
    if _hidden(now.processed - now.illegal):
        return _("Nearly everything that our team examined was found illegal.")
    return _("%(n)s contents were examined by our team.") % {"n": _n(now.processed)}


def _alone(now: InYear, person: str) -> Counter[str]:
    """What a report prints of a person by category, without what it merges."""
    return Counter({part.labels[0]: part.n for part in now.printed if part.labels[1] == person})


def _persons(now: InYear) -> str:
    minors, adults = now.persons["minor"], now.persons["adult"]
    merged = (n - _alone(now, person).total() for person, n in now.persons.items())
    if min(minors, adults) < small.LEAST or any(map(_hidden, merged)):
        # Beside the number found illegal, or beside a report's, one would give the other.
        return _("How many of them concern minors is too few, or too many, to be told.")
    return _("%(minors)s of them concern minors (%(share)s), %(adults)s concern adults.") % {
        "minors": _n(minors),
        "share": _part(minors, now.illegal),
        "adults": _n(adults),
    }


def _offences(now: InYear) -> str:
    # Only numbers that a report prints as well: others could be subtracted from what it merges.
    known = Counter({code: n for code, n in _alone(now, "adult").items() if code != small.SEVERAL})
    most = known.most_common(3)
    if len(most) < 3 or _hidden(now.persons["adult"] - sum(n for _code, n in most)):
        return _("The offences against adults are too few to be told apart.")
    said = [_("%(what)s (%(n)s)") % {"what": w.category(code), "n": _n(n)} for code, n in most]
    return _("The most frequent offences against adults: %(first)s, %(second)s and %(third)s.") % {
        "first": said[0],
        "second": said[1],
        "third": said[2],
    }


def _decided(found: Lasting) -> str:
    half, most = found.quantile(0.5), found.quantile(0.9)
    if half is None:
        return _("Half of the reports were not decided yet when this was counted.")
    if most is None:
        return _("Half of the reports were decided within %(half)s.") % {"half": w.hours(half)}
    return _("Half of the reports were decided within %(half)s, nine in ten within %(most)s.") % {
        "half": w.hours(half),
        "most": w.hours(most),
    }


def _places(now: InYear) -> str:
    large, rest = now.tiers[LARGE], now.tiers[SMALL]
    if min(large, rest) < small.LEAST:
        return _("How many of them were on large platforms is too few, or too many, to be told.")
    return _(
        "%(large)s of the illegal contents were on large platforms, %(rest)s on smaller sites and forums."
    ) % {"large": _part(large, large + rest), "rest": _part(rest, large + rest)}
