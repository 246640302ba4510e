"""The guard of a site is given signed notices, and answers for each address; what it says is no proof."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from nacl.signing import SigningKey
from tests.hotline.takedown.conftest import later, until_hosts_are_told
from tests.hotline.takedown.interfaces import Interface, pinned
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_channels import Opened, _entry, hand_over, state

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import Decision, NoticeState
from disrupt.protocol import answer, guard
from disrupt.protocol.envelope import NotANotice
from disrupt.protocol.notice import verified


class Site:
    """A site with a guard: it verifies, answers, and knows what came before."""

    def __init__(self, keys: dict[str, bytes]) -> None:
        self.keys, self.host, self.acted, self.came = keys, "", dict[str, bytes](), 0
        self.later, self.lose, self.announce, self.elsewhere = False, 0, True, ""
        self.key, self.stranger = SigningKey.generate(), False

    def __call__(self, method: str, path: str, headers: Any, body: bytes) -> Any:
        if path == guard.ANNOUNCED_AT:
            place = self.elsewhere or f"http://{self.host}/guard/notices"
            told = guard.Announcement(self.host, place, "guard", bytes(self.key.verify_key)).to_wire()
            return (200, json.dumps(told).encode()) if self.announce else (404, b"")
        self.came += 1
        notice = verified(body, keys=self.keys, host=self.host, now=clock.now())
        self.acted.setdefault(notice.id, self._act(notice))
        if self.lose:
            self.lose -= 1
            return None
        return (202 if self.later else 200, self.acted[notice.id])

    def _act(self, notice: Any) -> bytes:
        states: tuple[Any, ...] = ("gone", "refused", "not_found", "held", "waiting")
        reasons: tuple[Any, ...] = ("", "put_back", "", "", "owner_decides")
        given = zip(sorted(notice.addresses), states, reasons, strict=False)
        said = answer.Answer(
            notice.id, self.host, clock.now(), not self.later, 0.5,
            tuple(answer.AddressAnswer(address, state, reason) for address, state, reason in given),
        )  # fmt: skip
        key = SigningKey.generate() if self.stranger else self.key
        return answer.signed(said, "guard", lambda text: key.sign(text).signature)


@pytest.fixture
def site(settings: Any, recipients: Any) -> Iterator[Site]:
    out = io.StringIO()
    call_command("notice_key", stdout=out)
    one = Site(pinned(out.getvalue()))
    with Interface(one) as interface:
        one.host = f"127.0.0.1:{interface.port}"
        settings.REACHABLE = [one.host]
        recipients(
            hosts=[_entry(pattern="127.0.0.1", name="A site", channel="guard", address=f"http://{one.host}")]
        )
        yield one


def _told(site: Site, opened: Opened, count: int = 4) -> list[Notice]:
    hosts = [opened(f"http://{site.host}/{number}")[1] for number in range(count)]
    until_hosts_are_told()
    hand_over()
    return [Notice.objects.get(pk=host.pk) for host in hosts]


def test_the_guard_of_a_site_answers_for_each_address(
    site: Site, opened: Opened, postmaster: Postmaster
) -> None:
    told = _told(site, opened, 5)
    assert {notice.state for notice in told} == {NoticeState.SENT}
    said = [notice.decision for notice in told]
    assert said == [Decision.REMOVED, Decision.DECLINED, Decision.OTHER, Decision.REMOVED, ""]
    assert told[1].decision_note == "[refused] refused put_back"
    why = ["", "objected", "", "", ""]
    assert [notice.refusal for notice in told] == why
    # What was answered before refusals had reasons is read from its words.
    Notice.objects.update(refusal="")
    import_module("disrupt.hotline.takedown.migrations.0020_refusals").fill(apps, None)
    assert [Notice.objects.get(pk=notice.pk).refusal for notice in told] == why
    assert site.came == 1, "one message for all"
    assert all(notice.acknowledged_at for notice in told[:4])
    assert told[0].item.state == "host_notified", "what it says is no proof"
    assert told[0].target.look_at <= clock.now()


def test_a_guard_that_got_it_and_lost_the_line_is_asked_again_with_the_same(
    site: Site, opened: Opened, postmaster: Postmaster
) -> None:
    site.lose = 2
    told = _told(site, opened, 1)
    for _ in range(3):
        later(minutes=20)
        hand_over()
    assert (site.came, len(site.acted)) == (3, 1)
    assert state(told[0]) == NoticeState.SENT


def test_a_guard_elsewhere_or_none_is_not_told(site: Site, opened: Opened, postmaster: Postmaster) -> None:
    site.elsewhere = "http://10.0.0.1/guard"
    (one,) = _told(site, opened, 1)
    assert one.state == NoticeState.FAILED
    site.elsewhere, site.announce = "", False
    (two,) = _told(site, lambda url: opened(url + "?2"), 1)
    assert (two.state, site.came) == (NoticeState.SCHEDULED, 0)


def test_an_answer_that_another_signed_is_not_believed(
    site: Site, opened: Opened, postmaster: Postmaster
) -> None:
    site.stranger = True
    (one,) = _told(site, opened, 1)
    assert (one.state, one.decision) == (NoticeState.FAILED, "")


@pytest.mark.parametrize(
    "raw",
    [b"", b"[]", b"{}", b"[" * 5000, b'{"format": "disrupt-guard/1", "notices": "https://forum.example/n"}'],
)
def test_announcements_that_are_none(raw: bytes) -> None:
    with pytest.raises(NotANotice):
        guard.announcement(raw)
