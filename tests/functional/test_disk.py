"""A real disk loses its power with all that was not synced, or breaks and takes nothing any more."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.functional.disk import Disk, disk
from tests.functional.portal_walk import photo
from tests.functional.servers import BOUND, Hotline
from tests.functional.test_database_away import ANSWERS
from tests.functional.test_power_cut import Crowd, go_on
from tests.waiting import until

from disrupt.hotline.demo.browser import Browser
from disrupt.hotline.demo.reporter import Reporter

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
ALL = (*BOUND, "worker", "checker", "taking", "watch")
# Whose receipt says that they were destroyed, and which are on the disk.
DESTROYED = """
import hashlib, json
import django
django.setup()
from disrupt.hotline.cases.models import LedgerEvent
from disrupt.hotline.common.store import vault
gone = {event.data["content"] for event in LedgerEvent.objects.filter(kind="content.destroyed")}
there = {hashlib.sha256(name.encode()).hexdigest()[:16] for name, _at in vault.stored_ids()}
print(json.dumps([len(gone), sorted(gone & there)]))
"""


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Disk]:
    with disk(tmp_path) as one:
        if one is None:
            pytest.skip("needs root, and a kernel that mounts a file as a disk")
        yield one


@pytest.fixture
def site(own: Disk, tmp_path: Path) -> Iterator[Hotline]:
    """A hotline whose keys, database and stores are on that disk; its logs are elsewhere."""
    var = own.place / "var"
    var.mkdir()
    (tmp_path / "log").mkdir()
    (var / "log").symlink_to(tmp_path / "log")
    one = Hotline(var)
    yield one
    one.kill()


def destroyed(site: Hotline) -> tuple[int, list[str]]:
    """How many contents were destroyed by their receipts, and which of them are there all the same."""
    settings = {"DJANGO_SETTINGS_MODULE": "disrupt.hotline.processes.worker.settings"}
    done = subprocess.run(
        [sys.executable, "-c", DESTROYED],
        env={**site.environment, **settings, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    number, there = json.loads(done.stdout)
    return number, there


def test_what_was_told_is_there_after_the_power_was_cut(own: Disk, site: Hotline) -> None:
    site.start("portal", "worker")
    crowd = Crowd(site.url("portal"))
    thread = threading.Thread(target=crowd.come)
    thread.start()
    try:
        until(lambda: destroyed(site)[0] >= 2 or crowd.failed, "files are destroyed", seconds=180)
    finally:
        own.loses_power()
        thread.join()
    site.kill()
    own.again()
    assert len(crowd.codes) >= 2
    number, there = destroyed(site)
    assert number >= 2, "no receipt was lost"
    assert there == [], "what was destroyed did not come back"
    found = go_on(site, site.var, crowd.codes)
    assert found["whole"] == [["ok"]]
    assert found["opened"] == [2] * len(crowd.codes), "whoever had read a code has a report, whole"
    assert all([*found["verified"], *found["sizes"], *found["notes"]]), found
    assert not any(found["withdrawn"])
    assert found["failing"] == {}


def test_on_a_disk_that_takes_nothing_everybody_is_told_and_nothing_is_lost(
    own: Disk, site: Hotline, tmp_path: Path
) -> None:
    key_file, portal = tmp_path / "key", site.url("portal")
    site.run("manage", "partner", "add", "P", "--key-file", str(key_file), "--scopes",
             "exchange:feed:read", "exchange:feedback:write")  # fmt: skip
    head = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
    site.start(*ALL)
    code = Reporter(portal).report(["https://forum.example/1"], [photo(1)])
    with Browser("en") as person, Browser("en") as holder, Browser("en") as analyst:
        form, ways = person.get(f"{portal}/en/form/"), holder.get(f"{portal}/en/follow/")
        login = analyst.get(f"{site.url('console')}/accounts/login/")
        own.breaks()
        files = [("files", ("IMG_1.jpg", photo(2), "image/jpeg"))]
        told = person.submit(form, form.form("url", "statement"), ANSWERS, files=files, button="send")
        assert "1 file could not be saved just now" in told.words
        assert "Your report has not been sent yet" in told.words
        assert "A sentence that nobody wants" in told.html
        told = person.submit(told, told.form("statement"), {}, button="send")
        assert "Nothing is lost: please send it again in a minute" in told.words
        assert "A sentence that nobody wants" in told.html
        away = holder.submit(ways, ways.form("code"), {"code": code})
        assert (away.status, "A code that you have stays good" in away.words) == (503, True)
        kept = analyst.submit(login, login.form("login"), {"login": "alice", "password": "x"})
        assert (kept.status, "what you pressed was not recorded" in kept.words) == (503, True)
    # Whoever reads the list goes on: withdrawals reach partners, and what they fetched is noted later.
    for path in ("feed", "feed?after=0", "status/ready"):
        read = httpx.get(f"{site.url('exchange')}/v1/{path}", headers=head, trust_env=False, timeout=60)
        assert read.status_code == 200, (path, read.text)
    word = {"feedback": [{"entry": "00000000-0000-0000-0000-000000000000", "opinion": "blocked"}]}
    refused = httpx.post(
        f"{site.url('exchange')}/v1/feedback", headers=head, json=word, trust_env=False, timeout=60
    )
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    for name in ("worker", "checker", "taking"):
        until(lambda name=name: "could be written: OperationalError" in site.log(name), f"the {name} sees it")
    status = site.run("status", check=False)
    assert (status.returncode, "!! the disk takes nothing" in status.stdout) == (1, True)
    watch = site.run("watch", "--once", check=False)
    assert "the disk takes nothing" in watch.stdout
    assert all(site.lives(name) for name in ALL)

    site.stop()
    own.again()
    site.start(*ALL)
    assert "forum.example" in " ".join(Reporter(portal).status(code))
    answer = httpx.get(f"{site.url('exchange')}/v1/feed", headers=head, trust_env=False, timeout=60)
    assert answer.status_code == 200
    assert "of 1 cases verified" in site.run("manage", "verify_ledger").stdout, "nothing is there twice"
    assert "takes nothing" not in site.run("status", check=False).stdout
