"""Promise: nothing after the exit. What the visit knew, its browser does not give back."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.intake import apps

pytestmark = pytest.mark.django_db

WORDS = "he said he would show it to everybody at school"
TEMPLATES = Path(apps.__file__).parent / "templates"


def browser() -> Client:
    return Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})


def fields(page: str) -> dict[str, str]:
    found = {}
    for name in ("draft", "csrfmiddlewaretoken"):
        match = re.search(rf'name="{name}" value="([^"]*)"', page)
        assert match, name
        found[name] = match[1]
    return found


def typed(page: str, **changes: Any) -> dict[str, Any]:
    return {
        **fields(page),
        "url": ["https://example.org/photo/1"],
        "reporter": "self",
        "age": "adult",
        "description": WORDS,
        "statement": "on",
        "action": "send",
        "complete": "1",
        **changes,
    }


def form(client: Client) -> str:
    return client.get("/en/form/").content.decode()


def sent(client: Client) -> dict[str, Any]:
    """Send a report; return what was posted, as the browser's history keeps it."""
    data = typed(form(client))
    answer = client.post("/en/form/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/en/code/")
    return data


def code_of(client: Client) -> str:
    match = re.search(r"(?:[0-9A-Z]{4}-){4}[0-9A-Z]{4}", client.get("/en/code/notes.txt").content.decode())
    assert match
    return match[0]


def copy_of(client: Client) -> Client:
    """A browser into which the cookies were copied."""
    other = browser()
    other.cookies.load({name: morsel.value for name, morsel in client.cookies.items()})
    return other


def leave(client: Client) -> None:
    answer = client.get("/en/leave/")
    assert '"cookies"' in answer["Clear-Site-Data"]
    client.cookies.clear()


def test_back_after_the_exit_shows_no_words() -> None:
    client = browser()
    data = typed(form(client), statement="")
    answer = client.post("/en/form/", {k: v for k, v in data.items() if v})
    assert (answer.status_code, answer["Location"]) == (302, "/en/form/")
    assert WORDS in form(client)
    leave(client)
    assert WORDS not in form(client)
    again = client.post("/en/form/", data)
    assert again.status_code == 403
    assert WORDS not in again.content.decode()
    assert data["draft"] not in again.content.decode()


def test_a_form_that_was_sent_gives_no_code_to_another_visit() -> None:
    client = browser()
    data = sent(client)
    code = code_of(client)
    leave(client)
    page = form(client)
    answer = client.post("/en/form/", {**data, "csrfmiddlewaretoken": fields(page)["csrfmiddlewaretoken"]})
    assert (answer.status_code, answer["Location"]) == (302, "/en/code/sent/")
    shown = client.get("/en/code/sent/").content.decode()
    assert "sent already" in shown
    assert code not in shown
    assert WORDS not in shown
    assert client.get("/en/code/").status_code == 302
    assert Case.objects.count() == 1


def test_a_form_that_was_sent_gives_no_code_once_the_case_is_closed() -> None:
    client = browser()
    data = sent(client)
    code = code_of(client)
    token = fields(form(client))["csrfmiddlewaretoken"]
    assert client.post("/en/follow/close/", {"csrfmiddlewaretoken": token})["Location"] == "/en/"
    assert client.post("/en/form/", data).status_code == 403, "its token is void"
    data["csrfmiddlewaretoken"] = fields(form(client))["csrfmiddlewaretoken"]
    assert client.post("/en/form/", data)["Location"] == "/en/code/sent/"
    assert code not in client.get("/en/code/sent/").content.decode()


def test_the_same_form_pressed_twice_shows_the_same_code() -> None:
    client = browser()
    data = sent(client)
    code = code_of(client)
    assert client.post("/en/form/", data)["Location"] == "/en/code/"
    assert code_of(client) == code
    assert Case.objects.count() == 1


def test_another_visit_cannot_take_the_files_of_a_form() -> None:
    client, other = browser(), browser()
    data = typed(form(client))
    stolen = {**typed(form(other)), "draft": data["draft"]}
    assert other.post("/en/form/", stolen)["Location"] == "/en/code/"
    assert client.post("/en/form/", data)["Location"] == "/en/code/"
    assert Case.objects.count() == 2, "the stolen draft opened a case of its own"
    assert code_of(client) != code_of(other)


@pytest.mark.parametrize("action", ["send", "more", "keep", "without", "remove-1"])
def test_no_page_with_words_is_the_answer_to_a_post(action: str) -> None:
    """It would stay in the browser's history with all that was posted, and come back with “back”."""
    client = browser()
    data = typed(form(client), statement="", action=action, email="no address", urls="not one either")
    answer = client.post("/en/form/", {k: v for k, v in data.items() if v})
    assert (answer.status_code, answer.content) == (302, b"")
    shown = form(client)
    for said in (WORDS, "no address", "not one either"):
        assert said in shown


def test_no_step_answers_a_post_with_words() -> None:
    client = browser()
    for step, fields in (
        ("now", {"reporter": "self", "account": WORDS}),
        ("check", {"email": "no address", "action": "send"}),
    ):
        page = client.get(f"/en/steps/{step}/").content.decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[1]  # type: ignore[index]  # it is there
        fields = {"action": "continue", **fields, "csrfmiddlewaretoken": token, "complete": "1"}
        answer = client.post(f"/en/steps/{step}/", fields)
        assert (answer.status_code, answer.content) == (302, b"")
    assert "no address" in client.get("/en/steps/check/").content.decode()
    leave(client)
    for step in ("now", "check"):
        shown = client.get(f"/en/steps/{step}/", follow=True).content.decode()
        assert WORDS not in shown
        assert "no address" not in shown


def test_a_form_ages() -> None:
    client = browser()
    data = typed(form(client))
    first = data["draft"]
    clock.move(dt.timedelta(days=2))
    client.post("/en/form/", {**data, "statement": ""})
    shown = form(client)
    assert fields(shown)["draft"] != first


@pytest.mark.parametrize("way", ["/en/leave/", "/en/follow/close/"])
def test_a_copied_cookie_opens_nothing_once_the_case_is_closed(way: str) -> None:
    client = browser()
    sent(client)
    copied_code = copy_of(client)
    token = fields(form(browser()))["csrfmiddlewaretoken"]
    page = client.get("/en/code/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[1]  # type: ignore[index]  # it is there
    client.post("/en/code/", {"csrfmiddlewaretoken": token, "saved": "on"})
    assert client.get("/en/follow/now/").status_code == 200
    copied = copy_of(client)
    assert copied.get("/en/follow/now/").status_code == 200
    assert client.post(way, {"csrfmiddlewaretoken": token}).status_code in {204, 302}
    for address in ("", "messages/", "notes.html", "document.pdf"):
        assert copied.get(f"/en/follow/now/{address}").status_code == 302
    assert copied_code.get("/en/code/").status_code == 302
    assert copied_code.get("/en/code/notes.txt").status_code == 302


def test_a_visit_ends_however_much_it_is_used() -> None:
    client = browser()
    sent(client)
    page = client.get("/en/code/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]*)"', page)[1]  # type: ignore[index]  # it is there
    client.post("/en/code/", {"csrfmiddlewaretoken": token, "saved": "on"})
    for _ in range(24):
        assert client.get("/en/follow/now/").status_code == 200
        clock.move(dt.timedelta(minutes=20))
    clock.move(dt.timedelta(minutes=1))
    assert client.get("/en/follow/now/").status_code == 302


def test_no_field_asks_the_browser_to_remember() -> None:
    pages = sorted(TEMPLATES.rglob("*.html"))
    assert len(pages) > 30
    for path in pages:
        text = path.read_text("utf-8")
        assert set(re.findall(r'autocomplete="([^"]*)"', text)) <= {"off"}, path
        for tag in re.findall(r"<form\b[^>]*>", text):
            # Buttons alone keep nothing.
            body = text.split(tag, 1)[1].split("</form>", 1)[0]
            if re.search(r"<textarea|type=\"(text|email|tel)\"|include", body):
                assert 'autocomplete="off"' in tag, (path, tag)
