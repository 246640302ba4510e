"""Made-up cases: whole, the same each time, never among people's; the queue shows them a page at a time."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.hotline.review.pages import page

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.waiting import waits
from disrupt.hotline.correspondence import telling
from disrupt.hotline.processing import tasks
from disrupt.hotline.review import queries

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def seed(*arguments: str) -> str:
    out = io.StringIO()
    call_command("seed", *arguments, stdout=out)
    return out.getvalue()


def test_made_up_cases_are_whole_and_never_among_peoples(make_case: Any) -> None:
    assert "120 cases" in seed("--cases", "70", "--closed", "50")
    assert Case.objects.filter(closed_at=None).count() == 70
    for case in Case.objects.all():
        assert ledger.verify(case) == case.ledger_length
    said = set(Case.objects.filter(in_queue=True).values_list("pk", flat=True))
    assert said == set(Case.objects.filter(waits()).values_list("pk", flat=True))
    due = set(telling._to_write_to().values_list("pk", flat=True))
    assert set(telling.cases_to_write_to()) == due
    assert due
    with pytest.raises(CommandError, match="already"):
        seed("--cases", "5")
    seed("--cases", "5", "--seed", "2")
    make_case(urls=("https://example.org/1",))
    with pytest.raises(CommandError, match="people"):
        seed("--cases", "5", "--seed", "3")


def test_the_queue_is_read_a_page_at_a_time(as_alice: Client) -> None:
    seed("--cases", "130")
    total = queries.queue().total
    assert total > queries.PAGE
    first, last = page(as_alice, "/"), page(as_alice, "/?page=99")
    assert first.count("<tr") == queries.PAGE + 1
    assert f"{total} cases wait" in first
    assert 'href="?page=2"' in first
    assert last.count("<tr") - 1 == total - queries.PAGE * ((total - 1) // queries.PAGE)
    for strange in ("0", "-1", "²", "x" * 300):
        assert page(as_alice, f"/?page={strange}").count("<tr") == queries.PAGE + 1
    seen = [
        row.case.pk for number in range(1, queries.queue().pages + 1) for row in queries.queue(number).rows
    ]
    assert len(seen) == len(set(seen)) == total


def _plan(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(str(row) for row in cursor.fetchall())


@pytest.mark.skipif(
    connection.vendor != "sqlite",
    reason="PostgreSQL plans by statistics: benchmarks/console_load.py measures there",
)
def test_what_is_asked_each_second_reads_an_index_of_what_waits(db: Any) -> None:
    """What goes through all cases ever is slow only where there are many: the plan says so before."""
    seed("--cases", "30", "--closed", "30")
    wanted = {
        "review.tell": "case_to_tell",
        "review.retention": "case_to_purge",
        "queue": "case_in_queue",
    }
    asked = {duty.name: duty.due for duty in tasks.DUTIES} | {"queue": lambda: queries.queue().rows}
    for name, index in wanted.items():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            list(asked[name]())
        plans = [_plan(q["sql"]) for q in captured if q["sql"].lstrip().startswith("SELECT")]
        assert any(index in plan for plan in plans), (name, plans)
