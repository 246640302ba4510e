"""The things of a case as a board: by site and kind, a few of them chosen, a part at a time.

What is chosen stands in the page's address as numbers: no word of a case gets into a browser's history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from disrupt.hotline.intake.following.queries import Followed

# So many items are seen at one look; and so many are a page of 60 kB at most, in long words too.
FEW = 3
PER_PAGE = 40


@dataclass(frozen=True)
class Choice:
    """Something to choose by: its number in the page's address, its name, how many there are."""

    number: int
    name: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Board:
    """What is shown of a case; `crowded` where there is more than one look takes in."""

    items: Sequence[Followed]
    places: Sequence[Choice]
    standings: Sequence[Choice]
    crowded: bool

    @property
    def chosen(self) -> str:
        """The choice, as the address of another part carries it on."""
        named = {"place": self.places, "standing": self.standings}
        return "".join(f"&{name}={one.number}" for name, all_ in named.items() for one in all_ if one.chosen)


def ordered(items: Sequence[Followed]) -> list[Followed]:
    """One site or kind after the other, each in the order in which they were sent."""
    first = {place: at for at, place in reversed(list(enumerate(item.place for item in items)))}
    return sorted(items, key=lambda item: (first[item.place], item.number))


def part_of(items: Sequence[Followed], number: int) -> int:
    """On which part of the whole board the item with this number is."""
    return next((at for at, item in enumerate(ordered(items)) if item.number == number), 0) // PER_PAGE + 1


def board(items: Sequence[Followed], asked: Mapping[str, str]) -> Board:
    """The board with what is `asked` for: `place` and `standing`, by their numbers; others count as none."""
    crowded = len(items) > FEW
    placed = ordered(items) if crowded else items
    places = _choices([item.place for item in placed], asked.get("place", ""))
    standings = _choices([str(item.meaning.word) for item in placed], asked.get("standing", ""))
    where = {choice.name for choice in places if choice.chosen}
    how = {choice.name for choice in standings if choice.chosen}
    shown = [
        item
        for item in placed
        if (not where or item.place in where) and (not how or str(item.meaning.word) in how)
    ]
    return Board(shown, places, standings, crowded)


def _choices(names: Sequence[str], asked: str) -> list[Choice]:
    return [
        Choice(number, name, count, asked == str(number))
        for number, (name, count) in enumerate(Counter(names).items(), 1)
    ]
