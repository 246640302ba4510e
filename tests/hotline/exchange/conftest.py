"""The exchange as it is served: its own addresses and middleware, a partner, keys, and a bank to fill."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from tests.hotline.as_role import AsRole
from tests.hotline.as_role import as_role as as_role
from tests.hotline.as_role import roles as roles

from disrupt.hotline.bank.models import BankEntry, EntryKind, EntryOrigin, Minors
from disrupt.hotline.bank.services import Prints, offer, withdraw_source
from disrupt.hotline.exchange import pages
from disrupt.hotline.exchange.door import limits
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.match import counting
from disrupt.hotline.exchange.match.held import HOLDER, HeldList
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
from disrupt.hotline.processes.exchange import settings as served


@pytest.fixture(autouse=True)
def _served_as_the_exchange(settings: Any, as_role: AsRole) -> None:
    as_role("exchange")
    settings.ROOT_URLCONF = served.ROOT_URLCONF
    settings.MIDDLEWARE = served.MIDDLEWARE


@pytest.fixture(autouse=True)
def _fresh_allowance() -> Iterator[None]:
    yield
    limits.ALLOWANCE._buckets.clear()
    limits.LOOK_UPS._buckets.clear()
    limits.EVALUATIONS._buckets.clear()
    pages.for_many.cache_clear()
    HOLDER.list = HeldList()
    counting.COUNTS._of.clear()


@pytest.fixture
def partner(db: None) -> Partner:
    return create_partner("Platform One", OPERATOR)


@pytest.fixture
def secret(partner: Partner) -> str:
    """A key with every scope."""
    return issue_key(partner, tuple(Scope), OPERATOR)[1]


@pytest.fixture
def feed(client: Client, secret: str) -> Callable[..., Any]:
    """Ask for a page of the feed and return its JSON."""

    def ask(**query: object) -> Any:
        response = client.get("/v1/feed", query, headers={"Authorization": f"Bearer {secret}"})
        assert response.status_code == 200, response.content
        return response.json()

    return ask


def hex_of(name: object, length: int = 64) -> str:
    return hashlib.sha256(str(name).encode()).hexdigest()[:length]


class FilledBank:
    """A bank that a test fills by name; the name decides the fingerprints."""

    def __init__(self) -> None:
        self.items: dict[object, uuid.UUID] = {}

    def add(
        self,
        name: object,
        kind: str = "image",
        quality: int = 90,
        pdq: str = "",
        upright: str = "",
        derived: str = "",
        origin: str = "examined",
        minors: str = "",
        category: str = "ADU-DNCI",
    ) -> BankEntry:
        item = self.items.setdefault(name, uuid.uuid4())
        prints = [{"hex": pdq or hex_of(("pdq", name)), "quality": quality, "role": "stored"}]
        if upright:
            prints.append({"hex": upright, "quality": quality, "role": "upright"})
        if derived:
            prints.append({"hex": derived, "quality": quality, "role": "derived"})
        frames = [{"frame": n, "timestamp": n / 2, "quality": 80, "hex": hex_of((name, n))} for n in range(3)]
        image = kind == "image"
        made = Prints(
            EntryKind(kind),
            hex_of(name),
            hex_of(("md5", name), 32),
            tuple(prints) if image else (),
            () if image else tuple(frames),
        )
        return offer(made, category, EntryOrigin(origin), item, minors=Minors(minors))

    def add_each_sight(self) -> None:
        """One of each that a key may, or may not, see."""
        self.add("adult", derived=hex_of("part"))
        self.add("film", kind="video", category="DEEP-SEX")
        self.add("minor", minors="examined", category="MIN-CSAM")
        self.add("declared", origin="declared")
        self.add("shared", origin="shared")

    def withdraw(self, name: object) -> None:
        withdraw_source(self.items[name])


@pytest.fixture
def bank(db: None) -> FilledBank:
    return FilledBank()


Fetch = Callable[..., Any]
FETCH = "/stopncii/v1/FetchHashes"


@pytest.fixture
def fetch(client: Client, secret: str) -> Fetch:
    def ask(start: int = 10, key: str = secret, **query: object) -> Any:
        response = client.get(FETCH, {"startTimestamp": start, **query}, headers={"x-functions-key": key})
        assert response.status_code == 200, response.content
        return response.json()

    return ask
