"""Ways to recipients that nobody has tested in time are named where somebody sees it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.recipients import BadRegistry, registry
from disrupt.hotline.takedown.system_checks import recipients_are_usable
from disrupt.hotline.takedown.tracing import freshness

HOST = {
    "name": "A forum",
    "channel": "email",
    "address": "a@forum.example",
    "language": "fr",
    "scope": "host",
}


def line(pattern: str, **more: str) -> dict[str, str]:
    return {**HOST, "pattern": pattern, **more}


def day(days: int) -> str:
    return (clock.now().date() + dt.timedelta(days=days)).isoformat()


@pytest.fixture
def mixed(recipients: Callable[..., None]) -> None:
    """Good ones; one tested long ago, one whose line says when it ends, and a form that nobody tried."""
    hosts = [
        line("good.example", tested_on=day(-179)),
        line("old.example", tested_on=day(-181)),
        line("short.example", tested_on=day(-10), expires_on=day(-1)),
        line("long.example", tested=day(-400), expires_on=day(30)),
    ]
    recipients(hosts=hosts, search=[{"name": "Seek", "language": "fr", "tested_on": ""}])


def test_what_is_over_is_named_the_oldest_first(mixed: None) -> None:
    # Both hosts ended yesterday.
    assert [one.name for one in freshness.out_of_date(registry())] == ["Seek", "old.example", "short.example"]
    assert freshness.how_many() == 3
    assert {one.id for one in recipients_are_usable(None)} >= {"takedown.W003", "takedown.W005"}


def test_of_the_examples_nothing_is_old() -> None:
    clock.move(dt.timedelta(days=2000))
    assert freshness.how_many() == 0


@pytest.mark.django_db
def test_an_analyst_sees_it_on_the_page_of_hosts(mixed: None, make_user: MakeUser, client: Client) -> None:
    client.force_login(make_user("alice"))
    page = client.get(reverse("takedown:hosts")).content.decode()
    assert all(name in page for name in ("old.example", "short.example", "Seek"))
    assert not any(name in page for name in ("good.example", "long.example"))


def test_a_line_without_a_day_is_refused(
    recipients: Callable[..., None], settings: Any, tmp_path: Path
) -> None:
    recipients(hosts=[line("none.example")])
    with pytest.raises(BadRegistry, match="tested_on"):
        registry()
    settings.RECIPIENTS_FILE = tmp_path / "not there.json"
    assert freshness.how_many() is None
