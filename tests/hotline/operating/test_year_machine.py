"""What the simulated year measures of processes, how its people go about, and how long its analysts rest."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace

import pytest

from disrupt.hotline.demo.accounts import Account
from disrupt.hotline.demo.errors import DemoFailed
from disrupt.hotline.demo.year import books, persons
from disrupt.hotline.demo.year.crowd import Crowd
from disrupt.hotline.demo.year.desk import Desk
from disrupt.hotline.demo.year.diary import Diary, Line
from disrupt.hotline.demo.year.judgement import Judgement, errors
from disrupt.hotline.demo.year.meter import Meter
from disrupt.hotline.demo.year.office import Office
from disrupt.hotline.demo.year.plan import Person, people
from disrupt.hotline.demo.year.wish import Told, Wish

BUSY = """
import subprocess, sys, time
held = bytearray(60_000_000)
while time.process_time() < 0.4:
    pass
subprocess.run([sys.executable, "-c", "import time\\nwhile time.process_time() < 0.4: pass"], check=True)
print("done", flush=True)
time.sleep(60)
"""


def test_a_process_is_measured_with_what_it_started() -> None:
    meter = Meter()
    with subprocess.Popen(
        [sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as busy:
        assert busy.stdout is not None
        assert busy.stdout.readline() == "done\n"
        meter.read({"worker.2": busy.pid, "portal": os.getpgid(0)})
        busy.kill()
    meter.read({"worker.2": busy.pid})
    assert 0.7 < meter.seconds()["worker"] < 5
    assert meter.most_kib()["worker"] > 60_000
    assert set(meter.seconds()) == {"worker", "portal"}


def test_each_does_one_thing_after_the_other_and_when_it_is_time(monkeypatch: pytest.MonkeyPatch) -> None:
    did: dict[int, list[str]] = defaultdict(list)

    def report(portal: str, person: Person, url: str, line: Line) -> None:
        line.code = "C"
        did[person.number].append("report")

    monkeypatch.setattr(persons, "report", report)
    monkeypatch.setattr(persons, "add", lambda _portal, number, _code, _url: did[number].append("add"))
    monkeypatch.setattr(persons, "act", lambda _portal, number, _code, what: did[number].append(what))
    plan = people(400, 10, 4)
    crowd = Crowd("", plan, Diary(), lambda number, which: f"http://host.example/p/{which}-{number}")
    crowd.until(100.0)
    assert set(did) == {person.number for person in plan if person.hour < 100}
    assert all("end" not in did[p.number] for p in plan if p.erases is not None and p.erases >= 100)
    crowd.until(1e9)
    for person in plan:
        acts = {"report": person.hour, "add": person.adds, "all": person.withdraws, "end": person.erases}
        when = {name: hour for name, hour in acts.items() if hour is not None}
        assert did[person.number] == sorted(when, key=lambda name: when[name])
    told = Told()
    crowd.count(told)
    assert told.deleted == sum(person.erases is not None for person in plan) > 0


def test_what_cannot_be_done_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def report(portal: str, person: Person, url: str, line: Line) -> None:
        raise DemoFailed("no code")

    monkeypatch.setattr(persons, "report", report)
    with pytest.raises(DemoFailed, match="no code"):
        Crowd("", people(3, 10, 4), Diary(), lambda _n, _m: "").until(1e9)


def test_breaks_are_taken_and_short_steps_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def work(_self: Desk, most: int, *_: object) -> int:
        asked.append(most)
        return most

    monkeypatch.setattr(Desk, "work", work)
    wish = Wish(1, 1, 1, cases_an_hour=3, work_minutes=50, rest_minutes=10)
    for pace, hours, decided in ((wish, 24.0, 60), (replace(wish, rest_minutes=0), 24.0, 72)):
        office = Office(
            "", [Account("a", "p", "t")], Diary(), Judgement(1, 0, frozenset(), frozenset()), pace
        )
        assert sum(office.work(0.25, n / 4) for n in range(round(hours * 4))) == decided
        office.close()
    assert max(asked) == 1


def test_how_long_they_waited() -> None:
    found = books.waits({"threat": [float(n) for n in range(101)], "minor": []})
    assert found == {"threat": {"n": 101, "median": 50.0, "of_95": 95.0, "longest": 100.0}}


def test_analysts_err_by_themselves_and_on_no_picture_that_comes_twice() -> None:
    plan = people(600, 10, 4)
    judgement = Judgement.of(plan, 4, 0.2)
    first = {p.number: judgement.seen(p.number, "file", "first") for p in plan}
    second = {p.number: judgement.seen(p.number, "file", "second") for p in plan}
    wrong = {number for number, illegal in first.items() if illegal is not judgement.right(number)}
    assert 60 < len(wrong) == errors(first.items(), judgement) < 180
    assert wrong <= judgement.alone < set(first)
    assert any(first[number] is not second[number] for number in wrong), "a second person sees it by herself"
    assert first == {p.number: judgement.seen(p.number, "file", "first") for p in plan}
