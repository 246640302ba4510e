"""A year of the queue, played through: in the console's order, for its targets, as the arithmetic says."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import pytest

from disrupt.hotline.__main__ import main
from disrupt.hotline.cases import queries
from disrupt.hotline.cases.models import AgeWhenTaken, Case
from disrupt.hotline.demo.year import played
from disrupt.hotline.demo.year.plan import Person
from disrupt.hotline.demo.year.staffing import Assumed, NotToBeAssumed, Staff
from disrupt.hotline.review.waiting import queueing


@pytest.mark.django_db
def test_who_is_first_is_who_is_first_at_the_console(make_case: Any) -> None:
    draw = random.Random(3)
    orders = {}
    for hour in range(24):
        minor, threat = draw.random() < 0.4, draw.random() < 0.4
        case = make_case(
            urls=(f"https://example.org/{hour}",),
            age_when_taken=AgeWhenTaken.MINOR if minor else AgeWhenTaken.ADULT,
            threat=threat,
        )
        orders[case.pk] = played.order(minor, threat, float(hour))
    assert list(queries.queue().values_list("pk", flat=True)) == sorted(orders, key=lambda pk: orders[pk])
    assert {priority for priority, _calm, _came in orders.values()} == {0, 1}
    for case in Case.objects.all():
        kind = "threat" if case.threat else "minor" if case.priority == 0 else "other"
        assert queueing.target_of(case.priority).total_seconds() / 3600 == played.TARGETS[kind]


def test_a_rota_is_as_long_as_the_people_s_hours() -> None:
    assumed = Assumed()
    for analysts in (8, 44, 95):
        duty = played.rota(assumed, analysts)
        assert min(duty) >= 1
        assert 0 <= analysts * assumed.hours * assumed.days / 365 - sum(duty) < 1
    assert abs(sum(played.rota(assumed, 44)) - sum(Staff(assumed).on_duty)) <= 24
    with pytest.raises(NotToBeAssumed, match="6 analysts"):
        played.rota(assumed, 6)


def test_nobody_is_forgotten_and_fewer_people_let_others_wait_longer() -> None:
    assumed = Assumed(reports=60_000)
    few, more = (played.play(assumed, analysts, days=30, seed=4) for analysts in (9, 14))
    for year in (few, more):
        seen = sum(len(found) for half in (year.ordinary, year.since) for found in half.values())
        assert seen + year.no_look == round(60_000 / 365 * 48)
        assert min(hours for found in year.ordinary.values() for hours in found) >= 0
    assert few.duty < more.duty
    assert few.over > more.over > few.scandal, "the last that waited too long because of the scandal"
    late = [year.told()["since_the_scandal"]["other"]["late"] for year in (few, more)]  # type: ignore[index]
    assert late[0] > late[1] > 0
    again = played.play(assumed, 9, days=30, seed=4)
    assert again.told() == few.told()


def test_who_is_urgent_waits_as_the_arithmetic_says(monkeypatch: pytest.MonkeyPatch) -> None:
    # One at any hour, always at work, as many at each hour: the formula of a queue holds as it is.
    assumed = Assumed(reports=24_000, known=0, again=0, rest=0, work=60, hours=24, days=365, pace=4)
    monkeypatch.setattr(played, "rota", lambda *_: (1,) * 24)
    monkeypatch.setattr(played, "_come", _evenly)
    year = played.play(assumed, 1, days=3650, seed=2)
    urgent = [*year.ordinary["threat"], *year.since["threat"]]
    busy = 24_000 / 8760 / 4
    for within in (0.1, 0.3):
        share = sum(hours > within for hours in urgent) / len(urgent)
        assert share == pytest.approx(busy * math.exp(-(4 - 0.2 * 24_000 / 8760) * within), abs=0.02)


def _evenly(assumed: Assumed, days: int, seed: int) -> Any:
    draw, hour = random.Random(seed), 0.0
    while (hour := hour + draw.expovariate(assumed.reports / 8760)) < days * 24:
        threat = draw.random() < 0.2
        yield Person(0, hour, True, False, 0, altered=False, junk=False, minor=False, threat=threat)


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff", "--reports", "3000", "--play", "7", "12"]) == 0
    words = capsys.readouterr().out
    assert [line.split()[0] for line in words.splitlines()[1:13]] == ["7"] * 6 + ["12"] * 6
    assert "threat 2 h, minor 2 h, other 24 h" in words
    assert main(["staff", "--reports", "3000", "--play", "7", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["analysts"] == 7
    assert main(["staff", "--play", "3"]) == 2
    assert "3 analysts cannot be there by day and night" in capsys.readouterr().err


@pytest.mark.slow
def test_the_page_says_what_the_command_says() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "scale.md").read_text("utf-8")
    table = page.partition("| analysts | urgent, ordinary days |")[2].partition("\n\n")[0]
    rows = [[cell.strip(" *") for cell in line.strip("| ").split("|")] for line in table.splitlines()[2:]]
    assert len(rows) == 6
    for row in (rows[1], rows[3]):
        assert row == page_row(int(row[0]))


def page_row(analysts: int) -> list[str]:
    """A line of the table, as the queue is played now."""
    year = played.play(Assumed(), analysts)
    urgent, urgent_since = ([*of["threat"], *of["minor"]] for of in (year.ordinary, year.since))
    days = round(max(0.0, year.over - year.scandal) / 24)
    cells = [_cell(found) for found in (urgent, year.ordinary["other"], urgent_since, year.since["other"])]
    return [str(analysts), *cells, str(days)]


def _cell(found: list[float]) -> str:
    ordered = sorted(found)
    return f"{ordered[(len(ordered) - 1) * 95 // 100]:.1f}; {ordered[-1]:,.1f}"
