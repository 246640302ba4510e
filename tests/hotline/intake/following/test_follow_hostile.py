"""Behind the code, as somebody hostile: forged forms, copied cookies, erased cases, what a browser keeps."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.entering import Make, enter

from disrupt.hotline.cases import erasing
from disrupt.hotline.cases.models import Case, LedgerEvent

PAGES = ("", "messages/", "add/", "device/", "contact/", "1/", "all/", "end/", "notes.html", "document.pdf")
FORMS = ("messages/", "add/", "device/", "contact/", "1/", "all/", "end/")
SENT = {"text": "x", "urls": "https://example.org/b", "tell": "code", "complete": "1", "prints": "[]"}


@pytest.fixture
def inside(person: Person, make_case: Make) -> tuple[Person, Case]:
    case = make_case(urls=("https://example.org/a",))
    enter(person, case)
    return person, case


@pytest.mark.parametrize("path", FORMS)
def test_a_forged_form_changes_nothing(inside: tuple[Person, Case], path: str) -> None:
    person, case = inside
    before = LedgerEvent.objects.count()
    for headers in ({}, {"Origin": "https://elsewhere.example"}):
        response = person.client.post(f"/en/follow/now/{path}", SENT, headers=headers)
        assert response.status_code == 403
    person.client.post("/en/follow/close/")
    assert person.get("follow/now/").status_code == 200, "nor is the case closed"
    assert (LedgerEvent.objects.count(), case.items.get().state) == (before, "received")


@pytest.mark.parametrize("path", PAGES)
def test_a_page_leaves_nothing_behind(inside: tuple[Person, Case], path: str) -> None:
    person, case = inside
    response = person.client.get(f"/en/follow/now/{path}")
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert response["Referrer-Policy"] == "same-origin", "nothing of it goes to another site"
    code: str = case.code  # type: ignore[attr-defined]
    for secret in (code, code.replace("-", ""), str(case.pk), case.pk.hex):
        assert secret.encode() not in response.content
        assert all(secret not in value for _name, value in response.items())
        assert (
            all(secret not in cookie.value for cookie in person.client.cookies.values())
            or secret == case.pk.hex
        )
    title = re.search(r"<title>(.*?)</title>", response.content.decode("utf-8", "replace"))
    assert title is None or title[1].startswith("Information")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("ended", ["erased", "left", "closed"])
def test_what_was_ended_opens_no_more(inside: tuple[Person, Case], path: str, ended: str) -> None:
    """Neither in this browser, nor, once the case is erased, with a copy of its cookies."""
    person, case = inside
    copied = Client()
    copied.cookies.load({name: cookie.value for name, cookie in person.client.cookies.items()})
    if ended == "erased":
        erasing.erase_case(case)
        assert copied.get(f"/en/follow/now/{path}").status_code == 302
    elif ended == "closed":
        person.get("follow/now/")
        person.post("follow/close/")
    else:
        response = person.client.get("/en/leave/")
        assert '"cookies"' in response["Clear-Site-Data"]
        person.client.cookies.clear()
    response = person.client.get(f"/en/follow/now/{path}")
    assert (response.status_code, response["Location"]) == (302, "/en/follow/")


def test_a_cookie_opens_its_own_case_only(inside: tuple[Person, Case], make_case: Make) -> None:
    """The numbers of items count within a case, and a session that was altered is none."""
    person, _case = inside
    make_case(urls=("https://example.org/other", "https://example.org/other-2"))
    assert person.get("follow/now/2/").status_code == 404
    name = next(name for name in person.client.cookies if "session" in name)
    value = person.client.cookies[name].value
    person.client.cookies[name] = value[:-2] + ("aa" if value[-2:] != "aa" else "bb")
    assert person.get("follow/now/").status_code == 302


def test_opening_a_case_forgets_the_one_before(inside: tuple[Person, Case], make_case: Make) -> None:
    person, case = inside
    other = make_case(urls=("https://example.org/other",))
    enter(person, other)
    page: Any = person.get("follow/now/").content.decode()
    assert "https://example.org/other" in page
    assert case.items.get().url not in re.findall(r'class="url" dir="ltr">([^<]+)<', page)
