"""A database from before addresses had rows of their own is brought up to date, and loses nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from tests.hotline.as_role import gone_back

BEFORE = [("cases", "0005_unread"), ("takedown", "0001_initial")]
URL = "https://images.example.net/1"
NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def before(transactional_db: None) -> Iterator[Any]:
    with gone_back(BEFORE) as apps:
        yield apps


def _item(apps: Any, url: str, minutes: int) -> Any:
    case = apps.get_model("cases", "Case").objects.create(
        lookup=uuid.uuid4().hex, submission=uuid.uuid4().hex, public_key=b"0" * 32, language="fr",
        reporter="self", age_when_taken="adult", stated_at=NOW, created_at=NOW,
    )  # fmt: skip
    return apps.get_model("cases", "Item").objects.create(
        case=case,
        position=1,
        kind="url",
        state="accepted",
        url=url,
        created_at=NOW + dt.timedelta(minutes=minutes),
        changed_at=NOW,
    )


def _notice(apps: Any, item: Any, recipient: str, state: str, **changes: Any) -> Any:
    fields = {
        "item": item, "recipient": recipient, "channel": "email", "name": "x", "address": "a@host.example",
        "scope": "host", "registry": "1", "host": "images.example.net", "language": "en",
        "category": "NCII-DIF", "scheme": "2026-11", "state": state, "due_at": NOW, "created_at": NOW,
        "changed_at": NOW, "message_id": f"<{uuid.uuid4().hex}@x>", "reference": uuid.uuid4().hex[:20],
    }  # fmt: skip
    return apps.get_model("takedown", "Notice").objects.create(**{**fields, **changes})


def test_every_notice_finds_its_address(before: Any) -> None:
    first, second, erased = _item(before, URL, 0), _item(before, URL, 1), _item(before, "", 2)
    six = NOW + dt.timedelta(hours=6)
    told = _item(before, "https://images.example.net/told", 4)
    _notice(before, told, "host", "sent", sent_at=NOW)
    kept = _notice(before, first, "pharos", "sent")
    waiting = _notice(before, first, "host", "scheduled", due_at=six)
    _notice(before, second, "pharos", "sent")
    twice = _notice(before, second, "host", "scheduled", due_at=six)
    forgotten = _notice(before, erased, "host", "sent")
    other = _item(before, "https://nowhere-known.org/2", 3)
    _notice(before, other, "pharos", "refused")
    stuck = _notice(before, other, "host", "scheduled", scope="site", address="abuse@nowhere-known.org")
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())

    from disrupt.hotline.takedown.models import Concern, Notice, Target
    from disrupt.hotline.takedown.targets import digest_of

    shared = Target.objects.get(digest=digest_of(URL))
    assert Target.objects.count() == 4
    # Told before there were looks: from now on it is looked at.
    assert [t.url for t in Target.objects.exclude(look_at=None)] == [told.url]
    assert {c.item_id for c in shared.concerns.all()} == {first.pk, second.pk}
    assert shared.site == "example.net"
    assert Concern.objects.count() == 5
    now = {n.pk: n for n in Notice.objects.all()}
    assert (now[kept.pk].step, now[kept.pk].state, now[kept.pk].number) == ("police", "sent", 1)
    assert (now[waiting.pk].state, now[waiting.pk].wait_hours) == ("scheduled", 6.0)
    assert not now[waiting.pk].waits_for_police
    # Both had been going to be told: one of them is enough.
    assert (now[twice.pk].state, now[twice.pk].number) == ("cancelled", 2)
    assert now[forgotten.pk].target.url == ""
    # The police refused it, and its site would have been told: neither happens by itself any more.
    assert (now[stuck.pk].state, now[stuck.pk].address) == ("task", "")
    assert now[stuck.pk].waits_for_police
