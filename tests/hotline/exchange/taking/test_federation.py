"""Hotlines that read each other in any way, in any order: all end with what a path brings them.

The rule for one entry (judging.py) is the real one. That the first way counts, and another takes its place,
is told here in a few lines; test_taking.py sees it in the database.
"""

from __future__ import annotations

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.hotline.exchange.taking.lists import AT, TAKEN, id_of, told

from disrupt.hotline.cases.categories import packaged
from disrupt.hotline.exchange.taking.judging import Offer, judge
from disrupt.hotline.exchange.taking.models import Verdict
from disrupt.protocol.feed import Added, Withdrawn

CATEGORIES = {one.code: one for scheme in packaged() for one in scheme.values()}
Link = tuple[int, int]


class Hotline:
    """Its list (a feed of changes) and, of each list that it reads, how far and what it has of it."""

    def __init__(self, number: int) -> None:
        self.name, self.number = id_of(("hotline", number)), number
        self.feed: list[Added | Withdrawn] = []
        self.read: dict[int, int] = {}
        self.rows: dict[tuple[int, str], tuple[str, Offer]] = {}
        self.offered: dict[str, tuple[tuple[int, str], str]] = {}
        self.made = itertools.count()

    def put_on(self, key: tuple[int, str]) -> None:
        first, offer = self.rows[key]
        mine = id_of((self.number, next(self.made)))
        self.offered[first] = (key, mine)
        self.feed.append(Added(
            1, AT, mine, "image", offer.category, "shared", offer.prints.sha256, None, came=offer.came,
        ))  # fmt: skip

    def goes(self, key: tuple[int, str]) -> None:
        if key not in self.rows:
            return
        first, _offer = self.rows.pop(key)
        if self.offered.get(first, ((), ""))[0] != key:
            return
        self.feed.append(Withdrawn(1, AT, self.offered.pop(first)[1]))
        others = [other for other, (of, _) in self.rows.items() if of == first]
        if others:
            self.put_on(min(others, key=lambda other: len(self.rows[other][1].came.through)))

    def take_one(self, other: Hotline) -> bool:
        at = self.read.get(other.number, 0)
        if at >= len(other.feed):
            return False
        self.read[other.number] = at + 1
        change = other.feed[at]
        key = (other.number, change.id)
        if isinstance(change, Withdrawn):
            self.goes(key)
            return True
        judged = judge(change, other.name, TAKEN, self.name, CATEGORIES)
        if judged.verdict == Verdict.OFFERED and judged.offer is not None:
            self.rows[key] = (judged.first, judged.offer)
            if judged.first not in self.offered:
                self.put_on(key)
        return True

    def leave(self, other: int) -> None:
        for key in [key for key in self.rows if key[0] == other]:
            self.goes(key)


def settle(hotlines: list[Hotline], links: set[Link], chance: random.Random, steps: int = 0) -> None:
    """Any of them reads one change, again and again: so many times, or until there is no news anywhere."""
    for number in itertools.count():
        assert number < 20_000, "they feed each other for ever"
        able = [(a, b) for a, b in links if hotlines[a].read.get(b, 0) < len(hotlines[b].feed)]
        if not able or (steps and number >= steps):
            return
        reader, read = chance.choice(able)
        hotlines[reader].take_one(hotlines[read])


def reached(home: int, links: set[Link]) -> set[int]:
    found = {home}
    while more := {a for a, b in links if b in found} - found:
        found |= more
    return found - {home}


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 5),
    st.sets(st.tuples(st.integers(0, 4), st.integers(0, 4))),
    st.randoms(use_true_random=False),
)
def test_all_have_what_a_path_brings_and_nobody_has_what_was_taken_back(
    number: int, drawn: set[Link], chance: random.Random
) -> None:
    links = {(a, b) for a, b in drawn if a < number and b < number and a != b}
    hotlines = [Hotline(one) for one in range(number)]
    home = hotlines[0]
    for name in ("stays", "goes"):
        home.feed.append(told(name))
    settle(hotlines, links, chance, steps=chance.randrange(40))
    leaving = chance.choice(sorted(links)) if links and chance.random() < 0.7 else None
    if leaving:
        links.discard(leaving)
        hotlines[leaving[0]].leave(leaving[1])
    settle(hotlines, links, chance, steps=chance.randrange(40))
    home.feed.append(Withdrawn(1, AT, id_of("goes")))
    settle(hotlines, links, chance)
    stays = f"{home.name}/{id_of('stays')}"
    assert {one.number for one in hotlines if stays in one.offered} == reached(0, links)
    for one in hotlines:
        assert set(one.offered) <= {stays}, "nobody has what was taken back, nor its own by another's word"
        there = {change.id for change in one.feed if isinstance(change, Added)}
        left = {change.id for change in one.feed if isinstance(change, Withdrawn)}
        assert len(there - left) == (1 if one is home or stays in one.offered else 0)
