"""The questions one by one, as a person without a script answers them."""

from __future__ import annotations

import re
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
    assert to(answer(person, "who", reporter=changes.get("reporter", "self"))) in {"age", "words"}
    if changes.get("reporter") != "minor":
        assert to(answer(person, "age", age=changes.get("age", "adult"))) == "words"
    assert to(answer(person, "words", description=changes.get("description", ""))) == "contact"
    assert to(answer(person, "contact", email=changes.get("email", ""))) == "check"


def send(person: Person) -> Any:
    return answer(person, "check", statement="on", action="send")
