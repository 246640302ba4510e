"""No small number is printed, and none can be found from what is: attackers who know the rule have tried."""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict

import pytest

from disrupt.hotline.insight.content import _host_refusals, _whatever_reason
from disrupt.hotline.insight.small import SEVERAL, Part, parts

Table = dict[tuple[str, ...], int]


def printed(table: Table, least: int = 3) -> tuple[Part, ...]:
    """What an attacker has: the parts, in the order of their labels."""
    return tuple(sorted(parts(table, least), key=lambda part: (part.labels, part.n)))


@pytest.mark.parametrize("shape", [(2, 2), (3,), (4,)])
def test_an_attacker_who_knows_the_rule_finds_no_small_number(shape: tuple[int, ...]) -> None:
    """Every table there can be (small is below 3) is tried; those that print alike are compared."""
    cells = list(itertools.product(*([str(i) for i in range(n)] for n in shape)))
    alike: dict[tuple[Part, ...], list[tuple[int, ...]]] = defaultdict(list)
    for numbers in itertools.product(range(8), repeat=len(cells)):
        alike[printed(dict(zip(cells, numbers, strict=True)))].append(numbers)
    for tables in alike.values():
        for column in zip(*tables, strict=True):
            # A cell of 1 or 2 is never certain: some other table prints the same and has another number.
            assert set(column) not in ({1}, {2}), tables


def test_what_is_printed_is_large_and_adds_up() -> None:
    chance = random.Random(4)
    for _ in range(300):
        table = {
            (f"h{h}", f"c{c}", a): chance.choice((0, 0, 1, 2, 3, 7, 40))
            for h in range(chance.randint(1, 5))
            for c in range(3)
            for a in ("removed", "declined", "none")
        }
        found = parts(table)
        total = sum(table.values())
        if total >= 5:
            assert all(part.n >= 5 for part in found)
            assert sum(part.n for part in found) == total
        for part in found:
            if SEVERAL not in part.labels:
                assert table[part.labels] == part.n


def test_totals_do_not_give_back_what_is_merged() -> None:
    """A column's total minus the cells beside it: there is no total but the sum of what is printed."""
    table = {("a", "removed"): 30, ("a", "declined"): 2, ("b", "removed"): 9, ("b", "declined"): 8}
    assert parts(table) == [
        Part(("a", SEVERAL), 32),
        Part(("b", "removed"), 9),
        Part(("b", "declined"), 8),
    ]


def test_next_to_nothing_is_no_number_at_all() -> None:
    assert parts({("a",): 3, ("b",): 1}) == [Part((SEVERAL,), -1)]
    assert parts({}) == []


def test_reasons_divide_only_what_is_printed() -> None:
    """Notices and refusals together are made of one partition, whose parts are large each."""
    chance = random.Random(8)
    actions = (("removed", ""), ("none", ""), *(("declined", why) for why in ("lawful", "consent", "unsaid")))
    for _ in range(300):
        table = {
            (f"h{h}", "c", *action): chance.choice((0, 0, 1, 2, 4, 7, 30))
            for h in range(chance.randint(1, 4))
            for action in actions
        }
        fine = parts(table)
        whole: Counter[tuple[str, ...]] = Counter()
        for key, n in table.items():
            whole[key[:3]] += n
        assert sorted(map(str, _whatever_reason(fine))) == sorted(map(str, parts(whole)))
        refused = sum(part.n for part in parts(whole) if part.labels[2] == "declined")
        assert sum(part.n for part in _host_refusals(fine)) == refused
        assert all(part.n >= 5 for part in _host_refusals(fine))
