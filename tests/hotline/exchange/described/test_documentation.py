"""docs/api.md is a contract: every address, parameter, scope, error code and limit of the code is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.hotline.exchange.door.test_access import ENDPOINTS

from disrupt.hotline.exchange.door import limits
from disrupt.hotline.exchange.door.errors import ERRORS
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.protocol import feed, stopncii

PAGE = (Path(__file__).resolve().parents[4] / "docs" / "api.md").read_text("utf-8")
SECTIONS = {
    path: section
    for section in re.split(r"^##+ ", PAGE, flags=re.MULTILINE)
    for path in re.findall(r"`(?:GET|POST) (/\S+)`", section.partition("\n")[0])
}


def test_every_address_has_its_heading_and_no_heading_is_of_another() -> None:
    assert SECTIONS.keys() == ENDPOINTS.keys()
    for path, endpoint in ENDPOINTS.items():
        assert f"`{endpoint.methods[0]} {path}`" in SECTIONS[path]


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_every_parameter_has_its_row_and_no_row_is_of_another(path: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \|", SECTIONS[path], flags=re.MULTILINE)
    assert sorted(rows) == sorted(ENDPOINTS[path].parameters)


@pytest.mark.parametrize("path", sorted(ENDPOINTS))
def test_whether_it_needs_a_key_is_said(path: str) -> None:
    scope = ENDPOINTS[path].scope
    assert ("No key." in SECTIONS[path]) == (scope is None)
    if scope is not None:
        assert f"| `{scope.value}` | `{path}` |" in PAGE


def test_every_scope_and_error_code_is_listed_and_no_other() -> None:
    assert set(re.findall(r"^\| `(exchange:\S+)` \|", PAGE, flags=re.MULTILINE)) == {s.value for s in Scope}
    listed = {
        code: int(status)
        for status, code in re.findall(r"^\| (\d{3}) \| `(\w+)` \|", PAGE, flags=re.MULTILINE)
    }
    assert listed == {code: kind.status for code, kind in ERRORS.items()}


def test_the_numbers_are_those_of_the_code() -> None:
    assert f"| `limit` | 1 to {feed.MAX_LIMIT} | {feed.DEFAULT_LIMIT} |" in PAGE
    assert f"| `pageSize` | 1 to {stopncii.MAX_PAGE_SIZE} | {stopncii.DEFAULT_PAGE_SIZE} |" in PAGE
    assert f"{stopncii.EPOCH:,}".replace(",", " ") in PAGE
    assert f"1 to {stopncii.MAX_POSTED:,}" in PAGE
    assert (
        f"{limits.REQUESTS_A_MINUTE:,} requests a minute are allowed for a key, {limits.BURST} at once"
        in PAGE
    )
    assert feed.FORMAT in PAGE


def test_every_field_of_the_feed_is_named() -> None:
    for name in (*feed.Added.__dataclass_fields__, *feed.Page.__dataclass_fields__):
        if name != "changes":
            assert f"`{name}`" in PAGE or f'"{name}"' in PAGE
