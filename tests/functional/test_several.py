"""Two portals and four workers on one PostgreSQL: every report is one, every step is done once."""

from __future__ import annotations

import copy
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.portal_walk import photo
from tests.functional.postgres import PostgreSQL
from tests.functional.postgres import database as database
from tests.functional.servers import Hotline, free_port
from tests.waiting import until

from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.reporter import Reporter
from disrupt.hotline.demo.year import persons

pytestmark = pytest.mark.slow
PEOPLE = 6
LIKE_US = "SELECT count(*), count(DISTINCT item_id) FROM cases_ledgerevent WHERE kind = %s"


def beside(site: Hotline, *names: str) -> Hotline:
    """More processes of the same hotline."""
    other = copy.copy(site)
    other.ports, other._running = {**site.ports, "portal": free_port()}, {}
    return other.start(*names)


def test_every_step_is_done_once(hotline: MakeHotline, database: PostgreSQL) -> None:
    site = hotline("portal", "worker", DISRUPT_DATABASE=database.url)
    others = [beside(site, "portal", "worker"), beside(site, "worker"), beside(site, "worker")]
    portals = [site.url("portal"), others[0].url("portal")]
    try:
        with ThreadPoolExecutor(2) as both:
            codes = list(
                both.map(
                    lambda number: Reporter(portals[number % 2]).report([], [photo(number)]), range(PEOPLE)
                )
            )
        # Begun at one portal and sent at the other: it is one visit.
        with Browser("en") as person:
            form = person.get(f"{portals[0]}/en/form/").form("url", "statement")
            form.action = form.action.replace(portals[0], portals[1])
            page = person.get(f"{portals[1]}/en/form/")
            values: dict[str, str | list[str]] = {
                "url": ["https://forum.example/1"], "reporter": "self", "age": "adult", "statement": "on",
            }  # fmt: skip
            assert "data-code" in person.submit(page, form, values, button="send").html
        assert database.ask("SELECT count(*) FROM cases_case") == [(PEOPLE + 1,)]

        def prepared() -> bool:
            return database.ask("SELECT count(*) FROM cases_item WHERE prepared AND vault_id <> ''") == [
                (PEOPLE,)
            ]

        until(prepared, "every file is compared with the others", seconds=180)
        assert database.ask("SELECT count(*), count(DISTINCT item_id) FROM cases_sketch") == [
            (PEOPLE, PEOPLE)
        ]

        def ends(number: int) -> None:
            """At the portal that did not take the report."""
            persons.act(portals[(number + 1) % 2], number, codes[number], "end")

        with ThreadPoolExecutor(2) as both:
            list(both.map(ends, range(PEOPLE)))
        until(
            lambda: database.ask(LIKE_US, "content.destroyed")[0][1] == PEOPLE,
            "every file is destroyed",
            seconds=180,
        )
        assert database.ask(LIKE_US, "content.destroyed") == [(PEOPLE, PEOPLE)], "and once"
        assert database.ask(LIKE_US, "item.withdrawn") == [(PEOPLE, PEOPLE)]
        assert "events of 7 cases verified" in site.run("manage", "verify_ledger").stdout
        for one in (site, *others):
            assert one.lives("worker")
    finally:
        for other in others:
            other.stop()
