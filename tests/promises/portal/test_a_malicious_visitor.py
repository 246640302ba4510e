"""Promise: nothing that a visitor of the portal sends makes it fail, with or without a code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from tests.hotline.conftest import make_case as make_case
from tests.hotline.intake.conftest import Person
from tests.hotline.intake.conftest import person as person
from tests.hotline.intake.following.entering import Make, enter
from tests.hotline.review.test_permissions import addresses

from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.common.store import vault
from disrupt.hotline.intake.asking.journey import Step
from disrupt.hotline.processes.portal import urls

pytestmark = pytest.mark.django_db
HOSTILE = (
    "\x00",
    "https://forum.example/\x00?a=\x00",
    "\ud7ff\u202e\u2028<script>alert(1)</script>",
    "²",
    "9" * 5000,
    "9" * 20,  # more than a database counts to
    "a" * 100_000,
    '{"sha256": null, "pdq": [{"hex": 1e999}]}',
)
# Fields of pages that are shown later on a way, or to a script only.
ALWAYS = ("code", "codes", "prints", "draft", "url", "urls", "action", "table", "words", "number", "files")
ENDS = re.compile(r"leave|close|/end/|/all/|stop|keep|goes-on")


def paths() -> Iterator[str]:
    """Every address of the portal, and every question."""
    for _name, path in addresses(urls.urlpatterns):
        yield path
    for step in Step:
        yield f"/en/steps/{step}/"


def fields_of(html: str) -> set[str]:
    return set(re.findall(r'<(?:input|textarea|select|button)\b[^>]*\bname="([^"]+)"', html)) | set(ALWAYS)


def send_everything(client: Client, path: str, wrong: list[Any]) -> None:
    page = client.get(path)
    html = page.content.decode("utf-8", "replace") if not page.streaming else ""
    for value in HOSTILE:
        sent = client.post(path, dict.fromkeys(fields_of(html), value))
        if max(page.status_code, sent.status_code) >= 500 and sent.status_code != 503:
            wrong.append((path, value[:30], page.status_code, sent.status_code))
        if b"<script>alert" in sent.content:
            wrong.append((path, "shown as it came"))


@pytest.mark.slow
def test_no_address_fails(make_case: Make) -> None:
    wrong: list[Any] = []
    inside = Person(Client(raise_request_exception=False))
    case = make_case(urls=("https://example.org/a",), description=vault.seal("canary"))
    enter(inside, case)
    for client in (Client(raise_request_exception=False), inside.client):
        for path in sorted(paths(), key=lambda path: ENDS.search(path) is not None):
            send_everything(client, path, wrong)
    assert wrong == []


@pytest.mark.parametrize(
    "field", ["url", "urls", "description", "email", "reporter", "age", "draft", "threat"]
)
def test_a_report_with_odd_signs_in_a_field_arrives_or_is_explained(person: Person, field: str) -> None:
    for sign in ("\x00", "\u202e", "\ufffe", "\x1f"):
        person.open_form()
        before = Case.objects.count()
        changed = [f"https://example.org/{sign}x"] if field == "url" else f"https://example.org/{sign}x"
        answer = person.send(**{field: changed})
        assert answer.status_code in (200, 302), (field, sign)
        assert Case.objects.count() <= before + 1
    assert not Item.objects.filter(url__contains="\u202e").exists()
