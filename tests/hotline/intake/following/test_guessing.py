"""What a wrong code tells: nothing of whether there once was such a case, in words, in shape or in time."""

from __future__ import annotations

import concurrent.futures
import math
import re
import statistics
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.entering import Make

from disrupt.hotline.cases import erasing
from disrupt.hotline.common import codes

UNKNOWN = codes.from_bits(b"\xaa" * 13)


def rank_sum(one: list[float], other: list[float]) -> float:
    """By how many standard deviations the ranks of two samples differ (Mann and Whitney 1947)."""
    ranked = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks = sum(place for place, (_value, which) in enumerate(ranked, 1) if which == 0)
    n, m = len(one), len(other)
    return (ranks - n * (n + m + 1) / 2) / math.sqrt(n * m * (n + m + 1) / 12)


def ask(person: Person, code: str) -> tuple[float, int, str, dict[str, str]]:
    began = time.perf_counter()
    response = person.post("follow/", {"code": code})
    spent = time.perf_counter() - began
    page = re.sub(r'(name="csrfmiddlewaretoken" value=)"[^"]*"', r"\1", response.content.decode())
    return spent, response.status_code, page.replace(code, "CODE"), dict(response.headers)


def measure(codes_of: dict[str, str], rounds: int) -> dict[str, list[float]]:
    """Seconds of each kind of guess, one after the other, so that what slows one down slows the others."""
    person = Person(Client(enforce_csrf_checks=True))
    person.get("follow/")
    spent: dict[str, list[float]] = {name: [] for name in codes_of}
    for number in range(rounds):
        names = list(codes_of) if number % 2 else list(reversed(codes_of))
        for name in names:
            spent[name].append(ask(person, codes_of[name])[0])
    return spent


def test_unknown_and_erased_have_one_answer(person: Person, make_case: Make) -> None:
    case = make_case(urls=("https://example.org/a",))
    erasing.erase_case(case)
    person.get("follow/")
    answers = [ask(person, code)[1:] for code in (UNKNOWN, case.code)]  # type: ignore[attr-defined]
    assert answers[0] == answers[1]
    assert answers[0][0] == 422


@pytest.mark.alone
def test_unknown_and_erased_take_the_same_time(db: None, make_case: Make) -> None:
    case = make_case(urls=("https://example.org/a",))
    erasing.erase_case(case)
    spent = measure({"unknown": UNKNOWN, "erased": case.code}, 150)  # type: ignore[attr-defined]
    apart = statistics.median(spent["unknown"]) - statistics.median(spent["erased"])
    print(f"medians differ by {apart * 1e3:.3f} ms, z = {rank_sum(*spent.values()):.2f}")
    # One in 15,000 of such runs is further apart by chance alone.
    assert abs(rank_sum(*spent.values())) < 4


@pytest.mark.fuzz
@pytest.mark.django_db(transaction=True)
def test_under_load(make_case: Make, settings: Any) -> None:
    """With the real cost of a guess, while four others guess as well: it prints the figures."""
    settings.CODE_ARGON2_OPS, settings.CODE_ARGON2_BYTES = 3, 64 * 1024 * 1024
    case = make_case(urls=("https://example.org/a",))
    erasing.erase_case(case)
    kinds = {"unknown": UNKNOWN, "erased": case.code, "malformed": "AB"}  # type: ignore[attr-defined]

    def guess(_: int) -> dict[str, list[float]]:
        try:
            return measure(kinds, 20)
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        found = list(pool.map(guess, range(5)))
    spent = {name: [value for one in found for value in one[name]] for name in kinds}
    for name, values in spent.items():
        quarters = [f"{1e3 * value:.0f}" for value in statistics.quantiles(values)]
        print(name, "ms:", *quarters, f"z = {rank_sum(values, spent['unknown']):.2f}")
    assert abs(rank_sum(spent["unknown"], spent["erased"])) < 4
