"""What comes after reminders: who is told next, as the person lets it be, sent by a person with one key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, go_round, later, told_host
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_regimes import sign

from disrupt.hotline.cases import ledger, mandates
from disrupt.hotline.cases.models import Allowed, Wish
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import actions, queries
from disrupt.hotline.takedown.models import Notice, Presence, Target
from disrupt.hotline.takedown.planning import escalation, prepared
from disrupt.hotline.takedown.states import Channel, Decision, NoticeState, Step

Opened = Callable[..., list[Notice]]
Recipients = Callable[..., None]
POLICE = "pharos@police.example"
FLAGGERS, APPEALS, PROSECUTOR = "flaggers@images.example.net", "appeals@images.example.net", "p@court.example"
HOST = {
    "pattern": "*.images.example.net", "name": "I", "channel": "email", "address": HOST_ADDRESS,
    "language": "en", "scope": "host", "tested_on": "2026-11-01", "dsa_tier": "platform",
    "flagger": FLAGGERS, "appeal": APPEALS,
}  # fmt: skip
KNOWN = {
    "hosts": [HOST],
    "police": {"name": "Pharos", "channel": "email", "address": POLICE, "language": "fr"},
    "prosecutor": {"name": "Parquet", "channel": "email", "address": PROSECUTOR, "language": "fr"},
    "search": [],
}


def told(opened: Opened, recipients: Recipients, category: str = "NCII-DIF", **changes: Any) -> Notice:
    recipients(**{**KNOWN, **changes})
    return told_host(opened, category=category)


def say(notice: Notice, what: Allowed, wish: Wish) -> None:
    later(minutes=1)
    mandates.say(notice.item.case, what, wish)


def step(what: Step) -> Notice:
    return Notice.objects.get(step=what)


def test_the_contact_for_trusted_flaggers_is_told_after_two_days(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    told(opened, recipients)
    later(hours=47)
    go_round()
    assert postmaster.to(FLAGGERS) == []
    later(hours=1, minutes=1)
    go_round()
    (mail,) = postmaster.to(FLAGGERS)
    assert "trusted flagger" in mail.text
    assert "contact for trusted flaggers" in mail.text
    later(days=30)
    go_round()
    assert len(postmaster.to(FLAGGERS)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"hosts": [{**HOST, "flagger": ""}]},
        {"hosts": [{**HOST, "dsa_tier": "small_platform"}]},
        {"notifier": {}},
    ],
)
def test_nobody_is_told_as_a_flagger_where_that_owes_nothing(
    opened: Opened, postmaster: Postmaster, recipients: Recipients, changes: dict[str, Any]
) -> None:
    told(opened, recipients, **changes)
    assert not Notice.objects.filter(step=Step.FLAGGER).exists()


def test_who_refuses_letters_to_others_stops_them(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    say(host, Allowed.OTHERS, Wish.REFUSED)
    later(hours=50)
    go_round()
    assert postmaster.to(FLAGGERS) == []
    assert step(Step.FLAGGER).state == NoticeState.CANCELLED
    say(host, Allowed.OTHERS, Wish.ASKED)
    go_round()
    go_round()
    assert len(postmaster.to(FLAGGERS)) == 1


def test_a_platform_that_refuses_is_complained_to_with_one_key(
    opened: Opened,
    postmaster: Postmaster,
    recipients: Recipients,
    make_user: MakeUser,
    client: Client,
) -> None:
    host = told(opened, recipients)
    assert not Notice.objects.filter(step=Step.APPEAL).exists(), "nothing was decided"
    actions.record_decision(host, Decision.DECLINED, ALICE, reasons="We see nothing wrong.")
    actions.record_decision(host, Decision.DECLINED, ALICE, reasons="We see nothing wrong, still.")
    appeal = step(Step.APPEAL)
    assert (appeal.state, appeal.address) == (NoticeState.TASK, APPEALS)
    assert appeal in queries.needing_a_person()
    go_round()
    assert postmaster.to(APPEALS) == []
    client.force_login(make_user("alice"))
    page = reverse("takedown:notice", args=[appeal.pk])
    assert 'data-key="c"' in client.get(page).content.decode()
    client.post(reverse("takedown:act", args=[appeal.pk, "send"]))
    go_round()
    go_round()
    (mail,) = postmaster.to(APPEALS)
    assert "Article 20" in mail.text
    assert "trusted flagger" not in mail.text
    ledger.verify(host.item.case)


def test_half_a_year_after_the_decision_it_is_too_late(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    actions.record_decision(host, Decision.DECLINED, ALICE)
    later(days=179)
    go_round()
    assert step(Step.APPEAL).state == NoticeState.TASK
    later(days=2)
    go_round()
    assert step(Step.APPEAL).state == NoticeState.CANCELLED
    assert (
        host.item.ledger.filter(kind="notice.cancelled").order_by("number").last().data["reason"]
        == "too_late"
    )


@pytest.mark.parametrize("tier", ["host", "small_platform", "none"])
def test_who_need_not_look_again_is_not_asked_to(
    opened: Opened, postmaster: Postmaster, recipients: Recipients, tier: str
) -> None:
    host = told(opened, recipients, hosts=[{**HOST, "dsa_tier": tier}])
    actions.record_decision(host, Decision.DECLINED, ALICE)
    assert not Notice.objects.filter(step=Step.APPEAL).exists()


def test_a_plan_that_began_before_keeps_its_steps(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    Notice.objects.filter(step=Step.FLAGGER).delete()
    Notice.objects.update(plan="2026-11-30")
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    host.refresh_from_db()
    actions.record_decision(host, Decision.DECLINED, ALICE)
    assert not Notice.objects.filter(step__in=[Step.APPEAL, Step.PROSECUTOR, Step.FLAGGER]).exists()


def test_the_prosecutor_hears_of_an_adult_only_as_they_ask(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    later(days=20)
    go_round()
    assert not Notice.objects.filter(step=Step.PROSECUTOR).exists()
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    report = step(Step.PROSECUTOR)
    assert report in queries.needing_a_person()
    prepared.send_prepared(report, ALICE)
    say(host, Allowed.PROSECUTOR, Wish.REFUSED)
    go_round()
    assert postmaster.to(PROSECUTOR) == [], "taken back before it left"
    with pytest.raises(actions.NotPossible):
        actions.record_filed(_again(report), "P-1", ALICE)
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    report.refresh_from_db()
    prepared.send_prepared(report, ALICE)
    go_round()
    (mail,) = postmaster.to(PROSECUTOR)
    assert "procureur de la République" in mail.text
    assert host.item.case.reference not in mail.text


def _again(report: Notice) -> Notice:
    """As if it were open: what a page that was opened before would post."""
    Notice.objects.filter(pk=report.pk).update(state=NoticeState.TASK)
    report.refresh_from_db()
    return report


def test_of_a_minor_the_prosecutor_is_told_without_asking(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients, "MIN-CSAM")
    say(host, Allowed.PROSECUTOR, Wish.REFUSED)
    later(days=11)
    go_round()
    report = step(Step.PROSECUTOR)
    assert report.state == NoticeState.TASK
    prepared.send_prepared(report, ALICE)
    go_round()
    assert len(postmaster.to(PROSECUTOR)) == 1


def test_a_lawyer_is_instructed_only_with_a_signature(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    say(host, Allowed.COURT, Wish.ASKED)
    go_round()
    order = step(Step.COURT)
    with pytest.raises(actions.NotPossible, match="court: no signed mandate"):
        actions.record_filed(order, "L-1", ALICE)
    sign(host.item, Allowed.COURT)
    assert "mandat" in actions.record_filed(order, "L-1", ALICE).body


def test_nothing_prepared_leaves_by_itself_or_to_a_typed_address(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    report = actions.readdress(step(Step.PROSECUTOR), "other@court.example", ALICE)
    later(days=40)
    go_round()
    assert (step(Step.PROSECUTOR).state, postmaster.to("other@court.example")) == (NoticeState.TASK, [])
    prepared.send_prepared(report, ALICE)
    go_round()
    assert len(postmaster.to("other@court.example")) == 1


def test_what_is_gone_needs_none_of_it(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    Target.objects.update(presence=Presence.GONE)
    say(host, Allowed.PROSECUTOR, Wish.ASKED)
    go_round()
    assert not Notice.objects.filter(step=Step.PROSECUTOR).exists()


def test_that_it_stays_is_said_by_a_person_and_looked_at_all_the_same(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients)
    later(days=31)
    go_round()
    assert host not in queries.needing_a_person(), "nobody has seen it there"
    Target.objects.update(presence=Presence.LIVE)
    assert host in queries.needing_a_person()
    prepared.say_that_it_stays(host, ALICE)
    assert host not in queries.needing_a_person()
    assert host.item.case.ledger.filter(kind="item.stays").count() == 1
    target = Target.objects.get()
    assert target.look_at is not None, "it is looked at again"
    ledger.verify(host.item.case)


def test_steps_without_an_address_are_a_form(
    opened: Opened, postmaster: Postmaster, recipients: Recipients
) -> None:
    host = told(opened, recipients, hosts=[{**HOST, "appeal": ""}], prosecutor=None)
    made = escalation.make(host, Step.PROSECUTOR, 1, clock.now(), WORKER)
    assert made is not None
    actions.record_decision(host, Decision.DECLINED, ALICE)
    for one in (made, step(Step.APPEAL)):
        assert (one.channel, one.address, one.state) == (Channel.FORM, "", NoticeState.TASK)
        with pytest.raises(actions.NotPossible):
            prepared.send_prepared(one, ALICE)
