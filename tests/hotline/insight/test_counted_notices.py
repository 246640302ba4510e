"""Notices and what hosts did are counted once each; partners' words as often as they say something new."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from tests.hotline.takedown.conftest import accepted as accepted
from tests.hotline.takedown.conftest import opened as opened

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.exchange import contributions
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.review.figures import differences
from disrupt.hotline.takedown import actions, services
from disrupt.hotline.takedown.checks import presence
from disrupt.hotline.takedown.models import Check, Notice, Seen, Target
from disrupt.hotline.takedown.states import Decision, NoticeState
from disrupt.hotline.tally.models import Fresh
from disrupt.protocol.stopncii import Opinion, Posted, Signal

pytestmark = pytest.mark.django_db
ALICE = analyst(1)


def rows(kind: str) -> list[tuple[str, str, str, int]]:
    """What adds up to something, by site, category and outcome."""
    sums: dict[tuple[str, str, str], int] = {}
    for row in Fresh.objects.filter(kind=kind):
        place = (row.party, row.category, row.outcome)
        sums[place] = sums.get(place, 0) + row.n
    return [(*place, n) for place, n in sorted(sums.items()) if n]


def send(notice: Notice) -> Notice:
    """As if the mail server had taken it."""
    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=clock.now())
    notice.refresh_from_db()
    services.mark_reached(notice, WORKER)
    return notice


def look(target: Target, seen: Seen) -> None:
    target.refresh_from_db()
    presence.seen(target, Check.objects.create(target=target, at=clock.now(), seen=seen, sign="x", rules="1"))


def sources_agree() -> bool:
    tomorrow = clock.now() + dt.timedelta(days=1)
    return list(differences(apps.get_model, tomorrow, mend=False)) == []


def test_a_notice_and_its_outcome_are_counted_once(opened: Any) -> None:
    police, host = opened("https://www.images.example.net/a", "NCII-DIF")
    site = Target.objects.get().site
    send(police)
    send(host)
    services.mark_reached(host, WORKER)
    assert rows("notified") == [(site, "NCII-DIF", "host", 1), (site, "NCII-DIF", "police", 1)]
    clock.move(dt.timedelta(hours=30))
    actions.record_decision(host, Decision.DECLINED, ALICE)
    assert rows("action") == [(site, "NCII-DIF", "declined", 1)]
    actions.record_decision(host, Decision.REMOVED, ALICE)
    assert rows("action") == [(site, "NCII-DIF", "claimed", 1)]
    target = Target.objects.get()
    for _ in range(2):
        look(target, Seen.GONE)
        clock.move(dt.timedelta(hours=1))
    assert rows("action") == [(site, "NCII-DIF", "removed", 1)]
    # What they say afterwards changes nothing of what was seen.
    actions.record_decision(host, Decision.DECLINED, ALICE)
    assert rows("action") == [(site, "NCII-DIF", "removed", 1)]
    assert rows("removed") == [(site, "NCII-DIF", "", 1)]
    assert Fresh.objects.get(kind="action", outcome="removed").hours == 5
    assert sources_agree()


def test_what_was_never_sent_has_no_outcome(opened: Any) -> None:
    _police, host = opened()
    for _ in range(2):
        look(Target.objects.get(), Seen.GONE)
        clock.move(dt.timedelta(hours=1))
    host.refresh_from_db()
    assert (host.action, rows("action"), rows("notified")) == ("", [], [])


def test_partners_words_are_counted_when_they_are_new() -> None:
    partner = Partner.objects.create(name="P", created_at=clock.now())
    word = Posted(Signal.VIDEO_MD5, "1" * 32, Opinion.PENDING_REVIEW, ())
    for opinion in (Opinion.PENDING_REVIEW, Opinion.PENDING_REVIEW, Opinion.BLOCKED):
        contributions.submit_feedback(partner, [Posted(word.signal, word.value, opinion, ())])
    who = partner.pk.hex
    assert rows("feedback") == [(who, "", "Blocked", 1), (who, "", "PendingReview", 1)]
    assert sources_agree()
