"""Where a report begins, who may send one, and what each is asked: beside the plain way of test_flow.py."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.hotline.intake.asking.steps import PRINT, answer, push, send, to
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.common.networks import NETWORKS
from disrupt.hotline.intake.visit.limits import GATE


@pytest.mark.parametrize(("step", "way"), [("where", "online"), ("files", "deposit"), ("device", "device")])
def test_a_report_begins_where_the_first_page_leads(person: Person, step: str, way: str) -> None:
    given: dict[str, Any] = {
        "where": {"url": ["example.org/1"]},
        "files": {"files": [SimpleUploadedFile("a", b"a")]},
        "device": {"prints": json.dumps([PRINT])},
    }[step]
    assert person.get(f"steps/{step}/").status_code == 200
    assert "Page 1 of 3" in person.html
    assert to(push(person, step, **given, begins="1")) == "who"
    assert to(answer(person, "who", reporter="minor")) == "check"
    assert send(person).headers["Location"].endswith("/code/")
    assert Case.objects.get().items.count() == 1


def test_a_page_that_was_left_for_too_long_does_not_begin_a_report_in_silence(person: Person) -> None:
    answer(person, "ways", ways=["online", "deposit"])
    person.get("steps/where/")
    assert 'name="begins"' not in person.html
    clock.move(dt.timedelta(hours=3))
    assert push(person, "where", url=["example.org/1"]).status_code == 200
    assert "Your answers have been deleted" in person.html


def test_somebody_helps_the_person(somebody: Person) -> None:
    answer(somebody, "where", url=["example.org/1"], begins="1")
    assert to(answer(somebody, "who", reporter="helper", age="adult")) == "check"
    somebody.get("steps/check/")
    said = {"en": "is with me and agrees", "fr": "est avec moi et d’accord"}
    assert said[somebody.language] in somebody.html
    assert send(somebody).status_code == 302
    assert Case.objects.get().reporter == "helper"


def test_who_came_across_a_childs_picture_gives_its_address_and_nothing_else(somebody: Person) -> None:
    somebody.get("steps/other/")
    assert f"/{somebody.language}/steps/child/" in somebody.html
    somebody.get("steps/child/")
    assert '<input type="file"' not in somebody.html
    assert somebody.post("steps/child/", {"url": ["hello"], "action": "send"}).status_code == 200
    assert 'href="#url-1"' in somebody.html
    assert 'href="#id_statement"' in somebody.html
    given = {"url": ["example.org/1"], "description": "In the comments.", "statement": "on", "action": "send"}
    assert somebody.post("steps/child/", given).headers["Location"].endswith("/code/")
    case = Case.objects.get()
    assert (case.reporter, case.age_when_taken, case.priority, case.in_queue) == ("witness", "minor", 0, True)
    assert [item.kind for item in case.items.all()] == ["url"]
    somebody.get("code/")
    somebody.post("code/", {"saved": "on"})
    somebody.get("follow/now/")
    assert "document.pdf" not in somebody.html, "it is for the person's own complaint"


def test_a_witness_waits_in_a_crowd_like_everybody(person: Person) -> None:
    for _ in range(40):
        GATE.ask(NETWORKS.of("127.0.0.1"), 99)
    person.get("steps/child/")
    given = {"url": ["example.org/1"], "statement": "on", "action": "send"}
    assert to(person.post("steps/child/", given)) == "wait"
    clock.move(dt.timedelta(minutes=2))
    assert to(person.get("steps/wait/")) == "code"
    assert Case.objects.get().reporter == "witness"
