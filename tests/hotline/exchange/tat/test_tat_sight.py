"""`hash-list/v2` gives a key what it may see and nothing else, and takes back only what it gave."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.match.test_match import pdq_of
from tests.hotline.exchange.sights import SIGHTS

from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.hotline.exchange.stopncii.wirehashes import step

PATH = "/tat/api/hash-list/v2/all"


def read(client: Client, key: str, after: str = "") -> Any:
    while step():
        pass
    answer = client.get(PATH, {"after": after}, headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.mark.parametrize(("more", "sees", "shown"), SIGHTS)
def test_a_key_is_sent_what_it_may_see_and_never_parts(
    client: Client, partner: Partner, bank: FilledBank, more: Any, sees: Any, shown: set[str]
) -> None:
    bank.add_each_sight()
    key = issue_key(partner, (Scope.STOPNCII_READ, *more), OPERATOR, sees=sees)[1]
    page = read(client, key)
    text = json.dumps(page)
    names = ("adult", "minor", "declared", "shared")
    told = {name for name in names if pdq_of(name) in text}
    told |= {"film"} if hex_of(("md5", "film"), 32) in text else set()
    assert told == shown - {"part"}
    assert hex_of("part") not in text
    bank.withdraw("minor")
    gone = json.dumps(read(client, key, page["checkpoint"]))
    assert (pdq_of("minor") in gone) == ("minor" in shown), "who never had it is not told of it either"
