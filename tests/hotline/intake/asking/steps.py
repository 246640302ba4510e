"""The questions one by one, as a person without a script answers them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from tests.hotline.intake.conftest import Person

PRINT = {
    "kind": "image",
    "sha256": "ab" * 32,
    "md5": "cd" * 16,
    "pdq": [{"hex": "0f" * 32, "quality": 90, "role": "stored"}],
}


def answer(person: Person, step: str, **fields: Any) -> Any:
    """Open a page and answer it; None takes a field away."""
    assert person.get(f"steps/{step}/").status_code == 200, step
    return push(person, step, **fields)


def push(person: Person, step: str, **fields: Any) -> Any:
    """Press a button of the page that is open."""
    data = {"action": "continue", **fields}
    if step in {"files", "now"}:
        data["complete"] = "1"
    return person.post(f"steps/{step}/", {name: value for name, value in data.items() if value is not None})


def to(response: Any) -> str:
    """The page that an answer leads to."""
    assert response.status_code == 302, response.content.decode()[-3000:]
    found = re.search(r"/(\w+)/$", response.headers["Location"])
    assert found
    return found[1]


def until_check(person: Person, **changes: Any) -> None:
    """Answer all pages of a report about one address."""
    assert to(answer(person, "ways", ways=["online"])) == "where"
    assert to(answer(person, "where", url=["example.org/1"])) == "who"
    reporter = changes.pop("reporter", "self")
    age = changes.pop("age", "adult") if reporter != "minor" else None
    assert to(answer(person, "who", reporter=reporter, age=age)) == "check"
    if changes:
        push_last(person, **changes)


def push_last(person: Person, **typed: Any) -> None:
    """Type something on the last page, and look at another page before it is sent."""
    assert to(answer(person, "check", action="change-where", **typed)) == "where"


def send(person: Person, **typed: Any) -> Any:
    """Send what the last page shows, with what is typed there now."""
    person.get("steps/check/")
    words = re.search(r'<textarea id="id_description"[^>]*>(.*?)</textarea>', person.html, re.DOTALL)
    email = re.search(r'id="id_email" name="email" value="([^"]*)"', person.html)
    kept: dict[str, Any] = {
        "description": unescape(words[1]) if words else None,
        "email": email[1] if email else None,
    }
    for box in re.findall(r'<input type="checkbox" id="\w+" name="(\w+)" checked', person.html):
        kept[box] = "on"
    return push(person, "check", **{**kept, **typed, "statement": "on", "action": "send"})
