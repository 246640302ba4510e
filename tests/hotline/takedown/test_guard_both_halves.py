"""Both halves together: the hotline hands notices to the partner's own guard, which acts and answers."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from nacl.signing import SigningKey
from tests.hotline.takedown.conftest import ALICE, go_round, later
from tests.hotline.takedown.interfaces import Answer, Interface
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_channels import Opened, _entry, hand_over, state
from tests.partner.guarding import settle

from disrupt.fingerprint import Sandbox
from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions
from disrupt.hotline.takedown.channels import reconciling
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import Decision, NoticeState
from disrupt.partner.guard.desk import Desk
from disrupt.partner.guard.home import Home, Uploads, make
from disrupt.protocol import guard
from disrupt.protocol.envelope import NoticeError


class Site:
    """A small site with the partner's guard behind a web server."""

    def __init__(self, folder: Path, keys: str) -> None:
        self.folder, self.keys = folder, keys
        self.came, self.lose, self.announce, self.endpoint = 0, 0, True, ""

    def opens(self, host: str) -> None:
        uploads = self.folder / "up"
        uploads.mkdir()
        for name in ("0", "1"):
            (uploads / name).write_bytes(b"picture " + name.encode())
        home = make(self.folder / "guard", host, [Uploads(uploads, f"http://{host}/up/")], self.keys)
        where = f'endpoint = "http://{host}/disrupt-guard/notices"'
        self.desk = Desk(settle(home, 'on_notice = "hold"', where), Sandbox(workers=1))

    @property
    def home(self) -> Home:
        return self.desk.home

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        if path == guard.ANNOUNCED_AT:
            told = {
                **json.loads(json.dumps(self.home.announcement())),
                **({"endpoint": self.endpoint} if self.endpoint else {}),
            }
            return (200, json.dumps(told).encode()) if self.announce else (404, b"")
        if method == "GET":
            record = self.desk.records.find(path.rpartition("/")[2])
            assert record is not None
            assert record.answered is not None
            return 200, self.home.sign(record.answered)
        self.came += 1
        try:
            answer = self.desk.receive(body, "https")
        except NoticeError as error:
            return 400, json.dumps({"code": error.code}).encode()
        if self.lose:
            self.lose -= 1
            return None
        return 200 if answer.complete else 202, self.home.sign(answer)


@pytest.fixture
def site(settings: Any, recipients: Any, tmp_path: Path) -> Iterator[Site]:
    out = io.StringIO()
    call_command("notice_key", stdout=out)
    one = Site(tmp_path / "site", out.getvalue())
    one.folder.mkdir()
    with Interface(one) as interface:
        host = f"127.0.0.1:{interface.port}"
        one.opens(host)
        settings.REACHABLE = [host]
        recipients(
            hosts=[_entry(pattern="127.0.0.1", name="A site", channel="guard", address=f"http://{host}")]
        )
        yield one


def told(site: Site, opened: Opened, *paths: str) -> list[Notice]:
    """Notices that were handed over without moving the clock: the guard knows the true time only."""
    hosts = [opened(f"http://{site.home.host}/{path}")[1] for path in paths]
    go_round()
    for host in hosts:
        actions.hurry(host, ALICE, "a test")
    hand_over()
    return [Notice.objects.get(pk=host.pk) for host in hosts]


def test_the_guard_of_a_site_answers_for_each_address(
    site: Site, opened: Opened, postmaster: Postmaster
) -> None:
    held, absent, elsewhere = told(site, opened, "up/0", "up/9", "forum/1")
    assert {notice.state for notice in (held, absent, elsewhere)} == {NoticeState.SENT}
    said = [notice.decision for notice in (held, absent, elsewhere)]
    assert said == [Decision.REMOVED, Decision.REMOVED, Decision.OTHER]
    assert (held.decision_note, elsewhere.decision_note) == ("[removed] held", "[not_ours] not_found")
    assert [one.path for one in site.desk.quarantine.all()] == ["0"]
    assert site.came == 1, "one message for all"
    assert held.acknowledged_at is not None
    assert held.item.state == "host_notified", "what it says is no proof"
    assert held.target.look_at <= clock.now()


def test_a_guard_that_got_it_and_lost_the_line_is_asked_again_with_the_same(
    site: Site, opened: Opened, postmaster: Postmaster
) -> None:
    site.lose = 2
    (one,) = told(site, opened, "up/0")
    for _ in range(3):
        later(minutes=20)
        hand_over()
    assert (site.came, state(one)) == (3, NoticeState.SENT)
    assert len(list(site.desk.quarantine.all())) == 1


def test_what_waits_for_the_owner_is_read_again(site: Site, opened: Opened, postmaster: Postmaster) -> None:
    settle(site.home, 'on_notice = "wait"')
    site.desk.home = settle(site.home, 'on_notice = "wait"')
    (one,) = told(site, opened, "up/0")
    assert (one.state, one.decision) == (NoticeState.SENT, "")
    Notice.objects.filter(pk=one.pk).update(reply="202 later")
    later(hours=2)
    assert list(reconciling.unread()) == [one.pk]
    reconciling.read(one.pk)
    one.refresh_from_db()
    assert (one.reply, one.decision) == ("200 complete", "")
    assert list(reconciling.unread()) == []


def test_a_notice_that_the_site_does_not_act_on_is_for_a_person(
    site: Site, opened: Opened, postmaster: Postmaster
) -> None:
    another = base64.b64encode(bytes(SigningKey.generate().verify_key)).decode()
    (site.home.folder / "hotline.keys").write_text(f"other {another}\n")
    (one,) = told(site, opened, "up/0")
    assert one.state == NoticeState.REFUSED


def test_a_guard_elsewhere_or_none_is_not_told(site: Site, opened: Opened, postmaster: Postmaster) -> None:
    site.endpoint = "http://10.0.0.1/guard"
    (one,) = told(site, opened, "up/0")
    assert one.state == NoticeState.FAILED
    site.endpoint, site.announce = "", False
    (two,) = told(site, opened, "up/1")
    assert (two.state, site.came) == (NoticeState.SCHEDULED, 0)
