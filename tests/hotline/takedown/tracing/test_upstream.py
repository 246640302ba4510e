"""Who announces a network is the last contact; a contact that has a form only has its record too."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.hotline.common.webhost import page
from tests.hotline.takedown import test_tracing
from tests.hotline.takedown.conftest import ALICE, later
from tests.hotline.takedown.test_tracing import World, _card, network

from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions
from disrupt.hotline.takedown.models import Contact, Notice, Scope
from disrupt.hotline.takedown.tracing import contacts, telling, trace

Opened = Callable[..., list[Notice]]
world = test_tracing.world


def test_whoever_announces_the_network_is_the_last_contact(world: World, opened: Opened) -> None:
    world.registry.pages["/ip/127.0.0.1"] = page(
        network(_card("abuse", "Desk", "abuse@network.example"), arin_originas0_originautnums=[64501])
    )
    world.registry.pages["/autnum/64501"] = page(
        json.dumps({"name": "UP-1", "entities": [_card("abuse", "Up", "abuse@upstream.example")]})
    )
    _police, host = opened(world.url)
    made = trace.trace(host.target_id, world.door)
    assert made is not None
    last = made[-1]
    assert (last.scope, last.name, last.address, last.source) == (
        Scope.UPSTREAM, "UP-1", "abuse@upstream.example", "RDAP AS64501",
    )  # fmt: skip
    host.refresh_from_db()
    assert host.address == "abuse@network.example", "by itself the host only"
    trace.trace(host.target_id, world.door)
    assert [path for _at, path in world.registry.came].count("/autnum/64501") == 1
    telling.tell(host, last, ALICE)
    host.refresh_from_db()
    assert host.address == "abuse@upstream.example"


@pytest.mark.parametrize("said", [{}, {"arin_originas0_originautnums": ["x", None, -1]}, {"nicbr_autnum": 1}])
def test_where_no_registry_says_who_announces_it_nobody_is_named(
    world: World, opened: Opened, said: dict[str, Any]
) -> None:
    world.registry.pages["/ip/127.0.0.1"] = page(
        network(_card("abuse", "D", "abuse@network.example"), **said)
    )
    _police, host = opened(world.url)
    made = trace.trace(host.target_id, world.door)
    assert made is not None
    assert Scope.UPSTREAM not in {one.scope for one in made}


def test_a_contact_with_a_form_has_its_record_too(opened: Opened) -> None:
    _police, host = opened("https://unknown.example/1")
    form = Contact.objects.create(
        target=host.target, place=1, scope=Scope.CDN, name="Front", form="https://f.example/",
        source="ranges", found_at=clock.now(),
    )  # fmt: skip
    Notice.objects.filter(pk=host.pk).update(name="Front")
    host.refresh_from_db()
    actions.record_filed(host, "R-1", ALICE)
    later(hours=5)
    actions.record_receipt(host, ALICE)
    ((contact, record),) = contacts.chain(host.target)
    assert (contact, record.sent, record.receipts, record.hours) == (form, 1, 1, 5)
