"""Fixtures of the takedown tests: a real mail server, and addresses that were qualified."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.takedown.postmaster import postmaster as postmaster

from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.takedown import services, tasks
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NoticeState

ALICE = analyst(1)
URL = "https://www.images.example.net/a?b=c"
HOST_ADDRESS = "legal@images.example.net"
PHAROS_ADDRESS = "pharos@police.example"


@pytest.fixture
def accepted(make_case: Any) -> Callable[..., Item]:
    """An address that an analyst qualified."""

    def make(url: str = URL, category: str = "NCII-DIF", **changes: Any) -> Item:
        item: Item = make_case(urls=(url,), **changes).items.get()
        qualify(item, category, ALICE)
        item.refresh_from_db()
        return item

    return make


@pytest.fixture
def opened(accepted: Any) -> Callable[..., list[Notice]]:
    """The two notices of an address that an analyst qualified: Pharos, host."""

    def make(url: str = URL, category: str = "NCII-DIF", **changes: Any) -> list[Notice]:
        return services.open_for_item(accepted(url, category, **changes), category, WORKER)

    return make


@pytest.fixture
def recipients(settings: Any, tmp_path: Path) -> Callable[..., None]:
    """`recipients(police={...})`: the operator's own file, the packaged one with these keys changed."""
    folder = Path(services.__file__).parent / "data"
    packaged = json.loads((folder / "recipients-2026-11.json").read_text())

    def write(**changes: Any) -> None:
        path = tmp_path / "recipients.json"
        path.write_text(json.dumps({**packaged, **changes}))
        settings.RECIPIENTS_FILE = path

    return write


def go_round() -> None:
    """What the worker does in one round, failures shown."""
    for duty in tasks.DUTIES:
        for key in list(duty.due()):
            duty.run(key)


def later(**by: float) -> None:
    clock.move(dt.timedelta(**by))


def until_hosts_are_told() -> None:
    """The police first, and hosts when the time to ask for silence is over."""
    go_round()
    later(hours=6, minutes=1)
    go_round()


def told_host(opened: Callable[..., list[Notice]], *of: Any, **changes: Any) -> Notice:
    """The notice to the host of an address, sent."""
    _, host = opened(*of, **changes)
    until_hosts_are_told()
    host.refresh_from_db()
    assert host.state == NoticeState.SENT
    return host
