"""Promise: no request of a signed-in browser makes the console fail, or shows another's look."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.conftest import make_case as make_case
from tests.hotline.people import MakeUser
from tests.hotline.people import _no_memory as _no_memory
from tests.hotline.people import alice as alice
from tests.hotline.people import make_user as make_user
from tests.hotline.processing.test_pipeline import jpeg
from tests.hotline.review.test_permissions import addresses

from disrupt.hotline.cases.models import LedgerEvent, Qualification
from disrupt.hotline.common.store import vault
from disrupt.hotline.review.seeing import previews
from disrupt.hotline.takedown.models import Notice

pytestmark = pytest.mark.django_db
ODD = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "BREW")
HOSTILE = (
    "\x00",
    "\ud7ff\u202e<script>alert(1)</script>",
    "²",
    "9" * 5000,
    "9" * 20,  # more than a database counts to
    "-1",
    "a" * 100_000,
    "=cmd|' /C calc'!A0",
)
FIELDS = ("category", "person", "reason", "reasoning", "motive", "mode", "text", "why", "q", "to", "user",
          "next", "secondary", "action", "number", "date", "host", "page", "state", "recipient")  # fmt: skip


@pytest.fixture
def everywhere(client: Client, alice: Any, make_case: Any) -> list[str]:
    """Every address of the console, with the numbers of a case that is there."""
    client.force_login(alice)
    client.raise_request_exception = False
    case = make_case(
        urls=("https://example.org/<b>x</b>",),
        files=(jpeg(3, 400),),
        description=vault.seal("<script>canary</script>"),
    )
    file, address = case.items.get(kind="file"), case.items.get(kind="url")
    note = case.notes.first()
    paths = []
    for name, path in addresses():
        if not path.startswith("/accounts/"):
            for item in (file, address):
                number = str(case.pk if "case_id" in name or "/cases/" in path else item.pk)
                paths.append(
                    path.replace("00000000-0000-0000-0000-000000000007", number).replace(
                        "/7/", f"/{note.pk}/"
                    )
                )
    return sorted(set(paths))


def test_no_method_and_no_field_makes_it_fail(client: Client, everywhere: list[str]) -> None:
    assert len(everywhere) > 25
    for path in everywhere:
        for method in ("GET", *ODD):
            answer = client.generic(method, path, data=b"")
            assert answer.status_code < 500, (method, path)
        for value in HOSTILE:
            answer = client.post(path, dict.fromkeys(FIELDS, value))
            assert answer.status_code < 500, (path, value[:20])
            assert b"<script>alert(1)" not in answer.content
            answer = client.get(path, {"page": value, "state": value, "host": value[:500], "q": value[:500]})
            assert answer.status_code < 500, (path, value[:20])


def test_odd_methods_look_at_nothing_and_change_nothing(client: Client, everywhere: list[str]) -> None:
    before = LedgerEvent.objects.count(), Qualification.objects.count(), Notice.objects.count()
    for path in everywhere:
        for method in ODD:
            client.generic(
                method, path, data=b"category=ADU-DNCI", content_type="application/x-www-form-urlencoded"
            )
    assert (LedgerEvent.objects.count(), Qualification.objects.count(), Notice.objects.count()) == before


def test_a_preview_is_shown_to_who_looked_and_to_nobody_else(
    client: Client, everywhere: list[str], make_user: MakeUser
) -> None:
    path = next(path for path in everywhere if re.fullmatch(r"/items/[0-9a-f-]{36}/", path) and
                b"/previews/" in client.get(path).content)  # fmt: skip
    token = re.search(rb"/previews/([\w-]+)/", client.get(path).content)
    assert token
    place = f"/previews/{token[1].decode()}/"
    assert client.get(place).status_code == 200
    other = Client()
    other.force_login(make_user("bob", "lead"))
    for method in ("GET", *ODD):
        answer = other.generic(method, place)
        assert answer.status_code in (404, 405)
        assert b"\xff\xd8" not in answer.content
    assert len(previews._shelf.kept) <= previews.MOST


def test_a_decision_sent_again_is_one_decision(client: Client, everywhere: list[str]) -> None:
    path = next(path for path in everywhere if re.fullmatch(r"/items/[0-9a-f-]{36}/", path))
    form = {"category": "NCII-DIF", "person": "adult", "reason": "", "reasoning": ""}
    assert [client.post(path, form).status_code for _ in range(4)] == [302, 409, 409, 409]
    assert Qualification.objects.count() == 1


def test_numbers_beyond_what_a_database_counts_to_are_not_found(
    client: Client, everywhere: list[str]
) -> None:
    paths = {re.sub(r"/\d+/", f"/{'9' * 20}/", path) for path in everywhere if re.search(r"/\d+/", path)}
    assert len(paths) > 4
    for path in sorted(paths):
        for answer in (client.get(path), client.post(path, {"why": "x", "motive": "x", "note": "x"})):
            assert answer.status_code < 500, path
