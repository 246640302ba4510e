"""No answer of a web process stays in a cache, and no cookie of the portal outlives the browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from benchmarks.gate import served_as
from django.test import Client
from tests.hotline.conftest import MakeCase
from tests.hotline.conftest import make_case as make_case
from tests.hotline.people import alice as alice
from tests.hotline.people import make_user as make_user
from tests.hotline.review.test_permissions import addresses

pytestmark = pytest.mark.django_db
WEB = ("portal", "console", "answers", "exchange")


def clients(name: str, make_case: MakeCase, request: pytest.FixtureRequest) -> Iterator[Client]:
    """Somebody who comes by, and whoever may see most."""
    yield Client(enforce_csrf_checks=True)
    inside = Client()
    if name == "console":
        inside.force_login(request.getfixturevalue("alice"))
        yield inside
    if name == "portal":
        case = make_case(urls=("https://forum.example/a",))
        inside.post("/en/follow/", {"code": case.code})  # type: ignore[attr-defined]  # the fixture sets it
        assert inside.get("/en/follow/now/").status_code == 200
        yield inside


@pytest.mark.slow
@pytest.mark.parametrize("name", WEB)
def test_no_answer_is_kept(name: str, make_case: MakeCase, request: pytest.FixtureRequest) -> None:
    with served_as(name):
        urls = import_module(f"disrupt.hotline.processes.{name}.urls")
        paths = [*dict(addresses(urls.urlpatterns)).values(), "/nowhere"]
        # Leaving and closing come last: they end what the others are seen with.
        ending = re.compile("leave|close|end|all|stop|logout|sign-out|goes-on")
        paths.sort(key=lambda path: ending.search(path) is not None)
        assert len(paths) > 2
        for client in clients(name, make_case, request):
            for path in paths:
                for method in ("get", "head", "post"):
                    answer = getattr(client, method)(path)
                    where = (name, method, path, answer.status_code)
                    assert answer.status_code < 500, where
                    kept = answer.headers.get("Cache-Control", "")
                    # Partners' programs ask whether a page is new; nobody between them and us keeps one.
                    asks = name == "exchange" and kept == "private, no-cache"
                    assert asks or "no-store" in kept, (*where, kept)
                    assert asks or not answer.headers.keys() & {"ETag", "Last-Modified"}, where
                    for cookie in answer.cookies.values():
                        if cookie["max-age"] == 0:
                            continue  # it is taken away
                        assert cookie["httponly"], (*where, cookie)
                        assert cookie["samesite"] == "Strict", (*where, cookie)
                        assert not cookie["max-age"] or name == "console", (*where, cookie)
