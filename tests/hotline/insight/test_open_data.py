"""Open data: two databases that differ in one report can hardly be told apart by them."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections import Counter
from fractions import Fraction
from typing import Any

import pytest
from benchmarks.gate import served_as
from django.test import Client

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.insight import opendata
from disrupt.hotline.insight.models import OpenMonth
from disrupt.hotline.insight.noise import discrete_laplace
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NoticeState, Step
from disrupt.hotline.tally import folding


def report(make_case: Any, contents: int = 1) -> None:
    """A report of addresses, through all that is counted of it: sent, decided, notified."""
    urls = tuple(f"https://forum.one.org/{n}" for n in range(contents))
    for item, category in zip(
        make_case(urls=urls).items.order_by("pk"), 20 * ["NCII-DIF", "VOY"], strict=False
    ):
        qualify(item, category, analyst(1))
        item.refresh_from_db()
        services.open_for_item(item, category, WORKER)
    for notice in Notice.objects.filter(step=Step.HOST, counted_at=None):
        Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=clock.now())
        notice.refresh_from_db()
        services.mark_reached(notice, WORKER)


def this_month() -> dt.date:
    return clock.now().date().replace(day=1)


@pytest.mark.django_db
@pytest.mark.parametrize("contents", [1, 7])
def test_two_databases_that_differ_in_one_report_are_nearly_alike(make_case: Any, contents: int) -> None:
    """Whatever is published, it is at most e times as probable with the report as without it."""
    for _ in range(2):
        make_case(urls=("https://two.net/1",))
    without = dict(opendata.true_numbers(this_month()))
    report(make_case, contents)
    with_it = dict(opendata.true_numbers(this_month()))
    assert without.keys() == with_it.keys(), "which cells there are says nothing"
    apart = {cell: abs(n - without[cell]) for cell, n in with_it.items() if n != without[cell]}
    assert sorted((table, n) for (table, *_rest), n in apart.items()) == [
        ("decided", 1),
        ("notified", 1),
        ("reports", 1),
    ], "however many contents it has"
    # Noise is independent, and exp(-epsilon |k|) changes by exp(epsilon) at most for each step of a number.
    assert math.exp(float(opendata.EPSILON) * sum(apart.values())) <= math.e + 1e-9


def test_the_noise_is_what_it_says() -> None:
    """Drawn 40,000 times from a seeded generator: each number is as frequent as exp(-epsilon |k|) says."""
    epsilon, draws = Fraction(1, 3), 40_000
    chance = random.Random(7)
    found = Counter(discrete_laplace(epsilon, chance.randrange) for _ in range(draws))
    e = math.exp(-float(epsilon))
    whole = (1 + e) / (1 - e)
    for k in range(-8, 9):
        expected = e ** abs(k) / whole
        assert found[k] / draws == pytest.approx(expected, abs=4 * math.sqrt(expected / draws)), k
    # And so the ratio that protects: no number is more than exp(epsilon) times as frequent as its neighbour.
    for k in range(6):
        assert found[k] / found[k + 1] == pytest.approx(math.exp(float(epsilon)), rel=0.15)


@pytest.mark.django_db
def test_a_month_is_drawn_once_when_it_is_over(make_case: Any, settings: Any) -> None:
    month = this_month()
    report(make_case)
    assert list(opendata.due()) == []
    clock.move(dt.timedelta(days=32))
    assert list(opendata.due()) == [], "its last days are not added up yet"
    while list(folding.due()):
        folding.fold()
    assert month in list(opendata.due())
    for one in list(opendata.due()):
        opendata.make(one)
        opendata.make(one)
    assert list(opendata.due()) == []
    made = OpenMonth.objects.get(month=month)
    assert [tuple(row[:4]) for row in made.rows] == opendata.cells()
    assert all(row[4] >= 0 for row in made.rows)
    settings.ROOT_URLCONF = "disrupt.hotline.processes.portal.urls"
    settings.MIDDLEWARE = ["django.middleware.locale.LocaleMiddleware"]
    everybody = Client()
    assert f"{month:%Y-%m}" in everybody.get("/published/en/").content.decode()
    first = everybody.get(f"/published/data/{month:%Y-%m}.csv").content.decode()
    assert first.splitlines()[0] == "month,table,category,person,threat,n"
    assert first == everybody.get(f"/published/data/{month:%Y-%m}.csv").content.decode()
    columns = everybody.get("/published/data/dictionary.json").json()["columns"]
    assert tuple(columns) == opendata.COLUMNS
    assert everybody.get("/published/data/1999-01.csv").status_code == 404


@pytest.mark.django_db
def test_after_a_restore_no_month_is_drawn_a_second_time(make_case: Any, client: Client) -> None:
    """Two drawings of one number could be averaged: the budget would be spent twice."""
    make_case(urls=("https://two.net/1",))
    published, month = this_month(), f"{this_month():%Y-%m}"
    clock.move(dt.timedelta(days=40))
    make_case(urls=("https://two.net/2",))
    while list(folding.due()):
        folding.fold()
    assert published in opendata.due()
    assert opendata.withhold() >= 1
    assert opendata.withhold() == 0
    assert list(opendata.due()) == []
    opendata.make(published)
    assert not OpenMonth.objects.exclude(rows=[]).exists()
    with served_as("portal"):
        assert client.get(f"/published/data/{month}.csv").status_code == 404
        assert month not in client.get("/published/fr/").content.decode()
    clock.move(dt.timedelta(days=40))
    while list(folding.due()):
        folding.fold()
    after = list(opendata.due())
    assert after, "what comes after is drawn once, as ever"
    assert published not in after
