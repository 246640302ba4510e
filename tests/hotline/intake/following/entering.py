"""How a reporter opens a case by its code."""

from __future__ import annotations

from collections.abc import Callable

from tests.hotline.intake.conftest import Person

from disrupt.hotline.cases.models import Case

Make = Callable[..., Case]


def enter(person: Person, case: Case) -> None:
    """Open a case by its code, as its reporter does."""
    person.get("follow/")
    response = person.post("follow/", {"code": case.code})  # type: ignore[attr-defined]
    assert response.headers["Location"] == f"/{person.language}/follow/now/"
