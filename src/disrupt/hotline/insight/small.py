"""No number from which a single report shows: small ones are merged, until what is printed is large enough.

Numbers are not crossed out beside their totals, which could give them back: they are added to others.
What is printed is a partition, and every total that is printed is a sum of its parts, so that there is
nothing to subtract. Which kinds a merged part holds is not said, nor which have none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LEAST = 5
SEVERAL = "*"
"""The label of what was merged."""


@dataclass(frozen=True)
class Part:
    """One printed number, and what it is of: a label for each column, SEVERAL where it is of several."""

    labels: tuple[str, ...]
    n: int


def parts(table: Mapping[tuple[str, ...], int], least: int = LEAST) -> list[Part]:
    """A table of any number of columns, merged from the first column on; the largest first."""
    found = [(key, n) for key, n in table.items() if n > 0]
    if not found:
        return []
    depth = len(found[0][0])
    if sum(n for _, n in found) < least:
        return [Part((SEVERAL,) * depth, -1)]
    return [Part(labels, n) for labels, n in _split(found, depth, least)]


def _split(rows: list[tuple[tuple[str, ...], int]], depth: int, least: int) -> list[tuple[Any, int]]:
    if not depth:
        return [((), sum(n for _, n in rows))]
    totals: Counter[str] = Counter()
    for key, n in rows:
        totals[key[0]] += n
    result: list[tuple[Any, int]] = []
    for label, members in _merged(totals, least):
        inside: Counter[tuple[str, ...]] = Counter()
        for key, n in rows:
            if key[0] in members:
                inside[key[1:]] += n
        result += [((label, *rest), n) for rest, n in _split(list(inside.items()), depth - 1, least)]
    return result


def _merged(totals: Counter[str], least: int) -> list[tuple[str, frozenset[str]]]:
    """Labels with what they stand for: the large ones alone; the small ones together, with the next larger.

    With small ones alone, their sum can say what each of them is; so the smallest of the large ones always
    goes with them, and all that equal it (else the order of labels would tell which was taken).
    """
    order = sorted(totals, key=lambda label: (totals[label], label))
    small = {label for label in order if totals[label] < least}
    if small and len(small) < len(order):
        next_larger = totals[order[len(small)]]
        small |= {label for label in order if totals[label] == next_larger}
    alone = [(label, frozenset({label})) for label in reversed(order) if label not in small]
    return [*alone, (SEVERAL, frozenset(small))] if small else alone
