"""The database is away while an analyst works: the page says what to do, and asks it nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Go back to keep what you wrote"),
        ("fr", "Revenez en arrière pour garder ce que vous avez écrit"),
    ],
)
def test_it_is_said_without_the_database(as_alice: Client, settings: Any, language: str, said: str) -> None:
    settings.ROOT_URLCONF = "disrupt.hotline.processes.console.urls"
    as_alice.raise_request_exception = False

    def nothing(*_: object) -> None:
        raise OperationalError("connection to server failed")

    with connection.execute_wrapper(nothing):
        answer = as_alice.get("/", headers={"Accept-Language": language})
    assert answer.status_code == 500
    assert said in answer.content.decode()
    assert answer.headers["Cache-Control"].startswith("no-store")
    as_alice.raise_request_exception = True
    assert as_alice.get("/").status_code == 200
