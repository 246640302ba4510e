"""What the console asks costs the same at a million cases: few of many by an index, counts to a bound."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.hotline.review.pages import decision, item_path, page

from disrupt.hotline.cases import messages, outer_limit
from disrupt.hotline.cases.models import Case, HostOf, Item
from disrupt.hotline.common.actors import REPORTER, analyst
from disrupt.hotline.correspondence import telling
from disrupt.hotline.decisions import undoing
from disrupt.hotline.processing import forecast
from disrupt.hotline.review import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def rows(client: Client, path: str) -> str:
    """The table of a queue, without what one can undo."""
    return page(client, path).partition("<tbody>")[2]


def plans(ask: Callable[[], object]) -> list[str]:
    """How SQLite would go about each query."""
    with CaptureQueriesContext(connection) as captured:
        ask()
    found = []
    with connection.cursor() as cursor:
        for query in captured:
            if query["sql"].lstrip().startswith("SELECT"):
                cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
                found.append("\n".join(str(row) for row in cursor.fetchall()))
    return found


@pytest.mark.skipif(
    connection.vendor != "sqlite",
    reason="PostgreSQL plans by statistics: benchmarks/console_load.py measures there",
)
@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("item_waiting_host", lambda: queries.queue(1, {"host": "one.example"})),
        ("case_in_language", lambda: queries.queue(1, {"language": "it"})),
        ("case_promise_due", lambda: queries.queue(1, {"kind": "promised"})),
        ("case_partly_decided", lambda: queries.queue(1, {"category": "VOY"})),
        ("item_held", lambda: queries.queue(1, {"kind": "held"})),
        ("item_held", lambda: queries.queue(1, {"kind": "disputed"})),
        ("case_texts_end", lambda: list(forecast.within(dt.timedelta(days=14)))),
        ("case_texts_end", lambda: list(outer_limit.ending())),
        ("case_erasure_waits", lambda: list(forecast.within(dt.timedelta(days=14)))),
        ("note_bounced", lambda: list(telling.bounced()[:200])),
        ("case_to_call", lambda: list(telling.cases_to_call()[:200])),
    ],
)
def test_few_among_many_are_found_by_an_index_of_theirs(index: str, ask: Callable[[], object]) -> None:
    assert any(index in plan for plan in plans(ask)), index


def test_the_host_of_an_address_is_read_alike_by_every_database(make_case: Any) -> None:
    hosts = {
        "https://one.example/a?b=//c": "one.example",
        "http://Two.Example": "two.example",
        "https://three.example:8443/": "three.example:8443",
        f"https://{'a' * 300}/": "a" * 255,
    }
    case = make_case(urls=("https://one.example/a",))
    for url, host in hosts.items():
        Item.objects.filter(case=case).update(url=url)
        assert Item.objects.annotate(host=HostOf("url")).values_list("host", flat=True).get() == host


def test_the_queue_is_counted_and_paged_to_a_bound(
    as_alice: Client, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST", 3)
    monkeypatch.setattr(queries, "PAGE", 1)
    for number in range(2):
        make_case(urls=(f"https://one.example/{number}",))
    assert "2 cases wait" in page(as_alice, "/")
    for number in range(2, 5):
        make_case(urls=(f"https://one.example/{number}",))
    html = page(as_alice, "/?page=99")
    assert "more than 2 cases wait" in html
    assert "Page 3 of 3" in html
    Case.objects.update(created_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert "at least 3 late" in page(as_alice, "/")


def test_what_is_decided_in_a_case_is_found_until_it_is_undone(
    as_alice: Client, make_case: Any, settings: Any
) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    case = make_case(urls=("https://one.example/a", "https://one.example/b"))
    Case.objects.update(created_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    as_alice.post(item_path(case), decision(category="VOY"))
    assert case.reference in rows(as_alice, "/?category=VOY")
    assert case.reference not in rows(as_alice, "/?category=DOX")
    case.refresh_from_db()
    assert case.decided_as == ",VOY,"
    made = case.items.get(position=1).qualifications.get()
    undoing.undo(made, analyst(1))
    assert case.reference not in rows(as_alice, "/?category=VOY")


def test_a_hundred_threads_are_listed_by_as_many_queries_as_one(
    as_alice: Client, alice: User, make_case: Any
) -> None:
    def asked() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            html = page(as_alice, "/messages/")
        assert html.count('/messages/"') >= Case.objects.count()
        return len(captured)

    counts = []
    for number in range(3):
        messages.write(make_case(), "please", REPORTER, f"form {number}")
        counts.append(asked())
    assert counts[1] == counts[2]
