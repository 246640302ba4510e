"""One table: every address of the exchange, and what opens it. An address without a row fails."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver
from tests.hotline.exchange.account.conftest import Browser

from disrupt.hotline.exchange import urls
from disrupt.hotline.exchange.door.scopes import Scope

NOBODY, SIGNED = "", "signed in"
"""No key is asked for; an administrator is signed in."""

TABLE: dict[str, set[str]] = {
    "feed": {Scope.FEED_READ},
    "feedback": {Scope.FEEDBACK_WRITE},
    "list": {Scope.FEED_READ},
    "rotate-key": {Scope.KEY_ROTATE},
    "log": {Scope.FEED_READ},
    "log-witness": {Scope.FEED_READ},
    "match": {Scope.MATCH_ASK},
    "private": {Scope.PRIVATE_ASK},
    "private-evaluate": {Scope.PRIVATE_ASK},
    "tat-token": {Scope.STOPNCII_READ},
    "tat-hashes": {Scope.STOPNCII_READ},
    "categories": {NOBODY},
    "figures": {Scope.FIGURES_READ},
    "openapi": {NOBODY},
    "status": {NOBODY},
    "ready": {NOBODY},
    "fetch-hashes": {Scope.STOPNCII_READ},
    "submit-hashes": {Scope.HASHES_SUBMIT},
    "submit-feedback": {Scope.FEEDBACK_WRITE},
    "ncmec-status": {Scope.FEED_READ},
    "ncmec-members": {Scope.FEED_READ},
    "ncmec-entries": {Scope.FEED_READ, Scope.HASHES_SUBMIT},
    "ncmec-reasons": {Scope.FEEDBACK_WRITE},
    "ncmec-feedback": {Scope.FEEDBACK_WRITE},
    "account-begin": {NOBODY},
    "account-style": {NOBODY},
    "account-picture": {NOBODY},
    "account-sign-in": {NOBODY},
    "account": {SIGNED},
    "account-sign-out": {SIGNED},
    "account-make": {SIGNED},
    "account-rotate": {SIGNED},
    "account-end": {SIGNED},
    "account-hook": {SIGNED},
    "account-hook-test": {SIGNED},
    "account-hook-go-on": {SIGNED},
    "account-hook-remove": {SIGNED},
    "not-found": {NOBODY},
}


def _walk(patterns: list[Any], prefix: str = "/") -> Iterator[tuple[str, str]]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from _walk(one.url_patterns, prefix + str(one.pattern))
        else:
            assert isinstance(one, URLPattern)
            yield str(one.name), prefix + str(one.pattern)


def _path(pattern: str) -> str:
    """An address of this pattern."""
    plain = re.sub(r"<str:\w+>", "x", pattern).replace("^", "").replace("$", "")
    plain = plain.replace("(?P<language>fr|en)", "en")
    return re.sub(r"\(\?P<(?:key|hook)_id>.*\)", str(uuid.UUID(int=1)), plain)


ADDRESSES = {name: _path(pattern) for name, pattern in _walk(urls.urlpatterns)}


def test_every_address_has_a_row_and_every_row_an_address() -> None:
    assert set(ADDRESSES) == set(TABLE)


@pytest.mark.parametrize("name", sorted(TABLE))
def test_each_address_is_opened_by_what_its_row_says(
    client: Client, browser: Browser, secret: str, name: str
) -> None:
    """`secret` is a key with every scope: sent to a page, it opens nothing."""
    path, opened_by = ADDRESSES[name], TABLE[name]
    keys = {"Authorization": f"Bearer {secret}", "x-functions-key": secret}
    for method in ("get", "post", "put"):
        without = getattr(client, method)(path)
        assert without.status_code != 500
        if opened_by == {SIGNED}:
            with_key = getattr(client, method)(path, headers=keys)
            assert with_key.status_code in {302, 403, 405}, method
            assert with_key.get("Location", "/account/en/sign-in/") == "/account/en/sign-in/"
        elif NOBODY in opened_by:
            assert without.status_code not in {401}
        else:
            assert without.status_code in {401, 405}, method
    if opened_by == {SIGNED}:
        page = browser.client.get(path)
        assert (page.status_code == 200) == (name == "account")
    elif NOBODY not in opened_by:
        assert client.get(path, headers={"Cookie": browser.client.cookies.output(header="")}).status_code in {
            401, 405,
        }  # fmt: skip
