"""Somebody who follows a case."""

from __future__ import annotations

import pytest
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.following.entering import Make, enter

from disrupt.hotline.cases.models import Case


@pytest.fixture
def inside(somebody: Person, make_case: Make) -> tuple[Person, Case]:
    """A person, in each language, whose case is open in their browser."""
    case = make_case(urls=("https://example.org/a",))
    enter(somebody, case)
    return somebody, case
