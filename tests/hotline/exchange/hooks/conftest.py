"""Webhooks of a partner, a program that is told, and the worker's duties that do it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.hotline.as_role import acting
from tests.hotline.exchange.account.conftest import _cookies_of_the_exchange as _cookies_of_the_exchange
from tests.hotline.exchange.account.conftest import admin as admin
from tests.hotline.exchange.account.conftest import browser as browser
from tests.hotline.exchange.hooks.receiver import Receiver, receiving

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.running.sweep import Sweep, none_has_begun
from disrupt.hotline.exchange.hooks.models import Hook
from disrupt.hotline.exchange.hooks.services import CHOICES, make
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.tasks import DUTIES
from disrupt.protocol.hooks.signed import Told, read, written_key


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as told:
        settings.REACHABLE = [told.address]
        yield told


@pytest.fixture
def hook(partner: Partner, receiver: Receiver) -> Hook:
    return make(partner, receiver.url, CHOICES)


@pytest.fixture
def work(roles: str) -> Any:
    """The worker's duties for webhooks, until there is nothing to do."""

    def run() -> None:
        none_has_begun()
        sweep = Sweep(tuple(duty for duty in DUTIES if duty.name.startswith("hooks.")))
        with acting("worker", roles):
            while sweep.once():
                pass
        assert not sweep.failing

    return run


def told_by(receiver: Receiver) -> list[Told]:
    """All that came, verified with the keys that the page shows."""
    public = [written_key(bytes(key.verify_key)) for key in keys.hook_keys()]
    return [read(headers, body, public, clock.now().timestamp()) for headers, body in receiver.came]
