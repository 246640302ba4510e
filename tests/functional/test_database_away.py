"""PostgreSQL dies under all processes and comes back: they live on, nothing is lost, nothing is double."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from tests.functional.conftest import MakeHotline
from tests.functional.portal_walk import photo
from tests.functional.postgres import PostgreSQL
from tests.functional.postgres import database as database
from tests.waiting import until

from disrupt.hotline.demo.browser import Browser, Page
from disrupt.hotline.demo.reporter import Reporter

pytestmark = pytest.mark.slow
PROCESSES = ("portal", "exchange", "worker", "checker")
CODE = re.compile(r'data-code="([0-9A-Z-]{24})"')
ANSWERS: dict[str, str | list[str]] = {
    "url": ["https://forum.example/2"],
    "reporter": "self",
    "age": "adult",
    "description": "A sentence that nobody wants to type twice.",
    "statement": "on",
}
BEATS = "SELECT count(*) FROM common_pulse WHERE name IN ('worker', 'checker') AND at > %s"
TAKEN_BACK = "SELECT count(*) FROM cases_item WHERE state = 'withdrawn' AND due_at IS NULL"


def test_all_live_on_and_nothing_is_lost_or_double(
    hotline: MakeHotline, database: PostgreSQL, tmp_path: Path
) -> None:
    site = hotline(*PROCESSES, DISRUPT_DATABASE=database.url)
    key_file, portal = tmp_path / "key", site.url("portal")
    scopes = ("--scopes", "exchange:feed:read")
    site.run("manage", "partner", "add", "Platform", "--key-file", str(key_file), *scopes)
    head = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
    before = {name: site.pid(name) for name in PROCESSES}
    code = Reporter(portal).report(["https://forum.example/1"], [photo(1)])
    with (
        httpx.Client(base_url=site.url("exchange"), headers=head, trust_env=False, timeout=60) as partner,
        Browser("en") as person,
        Browser("en") as holder,
    ):
        assert partner.get("/v1/feed").status_code == 200
        form, ways = person.get(f"{portal}/en/form/"), holder.get(f"{portal}/en/follow/")
        database.stop()

        assert person.get(f"{portal}/en/").status == 200
        told = _send(person, form)
        assert "Nothing is lost: please send it again in a minute" in told.words
        away = holder.submit(ways, ways.form("code"), {"code": code})
        assert away.status == 503
        assert "A code that you have stays good" in away.words
        refused = partner.get("/v1/feed")
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        for name in ("worker", "checker"):
            until(lambda name=name: "OperationalError" in site.log(name), f"the {name} misses the database")

        database.start()
        (started,) = database.ask("SELECT now()")
        # The very first question of each, over a connection that had died, is answered.
        assert partner.get("/v1/feed").status_code == 200
        assert "A sentence that nobody wants" in told.html
        sent = person.submit(told, told.form("statement"), {}, button="send")
        second = CODE.search(sent.html)
        assert second, sent.words
        # The form as it was loaded, sent once more, as a browser's “back” does: the same report.
        again = CODE.search(_send(person, form).html)
        assert again is None or again[1] == second[1]
        assert database.ask("SELECT count(*) FROM cases_case") == [(2,)]

        page = holder.submit(ways, ways.form("code"), {"code": code})
        assert page.status == 200
        page = holder.get(f"{portal}/en/follow/now/all/")
        (take_back,) = (one for one in page.forms if one.method == "post" and one.action.endswith("/all/"))
        holder.submit(page, take_back, {})
    until(lambda: database.ask(TAKEN_BACK) == [(2,)], "the worker goes on")
    until(lambda: database.ask(BEATS, *started) == [(2,)], "worker and checker beat again")
    assert {name: site.pid(name) for name in PROCESSES} == before
    assert all(site.lives(name) for name in PROCESSES)
    assert site.run("verify-ledger").returncode == 0
    site.stop()


def _send(person: Browser, form: Page) -> Page:
    """Press “send” on a form as it was loaded."""
    files = [("files", ("IMG_1.jpg", photo(2), "image/jpeg"))]
    return person.submit(form, form.form("url", "statement"), ANSWERS, files=files, button="send")
