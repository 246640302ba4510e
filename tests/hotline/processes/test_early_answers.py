"""What gunicorn refuses before any application sees it: a page for people, the API's shape for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest
from gunicorn.http import errors

from disrupt.hotline.exchange.door.errors import ERRORS
from disrupt.hotline.processes.plain_answers import answer_of

CASES = [
    (errors.LimitRequestLine(9000, 4094), 414, "uri_too_long"),
    (errors.LimitRequestHeaders("too many"), 431, "headers_too_large"),
    (errors.InvalidRequestLine("nonsense"), 400, "bad_request"),
    (RuntimeError("ours"), 500, "internal_error"),
]


@pytest.mark.parametrize(("error", "status", "code"), CASES)
def test_programs_get_the_shape_of_the_api(settings: Any, error: Exception, status: int, code: str) -> None:
    settings.SPEAKS_TO_PROGRAMS = True
    head, _, body = answer_of(error).decode().partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "Content-Type: application/problem+json" in head
    assert f"Content-Length: {len(body)}" in head
    said = json.loads(body)["error"]
    assert said.keys() == {"code", "message", "hint"}
    assert (said["code"], ERRORS[code].status) == (code, status)


@pytest.mark.parametrize(("error", "status", "code"), CASES)
def test_people_get_a_page(error: Exception, status: int, code: str) -> None:
    answer = answer_of(error).decode()
    assert answer.startswith(f"HTTP/1.1 {status} ")
    assert "Content-Type: text/html" in answer
    assert "Quitter ce site" in answer
