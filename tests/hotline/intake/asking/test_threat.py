"""A threat without a picture or an address: one page, what to do now, sent, read, answered by words."""

from __future__ import annotations

import datetime as dt
import json
import re
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.hotline.intake.asking.steps import answer, push, send, to
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases import messages
from disrupt.hotline.cases import queries as case_queries
from disrupt.hotline.cases.models import Case, SealedKind, SealedNote
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions import reading
from disrupt.hotline.intake.visit.lines import lines
from disrupt.hotline.review.services import open_note

PARIS = ZoneInfo("Europe/Paris")
TOLD = {
    "place": "Snapchat, a private group",
    "account": "@somebody",
    "demand": "500 euros in cards",
    "deadline": "tonight",
}


def at(hour: int, weekday: int | None = None) -> None:
    """Move the clock on to this hour in Paris (of this weekday, 1 is Monday)."""
    now = clock.now().astimezone(PARIS)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    while then <= now or (weekday and then.isoweekday() != weekday):
        then += dt.timedelta(days=1)
    clock.move(then - now)


def told(person: Person, **changes: Any) -> Case:
    """Tell of a threat and nothing else; one page follows."""
    given = {**TOLD, "reporter": "minor", **changes}
    assert to(answer(person, "now", **given)) == "check"
    assert send(person).status_code == 302
    return Case.objects.get()


def push_open(person: Person, step: str, **fields: Any) -> Any:
    person.get(f"steps/{step}/")
    return push(person, step, **fields)


def test_it_is_sent_on_two_pages_and_sealed(somebody: Person, settings: Any) -> None:
    case = told(somebody, description="I want to die", danger="on")
    assert (case.threat, case.priority, case.unread, case.age_when_taken) == (True, 0, True, "minor")
    assert not case.items.exists()
    assert list(case_queries.queue()) == [case]
    settings.MAY_OPEN = True
    note = SealedNote.objects.get(kind=SealedKind.THREAT)
    assert json.loads(case_queries.read_note(note)) == {**TOLD, "danger": True}
    kept = b"".join(path.read_bytes() for path in settings.VAR.rglob("*") if path.is_file())
    assert b"@somebody" not in kept


@pytest.mark.parametrize(("reporter", "age"), [("minor", "minor"), ("self", "unsure")])
def test_only_who_is_threatened_must_be_said(person: Person, reporter: str, age: str) -> None:
    assert push_open(person, "now").status_code == 200
    assert 'href="#id_reporter_0"' in person.html
    case = told(person, reporter=reporter, place="", account="", demand="", deadline="")
    assert (case.age_when_taken, case.notes.count()) == (age, 0)


def test_for_a_child_its_age_is_asked_and_for_others_one_is_led_on(person: Person) -> None:
    assert to(answer(person, "now", reporter="representative")) == "age"
    assert to(answer(person, "now", reporter="other")) == "other"


def test_what_was_told_comes_back_and_can_be_changed(somebody: Person) -> None:
    answer(somebody, "now", **TOLD, reporter="self")
    somebody.get("steps/now/")
    for value in TOLD.values():
        assert f'value="{value}"' in somebody.html
    push(somebody, "now", **TOLD, reporter="self", action="more-ways")
    assert to(answer(somebody, "ways", ways=["online", "threat"])) == "where"
    answer(somebody, "where", url=["example.org/1"])
    assert to(answer(somebody, "age", age="adult")) == "check"
    somebody.get("steps/check/")
    for value in (*TOLD.values(), "https://example.org/1"):
        assert value in somebody.html


def test_one_page_alone_is_not_counted(somebody: Person) -> None:
    answer(somebody, "now", reporter="minor")
    assert 'class="progress"' not in somebody.get("steps/check/").content.decode()
    answer(somebody, "ways", ways=["online"])
    assert 'class="progress"' in somebody.get("steps/where/").content.decode()


def test_danger_is_answered_on_every_page_that_follows(somebody: Person) -> None:
    answer(somebody, "now", reporter="minor", danger="on")
    main = somebody.get("steps/check/").content.decode().split('<aside class="help"')[0]
    assert 'href="tel:17"' in main
    assert 'href="sms:114"' in main


def test_the_page_of_everything_takes_a_threat_alone(somebody: Person) -> None:
    somebody.open_form()
    assert somebody.send(url=None, threat="on", **TOLD).status_code == 302
    case = Case.objects.get()
    assert case.threat
    assert case.notes.filter(kind=SealedKind.THREAT).exists()


@pytest.mark.parametrize(
    ("hour", "minor", "first"),
    [
        (3, True, ["119", "3114", "17", "3018"]),
        (3, False, ["3114", "17", "119", "3018"]),
        (12, True, ["119", "3018", "3114", "17"]),
        (12, False, ["3018", "3114", "17", "119"]),
    ],
)
def test_the_lines_are_in_the_order_of_hour_and_age(hour: int, minor: bool, first: list[str]) -> None:
    at(hour)
    shown = lines("en", minor=minor)
    assert [line.name for line in shown if line.call] == first
    assert ("THESEE" in {line.name for line in shown}) is not minor


def test_a_line_that_is_closed_says_when_it_opens(somebody: Person) -> None:
    at(3)
    somebody.get("steps/now/")
    said = {
        "en": "Closed at this hour: opens again at 9 AM.",
        "fr": "Fermé à cette heure\u00a0: rouvre à 9 h.",
    }
    assert said[somebody.language].replace("\u00a0", " ") in somebody.html.replace("\u00a0", " ")
    at(12)
    somebody.get("steps/now/")
    assert said[somebody.language][:12] not in somebody.html


def test_the_page_says_when_somebody_reads_and_promises_nothing_unset(person: Person, settings: Any) -> None:
    settings.TEAM_HOURS = ""
    person.get("steps/now/")
    assert "We cannot promise at what hour." in person.html
    settings.TEAM_HOURS = "1-5 9-18"
    at(3, weekday=7)
    person.get("steps/now/")
    assert "Nobody of our team is there at this hour; it is back on Monday at 9 AM." in person.html
    at(10, weekday=2)
    person.get("steps/now/")
    assert "Our team is there until 6 PM." in person.html


def test_its_page_follows_it_from_received_to_answered(somebody: Person, settings: Any) -> None:
    case = told(somebody)
    somebody.code()
    somebody.post("code/", {"saved": "on"})
    fr = somebody.language == "fr"
    somebody.get("follow/now/")
    assert ("Personne ne l’a encore lu" if fr else "Nobody has read it yet") in somebody.html
    settings.MAY_OPEN = True
    open_note(case.notes.get(kind=SealedKind.THREAT), analyst(1))
    somebody.get("follow/now/")
    assert (
        "Une personne de notre équipe l’a lu" if fr else "A person of our team has read it"
    ) in somebody.html
    messages.write(case, "Call 119.", analyst(1), "form")
    reading.answered(case)
    somebody.get("follow/now/")
    assert ("vous a écrit" if fr else "has written to you") in somebody.html
    assert not re.search(r'class="item done"', somebody.html)
    somebody.get("follow/now/messages/")
    assert "Call 119." in somebody.html


def test_the_first_page_begins_with_the_threat(somebody: Person) -> None:
    main = somebody.get("").content.decode().split("<main")[1].split("</main>")[0]
    links = re.findall(r'href="([^"]+)"', main)
    assert links[0] == f"/{somebody.language}/steps/now/"
