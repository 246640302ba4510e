"""The list of notices among millions: its first ones, hosts by their names, what needs a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.hotline.takedown.test_figures import notice as notice
from tests.hotline.takedown.test_pages import alice as alice

from disrupt.hotline.common import clock
from disrupt.hotline.takedown import distinct, queries
from disrupt.hotline.takedown.figures import hosts
from disrupt.hotline.takedown.models import Presence, Target
from disrupt.hotline.takedown.pages import listed
from disrupt.hotline.takedown.states import NoticeState, Step

ALL = {"state": "", "recipient": "", "host": ""}


def test_the_newest_are_paged_to_a_bound(alice: Client, notice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listed, "MOST", 3)
    monkeypatch.setattr(listed, "PER_PAGE", 2)
    now = clock.now()
    made = [notice("Host", created_at=now - dt.timedelta(hours=n), host="one.example") for n in range(4)]
    text = alice.get("/takedown/").content.decode()
    assert [one.reference in text for one in made] == [True, True, False, False]
    assert "there are more than 2" in text
    last = alice.get("/takedown/?page=99").content.decode()
    assert [one.reference in last for one in made] == [False, False, True, False]
    assert "2 / 2" in last


def test_a_part_of_a_name_finds_hosts_and_many_are_to_be_chosen_from(alice: Client, notice: Any) -> None:
    for number in range(22):
        notice("Host", host=f"h{number}.many.example")
    few = [notice("Host", host=host, state=NoticeState.TASK) for host in ("a.few.example", "b.few.example")]
    assert listed.listed({**ALL, "host": "FEW"}).total == 2
    many = alice.get("/takedown/?host=many").content.decode()
    assert "choose one" in many
    assert many.count("?host=h") == listed.HOSTS
    assert listed.listed({**ALL, "host": "h7.many.example"}).total == 1
    assert listed.listed({**ALL, "host": "few", "state": "person"}).total == len(few)
    assert listed.listed({**ALL, "host": "nobody"}).rows == []


def test_names_are_those_of_who_was_told_as_a_host(notice: Any) -> None:
    notice("Told")
    notice("Told", step=Step.REMINDER)
    notice("Police", step=Step.POLICE)
    notice("Not yet", sent_at=None, state=NoticeState.SCHEDULED)
    assert distinct.names() == {"Told"}


def test_what_was_seen_gone_and_is_back_waits_for_nobody_in_its_first_round(notice: Any) -> None:
    old = clock.now() - dt.timedelta(days=40)
    there, back = notice("Host", sent_at=old), notice("Host", 1, sent_at=old)
    Target.objects.update(presence=Presence.LIVE, look_at=clock.now())
    assert queries.in_need() == {there.pk}
    assert back.action == "removed"


@pytest.mark.skipif(
    connection.vendor != "sqlite",
    reason="PostgreSQL plans by statistics: benchmarks/console_load.py measures there",
)
@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("notice_newest", lambda: listed.listed(ALL)),
        ("notice_newest_state", lambda: listed.listed({**ALL, "state": "sent"})),
        ("notice_newest_to", lambda: listed.listed({**ALL, "recipient": "host"})),
        ("notice_newest_to_state", lambda: listed.listed({**ALL, "recipient": "host", "state": "sent"})),
        ("notice_newest_host", lambda: distinct.hosts_with("x", 20)),
        ("notice_told", lambda: list(hosts.told(name="x"))),
        ("notice_asked", queries.in_need),
        ("target_failing", queries.in_need),
    ],
)
def test_few_among_millions_are_found_by_an_index_of_theirs(index: str, ask: Any, db: None) -> None:
    with CaptureQueriesContext(connection) as captured:
        ask()
    plans = []
    with connection.cursor() as cursor:
        for query in captured:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            plans += [str(row[3]) for row in cursor.fetchall()]
    assert any(f" {index} " in f"{plan} " for plan in plans), plans
