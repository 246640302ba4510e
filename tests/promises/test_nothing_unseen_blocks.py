"""Promise: what nobody has looked at blocks nothing. Somebody declares a famous picture from a device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from tests.hotline.as_role import as_role as as_role
from tests.hotline.as_role import roles as roles
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.conftest import make_case as make_case
from tests.hotline.exchange.conftest import _fresh_allowance as _fresh_allowance
from tests.hotline.exchange.conftest import _served_as_the_exchange as _served_as_the_exchange
from tests.hotline.processing.working import jpeg, work

from disrupt.fingerprint import ImageFingerprint, fingerprint_file
from disrupt.hotline.bank import lawful
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
from disrupt.matching import Add, Bank
from disrupt.partner.following.reading import entry_of
from disrupt.protocol.feed import Added, parse_page

pytestmark = pytest.mark.django_db
FAMOUS = jpeg(31, 512)
FOUND = fingerprint_file(FAMOUS)
assert isinstance(FOUND, ImageFingerprint)
READ = (Scope.FEED_READ, Scope.STOPNCII_READ)


@pytest.fixture
def declared(make_case: Any) -> Any:
    row = {"hex": FOUND.pdq.hex, "quality": 100, "role": "stored"}
    prints = {"kind": "image", "sha256": FOUND.sha256, "md5": FOUND.md5, "pdq": [row], "vpdq": []}
    return lambda: make_case(declared=(prints,)) and work()


@pytest.fixture
def keys(db: None) -> dict[str, str]:
    partner = create_partner("Platform", OPERATOR)
    return {
        "examined": issue_key(partner, READ, OPERATOR)[1],
        "all": issue_key(partner, (*READ, Scope.DECLARED_READ), OPERATOR)[1],
    }


def bank_of(client: Client, key: str, folder: Path) -> Bank:
    """What a platform that reads the feed with this key holds."""
    page = client.get("/v1/feed", headers={"Authorization": f"Bearer {key}"})
    bank = Bank.create(folder)
    changes = parse_page(page.json()).changes
    bank.apply([Add(entry_of(change)) for change in changes if isinstance(change, Added)])
    return bank


def actions(bank: Bank) -> list[str]:
    query = np.frombuffer(bytes.fromhex(FOUND.pdq.hex), np.uint8)[None]
    return [hit.entry.origin for hit in bank.query_pdq(query, 31)]


def stopncii(client: Client, key: str) -> int:
    return int(client.get("/stopncii/v1/FetchHashes", headers={"x-functions-key": key}).json()["count"])


def test_what_is_on_the_list_of_lawful_pictures_goes_nowhere(
    client: Client, keys: dict[str, str], declared: Any, tmp_path: Path
) -> None:
    lawful.add("a famous picture", analyst(1), pdqs=[FOUND.pdq.hex])
    declared()
    for name, key in keys.items():
        assert len(bank_of(client, key, tmp_path / name)) == 0
        assert stopncii(client, key) == 0


def test_what_no_list_knows_reaches_only_who_asked_for_it_and_says_that_nobody_looked(
    client: Client, keys: dict[str, str], declared: Any, tmp_path: Path
) -> None:
    declared()
    assert actions(bank_of(client, keys["examined"], tmp_path / "examined")) == []
    assert stopncii(client, keys["examined"]) == 0
    assert actions(bank_of(client, keys["all"], tmp_path / "all")) == ["declared"]
