"""A database that can only be read goes on being read by partners; what is sent is to be sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank

from disrupt.hotline.bank.models import BankReader
from disrupt.hotline.exchange.models import ApiKey, Partner

pytestmark = pytest.mark.django_db(transaction=True)
ON, OFF = (
    {
        "sqlite": f"PRAGMA query_only = {said}",
        "postgresql": f"SET default_transaction_read_only = {said}",
    }
    for said in ("on", "off")
)


@pytest.fixture
def read_only() -> Iterator[Callable[[], None]]:
    """From when it is called until the test has ended nothing can be written."""

    def begin() -> None:
        with connection.cursor() as cursor:
            cursor.execute(ON[connection.vendor])

    yield begin
    with connection.cursor() as cursor:
        cursor.execute(OFF[connection.vendor])


def test_the_list_is_read_and_what_was_read_is_noted_later(
    client: Client, secret: str, partner: Partner, bank: FilledBank, read_only: Callable[[], None]
) -> None:
    bank.add("one")
    headers: dict[str, Any] = {"Authorization": f"Bearer {secret}"}
    read_only()
    assert client.get("/v1/status/ready").status_code == 200
    answer = client.get("/v1/feed", headers=headers)
    assert answer.status_code == 200, "whoever is ready answers, also a key that was not used today"
    last = answer.json()["changes"][-1]["seq"]
    assert client.get("/v1/feed", {"after": last}, headers=headers).status_code == 200
    assert client.get("/v1/list", headers=headers).status_code == 200
    assert not BankReader.objects.filter(reader=partner.pk).exists()
    assert not ApiKey.objects.exclude(last_used_on=None).exists()
    word = {"feedback": [{"entry": "00000000-0000-0000-0000-000000000000", "opinion": "blocked"}]}
    refused = client.post("/v1/feedback", word, content_type="application/json", headers=headers)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    with connection.cursor() as cursor:
        cursor.execute(OFF[connection.vendor])
    client.get("/v1/feed", {"after": last}, headers=headers)
    assert BankReader.objects.get(reader=partner.pk).seq == last
    assert ApiKey.objects.exclude(last_used_on=None).exists()
