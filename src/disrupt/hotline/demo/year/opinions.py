"""What the accountant asks of second opinions: a lead had the last word, the page counts what was said."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from disrupt.hotline.demo.year.diary import Diary, Opinion

_YEAR_HOURS = 365 * 24.0
_ILLEGAL = "NCII-DIF"
_TOGETHER = re.compile(r"All together</th><td>(\d+)</td><td>(\d+)</td><td>([^<]+)</td>")
_WAIT = re.compile(r"(\d+) second opinions? waits?")


def kappa(pairs: Iterable[tuple[bool, bool]]) -> float | None:
    """Cohen's kappa of two people and two answers, by its formula for a table of four fields."""
    said = Counter(pairs)
    both, neither, one, other = (
        said[pair] for pair in ((True, True), (False, False), (True, False), (False, True))
    )
    chance = (both + one) * (one + neither) + (both + other) * (other + neither)
    return 2 * (both * neither - one * other) / chance if chance else None


def _given(diary: Diary) -> list[Opinion]:
    """Those that are to be kept: what was decided about a person goes with their report."""
    return [opinion for opinion in diary.opinions if not diary.of(opinion.person).erased]


def drawn(diary: Diary) -> list[Opinion]:
    """Those by chance within a year: what is urgent and refused is seen by a second person in any case."""
    return [
        opinion
        for opinion in _given(diary)
        if opinion.hour > diary.ended - _YEAR_HOURS
        and (opinion.first or diary.of(opinion.person).priority == "other")
    ]


def page(diary: Diary) -> Iterator[str]:
    """What the lead's page says of agreement that is not so."""
    waits = _WAIT.search(diary.agreement)
    if waits is None or int(waits[1]):
        yield f"{waits[1] if waits else 'no'} second opinion(s) wait by the page, and everybody has answered"
    mine = [(one.first, one.second) for one in drawn(diary)]
    measured = kappa(mine)
    should = (
        str(len(mine)),
        str(sum(a == b for a, b in mine)),
        "–" if measured is None else f"{measured:.2f}",
    )
    found = _TOGETHER.search(html.unescape(diary.agreement))
    if (found.groups() if found else ("0", "0", "–")) != should:
        yield f"two people agreed as {should} says; the page says {found.groups() if found else 'nothing'}"


def rows(diary: Diary, kept: Sequence[Sequence[object]]) -> Iterator[str]:
    """`kept`: of each opinion the two categories and the one that stands, as the rows have them."""
    mine = Counter((one.first, one.second, one.stands) for one in _given(diary))
    theirs = Counter(tuple(value == _ILLEGAL for value in row) for row in kept)
    if mine != theirs:
        yield f"opinions (first, second, what stands): people gave {dict(mine)}, kept are {dict(theirs)}"
    open_ = sum(one.first != one.second and one.lead is None for one in diary.opinions)
    if open_:
        yield f"{open_} dispute(s) were never ended"
