"""Pasting many addresses: each line is kept, or explained and kept where the analysts read it."""

from __future__ import annotations

import html
import re
import time
from typing import Any

import pytest
from django.http import QueryDict
from tests.hotline.intake.asking.steps import answer, push, send, to
from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases.models import Item
from disrupt.hotline.intake.asking import pasted, where
from disrupt.hotline.intake.asking.addresses import Why

PASTED = """https://www.instagram.com/p/1
https://www.instagram.com:443/p/1
here it is: https://x.com/a and b.example/2, thanks

javascript:alert(1)
Snapchat : jane_33
holiday.jpg
https://a.example/1;https://a.example/2
"""


def box(person: Person) -> str:
    found = re.search(r'<textarea id="id_urls".*?>\n(.*?)</textarea>', person.html, re.DOTALL)
    assert found
    return html.unescape(found[1])


def test_every_line_is_an_address_or_says_why_not() -> None:
    read = pasted.read(PASTED)
    assert read.good == (
        "https://www.instagram.com/p/1",
        "https://x.com/a",
        "https://b.example/2",
        "https://a.example/1",
        "https://a.example/2",
    )
    assert [(line.text, line.why) for line in read.bad] == [
        ("javascript:alert(1)", Why.NOT_WEB),
        ("Snapchat : jane_33", Why.WORDS),
        ("holiday.jpg", Why.FILE),
    ]


@pytest.mark.parametrize(
    "evil",
    [
        ")" * 1_000_000,
        ")]" * 500_000,
        "https://a.example/,\n" * 50_000,
        "<>" * 500_000,
        ("ttp" * 1300 + "\n") * 250,
    ],
)
def test_no_text_takes_long_to_read(evil: str) -> None:
    began = time.process_time()
    pasted.read(evil)
    assert time.process_time() - began < 5


def test_lines_that_are_none_are_explained_and_can_go_to_the_analysts(somebody: Person) -> None:
    answer(somebody, "ways", ways=["online"])
    assert answer(somebody, "where", urls=PASTED).status_code == 200
    said = {
        "en": ("e-mail", "name of a file", "https://\\)"),
        "fr": ("e-mail", "nom d’un fichier", "https://\\)"),
    }
    for words in said[somebody.language][1:]:
        assert re.search(words, somebody.html)
    assert "Instagram" in somebody.html, "what is understood is shown with its platform"
    kept = box(somebody).splitlines()
    assert kept[:3] == ["javascript:alert(1)", "Snapchat : jane_33", "holiday.jpg"], "these come first"
    assert len(kept) == len(set(kept)) == 3 + 1 + 5, "and each address once"
    assert to(push(somebody, "where", urls=box(somebody), action="without")) == "who"
    assert to(answer(somebody, "who", reporter="self", age="adult")) == "check"
    somebody.get("steps/check/")
    assert "Snapchat : jane_33" in somebody.html
    assert "holiday.jpg" in somebody.html


def test_on_one_page_the_lines_go_to_the_words_too(person: Person) -> None:
    person.open_form()
    person.send(urls="hello\nhttps://b.example/1", description="My words.")
    assert 'value="without"' in person.html
    person.send(urls="hello\nhttps://b.example/1", description="My words.", action="without")
    assert "My words.\nhello</textarea>" in person.html
    assert box(person) == "https://b.example/1"


def test_lines_that_do_not_fit_into_the_words_stay_in_the_box() -> None:
    data = QueryDict(mutable=True)
    data["urls"] = f"short\n{'long ' * 100}\nexample.org/1"
    changed, words = where.put_aside(data, "My words.", 100)
    assert words == "My words.\nshort"
    assert changed["urls"] == f"{('long ' * 100).strip()}\nhttps://example.org/1"


def test_going_back_keeps_what_is_understood(person: Person) -> None:
    answer(person, "ways", ways=["online"])
    assert to(answer(person, "where", urls=PASTED, action="back")) == "ways"
    person.get("steps/where/")
    assert "https://a.example/2" in person.html


def test_more_than_a_report_holds(person: Person, settings: Any) -> None:
    settings.MAX_URLS = 20
    answer(person, "ways", ways=["online"])
    response = answer(person, "where", urls="\n".join(f"https://example.org/{n}" for n in range(25)))
    assert response.status_code == 200
    assert "example.org ×20" in person.html
    over = re.search(r'<textarea id="over".*?>\n(.*?)</textarea>', person.html, re.DOTALL)
    assert over
    assert over[1].splitlines() == [f"https://example.org/{n}" for n in range(20, 25)]
    assert len(box(person).splitlines()) == 20
    assert to(push(person, "where", urls=box(person))) == "who", "and the report can go on"


def test_as_many_as_a_report_holds_become_items(person: Person) -> None:
    answer(person, "ways", ways=["online"])
    many = "\n".join(f"https://example.org/{n}" for n in range(500))
    assert to(answer(person, "where", url=["example.org/0"], urls=many)) == "who"
    person.get("steps/where/")
    assert len(box(person).splitlines()) == 500, "many addresses come back in the box, not in 500 fields"
    answer(person, "who", reporter="self", age="adult")
    person.get("steps/check/")
    assert "https://example.org/19<" in person.html
    assert "and 480 more addresses" in person.html
    assert len(person.html) < 40_000, "a page that a telephone has to load at night"
    assert send(person).headers["Location"].endswith("/code/")
    assert Item.objects.count() == 500


def test_ten_thousand_lines_are_told_what_fits(person: Person) -> None:
    answer(person, "ways", ways=["online"])
    many = "\n".join(f"https://example.org/photo/{'x' * 100}/{n}" for n in range(10_000))
    assert answer(person, "where", urls=many).status_code == 200
    assert "9500" in person.html
    assert f"/{'x' * 100}/9999" in person.html
