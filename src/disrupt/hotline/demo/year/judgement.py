"""How simulated analysts see a case: mostly right, sometimes wrong, and each by themselves."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from disrupt.hotline.demo.year.plan import Person

ILLEGAL, NOT = "NCII-DIF", "OUT"


@dataclass(frozen=True)
class Judgement:
    """`errs`: the share of looks that see it wrongly.

    What several people sent, or one in two turns, is seen alike by everybody: only people `alone` with their
    picture, who add nothing, are erred on.
    """

    seed: int
    errs: float
    junk: frozenset[int]
    alone: frozenset[int]

    @classmethod
    def of(cls, plan: Sequence[Person], seed: int, errs: float) -> Judgement:
        """Of everybody who comes."""
        times = Counter(person.picture for person in plan)
        return cls(
            seed,
            errs,
            frozenset(person.number for person in plan if person.junk),
            frozenset(p.number for p in plan if times[p.picture] == 1 and p.adds is None),
        )

    def right(self, person: int) -> bool:
        """Whether it is illegal."""
        return person not in self.junk

    def seen(self, person: int, kind: str, look: str) -> bool:
        """What somebody says of it at the first, or at the second `look`."""
        draw = random.Random(f"{self.seed} {person} {kind} {look}")  # noqa: S311  # the same at each try
        wrong = person in self.alone and draw.random() < self.errs
        return self.right(person) is not wrong


def values(illegal: bool) -> dict[str, str | list[str]]:
    """What is chosen in the form."""
    return {
        "category": ILLEGAL if illegal else NOT,
        "person": "adult",
        "reason": "" if illegal else "NOT-INTIMATE",
    }


def errors(verdicts: Iterable[tuple[int, bool]], judgement: Judgement) -> int:
    """How many verdicts that stand are wrong."""
    return sum(illegal is not judgement.right(person) for person, illegal in verdicts)
