"""How many analysts are needed: the arithmetic agrees with a queue that is played through."""

from __future__ import annotations

import heapq
import json
import random
from collections import deque
from pathlib import Path

import pytest

from disrupt.hotline.__main__ import main
from disrupt.hotline.demo.year.staffing import Assumed, Staff, all_busy, late
from disrupt.hotline.review.seeing import exposure


def played(people: int, pace: float, urgent: float, others: float, within: float) -> float:
    """The share of the urgent that waited longer, in a queue of 60,000 cases drawn by chance."""
    draw = random.Random(1)
    clock, waited, too_long, came = 0.0, 0, 0, 0
    busy: list[float] = []
    lines: tuple[deque[float], deque[float]] = (deque(), deque())

    def begin(now: float, line: int, since: float) -> None:
        nonlocal waited, too_long
        if line == 0:
            waited += 1
            too_long += now - since > within
        heapq.heappush(busy, now + draw.expovariate(pace))

    while came < 60_000:
        clock += draw.expovariate(urgent + others)
        came += 1
        while busy and busy[0] <= clock:
            free = heapq.heappop(busy)
            for number in (0, 1):
                if lines[number]:
                    begin(free, number, lines[number].popleft())
                    break
        line = 0 if draw.random() < urgent / (urgent + others) else 1
        if len(busy) < people:
            begin(clock, line, clock)
        else:
            lines[line].append(clock)
    return too_long / waited


@pytest.mark.parametrize(
    ("people", "urgent", "others", "within"),
    [(1, 1.0, 4.0, 0.2), (6, 7.0, 29.0, 0.03), (12, 50.0, 20.0, 0.02)],
)
def test_it_is_as_a_queue_that_is_played_through(
    people: int, urgent: float, others: float, within: float
) -> None:
    found = late(people, 20 / 3, urgent, others, within)
    assert 0.05 < found < 0.9, "a case that tells something"
    assert played(people, 20 / 3, urgent, others, within) == pytest.approx(found, abs=0.03)


def test_figures_of_a_table() -> None:
    assert all_busy(1, 0.5) == pytest.approx(0.5)
    assert all_busy(2, 1.0) == pytest.approx(1 / 3)
    assert all_busy(10, 5.0) == pytest.approx(0.0361, abs=0.0001)
    assert all_busy(3, 3.0) == 1.0


def test_360000_reports_a_year() -> None:
    staff = Staff(Assumed())
    assert staff.people == 44
    assert staff.decided_a_day * staff.assumed.filled >= staff.looks_a_day
    assert staff.urgent_late() <= 1 - staff.assumed.kept
    assert staff.longest_wait <= 24
    at_work = sum(staff.on_duty) * 365
    assert staff.people * staff.assumed.hours * staff.assumed.days >= at_work
    # A scandal of two days is not over with it, and the answer does not hide that.
    assert staff.burst_days > 30
    helped = staff.decided_a_day + staff.burst_helpers * staff.assumed.decided_an_hour * staff.assumed.hours
    assert 7 * (helped - staff.looks_a_day) >= staff.burst_left


def test_each_assumption_counts() -> None:
    usual = Staff(Assumed()).people
    for fewer in (Assumed(known=0.5), Assumed(pace=12), Assumed(rest=5), Assumed(days=230)):
        assert Staff(fewer).people < usual
    for more in (Assumed(again=0.2), Assumed(hours=4), Assumed(filled=0.7), Assumed(reports=500_000)):
        assert Staff(more).people > usual
    # Few reports, of which an urgent one may come at any hour: somebody is there by day and night.
    assert min(Staff(Assumed(reports=1000)).on_duty) == 1
    assert Staff(Assumed(reports=90_000, urgent=1, within=0.1)).people > Staff(Assumed(reports=90_000)).people


def test_the_breaks_are_those_that_the_console_asks_for() -> None:
    assumed = Assumed()
    assert assumed.work == exposure.REMIND_AFTER.total_seconds() / 60
    assert assumed.rest == exposure.BREAK.total_seconds() / 60
    assert assumed.hours * assumed.work / (assumed.work + assumed.rest) <= exposure.DAILY_LIMIT_MINUTES / 60


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff"]) == 0
    words = capsys.readouterr().out
    assert words.startswith("360,000 reports a year: 44 analysts\n")
    for name in vars(Assumed()):
        if name != "reports":
            assert f"--{name}" in words, "every assumption is said, with its option"
    assert main(["staff", "--reports", "120000", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["people"] == Staff(Assumed(reports=120_000)).people
    assert sum(told["on_duty"]) > 0


def test_the_page_says_what_the_command_says() -> None:
    page = (Path(__file__).resolve().parents[3] / "docs" / "scale.md").read_text("utf-8")
    table = page.partition("| reports a year |")[2].partition("\n\n")[0].replace("*", "").replace(",", "")
    rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in table.splitlines()[2:]]
    assert len(rows) == 4
    for reports, looks, duty, people, helpers in rows:
        staff = Staff(Assumed(reports=float(reports)))
        assert round(staff.looks_a_day) == int(looks)
        assert f"{min(staff.on_duty)} to {max(staff.on_duty)}" == duty
        assert (staff.people, staff.burst_helpers) == (int(people), int(helpers))
    said = "26 analysts where half of them need no look, 88 at 4 cases an hour of work, and 24 at 15"
    assert said in page
    changed = (Assumed(known=0.5), Assumed(pace=4), Assumed(pace=15))
    assert [Staff(one).people for one in changed] == [26, 88, 24]


@pytest.mark.parametrize(
    "wrong", [("--pace", "0"), ("--known", "1.5"), ("--filled", "1"), ("--reports", "nan")]
)
def test_what_has_no_answer_is_said(wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["staff", *wrong]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert wrong[0] in said.err
