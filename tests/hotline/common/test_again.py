"""Two pages whose transactions wait for each other are both answered; nothing else is asked twice."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from disrupt.hotline.cases.locking import hold_case
from disrupt.hotline.common import again

asked: list[str] = []
circle: dict[str, Any] = {}


class _Refused(Exception):
    """What the database's driver raises."""

    def __init__(self, sqlstate: str) -> None:
        super().__init__("refused")
        self.sqlstate = sqlstate


def refused(request: HttpRequest, sqlstate: str, times: int) -> HttpResponse:
    asked.append(request.POST.get("word", ""))
    if len(asked) <= times:
        raise OperationalError("refused") from _Refused(sqlstate)
    return HttpResponse("done")


def in_a_circle(request: HttpRequest, number: int) -> HttpResponse:
    """Hold both cases, one visitor in this order and the other in that one."""
    with transaction.atomic():
        for place, case in enumerate(circle["cases"] if number else reversed(circle["cases"])):
            hold_case(case.pk)
            if not place and len(asked) < 2:
                asked.append("once")
                circle["barrier"].wait(10)
    return HttpResponse("done")


urlpatterns = [
    path("refused/<str:sqlstate>/<int:times>/", refused),
    path("circle/<int:number>/", in_a_circle),
]


@pytest.fixture(autouse=True)
def _these_pages(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = ["disrupt.hotline.common.again.Again"]
    asked.clear()


@pytest.fixture
def browser() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(
    ("sqlstate", "times", "status", "count"),
    [("40P01", 1, 200, 2), ("40001", 3, 200, 4), ("40P01", 9, 500, 1 + again.TIMES), ("57014", 1, 500, 1)],
)
def test_only_what_the_database_gave_up_is_asked_again(
    browser: Client, sqlstate: str, times: int, status: int, count: int
) -> None:
    answer = browser.post(
        f"/refused/{sqlstate}/{times}/", "word=hello", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == status
    assert asked == ["hello"] * count


def test_what_came_with_files_is_not(browser: Client) -> None:
    assert browser.post("/refused/40P01/1/", {"word": "hello"}).status_code == 500
    assert len(asked) == 1


@pytest.mark.django_db(transaction=True)
def test_two_in_a_circle_are_both_answered(make_case: Any, browser: Client) -> None:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    circle["cases"], circle["barrier"] = (make_case(), make_case()), threading.Barrier(2)

    def visit(number: int) -> int:
        try:
            return Client(raise_request_exception=False).get(f"/circle/{number}/").status_code
        finally:
            connection.close()

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert list(pool.map(visit, (0, 1))) == [200, 200]
