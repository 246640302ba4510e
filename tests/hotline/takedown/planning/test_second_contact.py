"""A host that confirms no receipt within a day: its other contact is told, once, unless somebody answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from tests.hotline.takedown import test_answers
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_answers import arrive, bounce, told, with_others

from disrupt.hotline.takedown import actions
from disrupt.hotline.takedown.models import Notice, Presence, Target
from disrupt.hotline.takedown.planning import timeline
from disrupt.hotline.takedown.states import Decision, NoticeState, Step

Opened = Callable[..., list[Notice]]
SECOND, THIRD = "second@images.example.net", "third@images.example.net"
maildir = test_answers.maildir


@pytest.fixture
def host(opened: Opened, postmaster: Postmaster, maildir: Path, recipients: Any) -> Notice:
    with_others(recipients, SECOND, THIRD)
    told(opened, postmaster)
    return Notice.objects.get(step=Step.HOST)


def test_silence_of_a_day_has_the_next_contact_told_once(host: Notice, postmaster: Postmaster) -> None:
    later(hours=23)
    go_round()
    assert postmaster.to(SECOND) == []
    later(hours=1, minutes=1)
    go_round()
    (mail,) = postmaster.to(SECOND)
    assert "Notice of illegal content" in mail.message["Subject"]
    assert mail.message["In-Reply-To"] is None
    later(days=20)
    go_round()
    assert len(postmaster.to(SECOND)) == 1
    assert postmaster.to(THIRD) == []
    assert len(postmaster.to(HOST_ADDRESS)) >= 2, "it is reminded all the same"
    assert host.item.ledger.filter(kind="notice.sent", data__recipient="host").exists()


@pytest.mark.parametrize(
    "say",
    [
        lambda host: actions.record_receipt(host, ALICE),
        lambda host: actions.record_decision(host, Decision.DECLINED, ALICE),
        lambda host: actions.record_decision(host, Decision.OTHER, ALICE),
    ],
    ids=["a receipt", "a refusal", "a question"],
)
def test_whoever_answers_is_the_one_to_talk_to(
    host: Notice, postmaster: Postmaster, say: Callable[[Notice], object]
) -> None:
    later(hours=2)
    say(host)
    later(days=2)
    go_round()
    assert postmaster.to(SECOND) == []
    second = Notice.objects.get(step=Step.SECOND)
    assert second.state == NoticeState.CANCELLED
    assert host.item.ledger.filter(kind="notice.cancelled", data__reason="answered").count() == 1


def test_a_bounce_hurries_it_and_the_next_bounce_takes_the_third(
    host: Notice, postmaster: Postmaster, maildir: Path
) -> None:
    arrive(maildir, bounce(postmaster.to(HOST_ADDRESS)[0]))
    go_round()
    go_round()
    (mail,) = postmaster.to(SECOND)
    arrive(maildir, bounce(mail), "2")
    go_round()
    go_round()
    later(hours=25)
    go_round()
    assert [len(postmaster.to(one)) for one in (HOST_ADDRESS, SECOND, THIRD)] == [1, 1, 2]
    assert Notice.objects.filter(step=Step.SECOND).count() == 2


def test_nobody_else_is_told_of_what_was_perhaps_gone(host: Notice, postmaster: Postmaster) -> None:
    Target.objects.update(leaning=Presence.GONE)
    later(hours=24, minutes=1)
    go_round()
    assert postmaster.to(SECOND) == []
    Target.objects.update(leaning=Presence.LIVE)
    later(hours=1, minutes=1)
    go_round()
    assert len(postmaster.to(SECOND)) == 1


def test_who_has_one_contact_only_has_no_such_step(opened: Opened, postmaster: Postmaster) -> None:
    opened()
    assert "another contact" not in _to_come()
    told(opened, postmaster)
    assert not Notice.objects.filter(step=Step.SECOND).exists()
    assert "another contact" not in _to_come()


def test_the_timeline_names_it_before_and_once(
    opened: Opened, recipients: Any, postmaster: Postmaster
) -> None:
    with_others(recipients, SECOND)
    opened()
    assert _to_come().count("another contact") == 1
    told(opened, postmaster)
    assert _to_come().count("another contact") == 1
    actions.record_receipt(Notice.objects.filter(step=Step.HOST).exclude(sent_at=None)[0], ALICE)
    assert "another contact" not in _to_come()


def _to_come() -> str:
    notice = Notice.objects.filter(step=Step.HOST).order_by("created_at")[0]
    with translation.override("en"):
        entries = timeline.of_target(notice.target, notice.category)
        return " ".join(str(one.what) for one in entries if not one.done)
