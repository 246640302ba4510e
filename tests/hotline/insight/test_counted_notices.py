"""Notices and what hosts did are counted once each; partners' words as often as they say something new."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from tests.hotline.takedown.conftest import accepted as accepted
from tests.hotline.takedown.conftest import opened as opened

from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.exchange.hearing import contributions
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.review.figures import differences
from disrupt.hotline.review.services import record_view
from disrupt.hotline.takedown import actions, services
from disrupt.hotline.takedown.checks import presence
from disrupt.hotline.takedown.models import Check, Notice, Seen, Target
from disrupt.hotline.takedown.states import Decision, NoticeState, Refusal
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
    actions.record_decision(host, Decision.DECLINED, ALICE, reasons="Jo agreed.", refusal=Refusal.CONSENT)
    assert rows("action") == [(site, "NCII-DIF", "declined:consent", 1)]
    assert sources_agree()
    actions.record_decision(host, Decision.REMOVED, ALICE, refusal=Refusal.CONSENT)
    host.refresh_from_db()
    assert host.refusal == "", "what is removed is not refused"
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


def test_what_is_rolled_back_was_never_counted(opened: Any, make_case: Any) -> None:
    """A case with its item, a look, an entry, a notice, a match fed back: each counts where it happens."""
    partner = Partner.objects.create(name="P", created_at=clock.now())
    police, _host = opened()
    item = Item.objects.get()
    word = Posted(Signal.VIDEO_MD5, "2" * 32, Opinion.BLOCKED, ())
    deeds = {
        ("case", "received"): lambda: make_case(urls=("https://two.net/9",)),
        ("looked",): lambda: record_view(item, ALICE),
        ("offered",): lambda: advance(item, ItemState.BANKED, WORKER),
        ("notified",): lambda: send(police),
        ("feedback",): lambda: contributions.submit_feedback(partner, [word]),
    }
    before = Fresh.objects.count()
    for kinds, deed in deeds.items():
        with pytest.raises(RuntimeError), transaction.atomic():
            deed()
            new = list(Fresh.objects.order_by("pk").values_list("kind", flat=True)[before:])
            assert set(kinds) <= set(new), kinds
            raise RuntimeError
        assert Fresh.objects.count() == before
        item, police = Item.objects.get(), Notice.objects.get(pk=police.pk)
