"""Made-up years of a hotline, as daily rows: for benchmarks, tests, and the sample report in docs/."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from disrupt.hotline.tally import folding
from disrupt.hotline.tally.cubes import sums
from disrupt.hotline.tally.facts import Key
from disrupt.hotline.tally.models import Daily
from disrupt.hotline.tally.platforms import size_of

LARGE = ("x.com", "instagram.com", "facebook.com", "tiktok.com", "pornhub.com")
ADULTS = ("NCII-DIF", "NCII-CAP", "DEEP-SEX", "EXT-SEX", "VOY")
REASONS = ("NOT-INTIMATE", "NOT-ONLINE", "NO-ACCESS")
ACTIONS = ("removed", "removed", "removed", "removed", "removed", "claimed", "blocked", "declined", "")
REFUSALS = ("declined:lawful", "declined:unproven", "declined:lawful", "declined:consent", "declined")


@dataclass(frozen=True)
class Year:
    """What a year holds, to the unit: reported, decided, illegal, of them minors and on large platforms."""

    number: int
    reported: int
    processed: int
    illegal: int
    minors: int
    large: int


def key(day: dt.date, kind: str, since: dt.date | None = None, **known: str | int) -> Key:
    """A row's key; the size of a site follows from the site."""
    site = str(known.get("party", ""))
    return Key(day, kind, since, tier=size_of(site), **known)  # type: ignore[arg-type]  # columns by name


def rows(year: Year, seed: int = 1, sites: int = 400) -> Counter[Key]:
    """The daily rows of a year: what is reported is decided, notified and removed within the year."""
    chance = random.Random(f"{seed} {year.number}")
    forums = [f"forum{number}.example.net" for number in range(sites)]
    first = dt.date(year.number, 1, 1)
    days = (dt.date(year.number + 1, 1, 1) - first).days
    found: Counter[Key] = Counter()
    order = list(range(year.reported))
    chance.shuffle(order)
    # Which of them are decided, illegal, of minors, on large platforms: exactly so many, at random.
    decided = set(order[: year.processed])
    unlawful = order[: year.illegal]
    minors = set(unlawful[: year.minors])
    lawless = set(unlawful)
    chance.shuffle(unlawful)
    on_large = set(unlawful[: year.large])
    weights = [1 / (n + 3) for n in range(sites)]
    places = chance.choices(forums, weights, k=year.reported)
    for rank in range(year.reported):
        day = first + dt.timedelta(days=int(rank * days / year.reported))
        place = chance.choice(LARGE) if rank in on_large else places[rank]
        _one(found, chance, day, place, rank in decided, rank in lawless, rank in minors)
    return found


def _one(
    found: Counter[Key],
    chance: random.Random,
    day: dt.date,
    place: str,
    decided: bool,
    illegal: bool,
    minor: bool,
) -> None:
    """One address, from its report to its end."""
    who = "minor" if minor else "adult"
    language = chance.choice(("fr", "fr", "fr", "en"))
    common = {"way": "url", "language": language, "party": place}
    since = day.replace(day=1)
    found[key(day, "received", person=who, **common)] += 1
    found[key(day, "case", person=who, language=language)] += 1
    if not decided:
        return
    code = chance.choice(("MIN-CSAM", "MIN-SOL") if minor else ADULTS) if illegal else "OUT"
    outcome = "illegal" if illegal else chance.choice(REASONS)
    took = chance.choice((0, 1, 1, 2, 3, 4, 5))
    found[key(day, "decided", since, category=code, person=who, outcome=outcome, hours=took, **common)] += 1
    if chance.random() < 0.3:
        found[key(day, "known", category=code, person=who, outcome=outcome, **common)] += 1
    if not illegal:
        return
    told = {"category": code, "person": who, "way": "url", "party": place}
    for step in ("police", "host"):
        found[key(day, "notified", since, outcome=step, hours=took + 1, **told)] += 1
    action = chance.choice(ACTIONS)
    if action == "declined":
        action = REFUSALS[day.toordinal() % len(REFUSALS)]
    if action:
        took = chance.choice((2, 3, 4, 4, 5, 6, 7, 8))
        found[key(day, "action", since, outcome=action, hours=took, **told)] += 1
    if action == "removed":
        found[key(day, "removed", since, category=code, person=who, hours=took, **common)] += 1


def write(years: Sequence[Year], *, days: bool = True, **more: int) -> None:
    """Put these years into the database, as if they had been counted; without `days` only their sums."""
    for year in years:
        found = rows(year, **more)
        if days:
            folding.write(Daily, found)
        folding.add(sums(found.items()))
