"""Somebody who sends files in pieces."""

from __future__ import annotations

import pytest
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.receiving.sender import Sender


@pytest.fixture
def sender(person: Person) -> Sender:
    return Sender(person.client)
