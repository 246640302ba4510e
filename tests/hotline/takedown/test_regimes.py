"""The laws that notices are under: what each wants, its deadline, its mandate, the error that names it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user
from tests.hotline.takedown.conftest import (
    ALICE,
    HOST_ADDRESS,
    URL,
    go_round,
    later,
    told_host,
    until_hosts_are_told,
)
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import ledger, mandates
from disrupt.hotline.cases.erasing import erase_case
from disrupt.hotline.cases.models import Allowed, Item, Mandate, Signatory, Wish
from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions, services
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import elements, take_down
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.regimes import deadline_of, regimes
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]
DOCUMENT = "ab" * 32


def sign(item: Item, what: Allowed = Allowed.TAKE_IT_DOWN) -> None:
    yesterday = clock.now().date() - dt.timedelta(days=1)
    mandates.record(item.case, what, yesterday, Signatory.PERSON, DOCUMENT, ALICE)


def told(opened: Opened, url: str = URL, category: str = "NCII-DIF") -> Notice:
    """The notice to a host, sent."""
    return told_host(opened, url, category)


def test_no_request_without_a_signed_mandate(opened: Opened, postmaster: Postmaster) -> None:
    host = told(opened)
    assert not take_down.is_offered(host)
    with pytest.raises(take_down.NoMandate):
        take_down.request(host, ALICE)
    sign(host.item)
    assert take_down.is_offered(host)
    mandates.say(host.item.case, Allowed.TAKE_IT_DOWN, Wish.REFUSED)
    with pytest.raises(take_down.NoMandate):
        take_down.request(host, ALICE)
    with pytest.raises(mandates.BadMandate):
        sign(host.item)


@pytest.mark.parametrize("category", ["MIN-CSAM", "HAR-SEX"])
def test_the_act_does_not_cover_everything(opened: Opened, postmaster: Postmaster, category: str) -> None:
    host = told(opened, category=category)
    sign(host.item)
    with pytest.raises(take_down.NotCovered):
        take_down.request(host, ALICE)


def test_what_is_not_known_to_be_in_force_binds_nobody() -> None:
    assert not regimes()["osa"].covers("NCII-DIF", dt.date(2099, 1, 1))
    act = regimes()["take_it_down"]
    assert (act.covers("NCII-DIF", dt.date(2026, 5, 18)), act.covers("NCII-DIF", dt.date(2026, 5, 19))) == (
        False,
        True,
    )


def test_a_request_says_what_the_act_wants(opened: Opened, postmaster: Postmaster) -> None:
    host = told(opened)
    sign(host.item)
    asked = take_down.request(host, ALICE)
    assert not take_down.is_offered(host)
    go_round()
    asked.refresh_from_db()
    mail = postmaster.to(HOST_ADDRESS)[-1]
    data = json.loads(next(mail.message.iter_attachments()).get_content())
    assert data["legal_basis"] == "TAKE IT DOWN Act (United States), 47 USC 223a"
    assert (data["deadline_hours"], data["signature"]["mandate_sha256"]) == (48, DOCUMENT)
    text = mail.text.replace("\n", " ")
    for words in (
        "did not consent to the publication",
        "within 48 hours at the latest",
        "known identical copies",
        "/s/ Disrupt",
        URL,
        "Disrupt <notices@hotline.example>",
    ):
        assert words in text
    assert "Article 16" not in mail.text
    assert "trusted flagger" not in mail.text, "a status of the DSA"
    assert "Criminal Code" not in mail.text
    assert deadline_of(asked) == asked.sent_at + dt.timedelta(hours=48)  # type: ignore[operator]
    assert deadline_of(host) is None
    ledger.verify(host.item.case)


def test_when_48_hours_are_over_a_complaint_is_prepared(opened: Opened, postmaster: Postmaster) -> None:
    host = told(opened)
    sign(host.item)
    asked = take_down.request(host, ALICE)
    go_round()
    asked.refresh_from_db()
    complaint = Notice.objects.get(step=Step.FTC)
    assert (complaint.state, complaint.due_at) == (NoticeState.TASK, deadline_of(asked))
    later(hours=3)
    actions.record_receipt(asked, ALICE)
    asked.refresh_from_db()
    complaint.refresh_from_db()
    assert complaint.due_at == asked.acknowledged_at + dt.timedelta(hours=48)  # type: ignore[operator]
    mandates.end(host.item.case, Allowed.TAKE_IT_DOWN, ALICE)
    with pytest.raises(actions.NotPossible, match="47 USC 223a"):
        actions.record_filed(complaint, "FTC-1", ALICE)
    sign(host.item)
    assert actions.record_filed(complaint, "FTC-1", ALICE).state == NoticeState.SENT


def test_a_complaint_to_the_regulator_needs_its_own_mandate(opened: Opened, postmaster: Postmaster) -> None:
    host = told(opened)
    sign(host.item)
    complaint = Notice.objects.get(step=Step.REGULATOR)
    with pytest.raises(actions.NotPossible, match="DSA 53"):
        actions.record_filed(complaint, "A-1", ALICE)
    sign(host.item, Allowed.REGULATOR)
    assert "mandat" in actions.record_filed(complaint, "A-1", ALICE).body


def test_each_person_has_a_request_of_their_own(opened: Opened, postmaster: Postmaster) -> None:
    urls = [f"https://www.images.example.net/{n}" for n in range(3)]
    for url in urls:
        opened(url)
    until_hosts_are_told()
    assert len(postmaster.to(HOST_ADDRESS)) == 1, "under the DSA they go together"
    for host in Notice.objects.filter(step=Step.HOST):
        sign(host.item)
        take_down.request(host, ALICE)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1 + 3


def test_a_request_that_was_written_is_not_sent_once_the_mandate_ends(
    opened: Opened, postmaster: Postmaster, settings: Any
) -> None:
    host = told(opened)
    sign(host.item)
    asked = take_down.request(host, ALICE)
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    go_round()
    asked.refresh_from_db()
    assert (asked.state, bool(asked.message)) == (NoticeState.SCHEDULED, True)
    mandates.say(host.item.case, Allowed.TAKE_IT_DOWN, Wish.REFUSED)
    settings.EMAIL_PORT = port
    later(hours=1)
    go_round()
    asked.refresh_from_db()
    assert (asked.state, len(postmaster.to(HOST_ADDRESS))) == (NoticeState.CANCELLED, 1)


def test_what_lacks_its_signature_fails_and_says_so(opened: Opened, postmaster: Postmaster) -> None:
    host = told(opened)
    sign(host.item)
    asked = take_down.request(host, ALICE)
    mandates.end(host.item.case, Allowed.TAKE_IT_DOWN, ALICE)
    go_round()
    asked.refresh_from_db()
    assert asked.state == NoticeState.FAILED
    assert asked.reply.startswith("47 USC 223a (i): no signed mandate")
    with pytest.raises(elements.NoSignature):
        elements.check(compose(asked, clock.now()), regimes()["take_it_down"], anonymous=False)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("step", list(Step))
def test_every_step_has_its_words(opened: Opened, step: Step, language: str) -> None:
    _, host = opened()
    sign(host.item)
    sign(host.item, Allowed.REGULATOR)
    sign(host.item, Allowed.COURT)
    Notice.objects.filter(pk=host.pk).update(state=NoticeState.SENT, sent_at=clock.now())
    host.refresh_from_db()
    one = host
    if step != Step.HOST:
        one = Notice(target=host.target, step=step, category=host.category, scheme=host.scheme)
        one.recipient, one.host, one.created_at, one.due_at = "host", host.host, clock.now(), clock.now()
    one.regime, one.language = "", language
    composed = compose(one, clock.now())
    assert "$" not in composed.body + composed.subject
    assert ("mandat" in composed.body) == (step in {Step.REGULATOR, Step.FTC, Step.TAKE_DOWN, Step.COURT})


def test_a_mandate_is_recorded_and_ended_on_its_page(
    opened: Opened, make_user: MakeUser, client: Client
) -> None:
    case = opened()[1].item.case
    client.force_login(make_user("alice"))
    page = reverse("takedown:mandates", args=[case.pk])
    given = {"what": "regulator", "signed_on": "2099-01-01", "signatory": "person", "document": DOCUMENT}
    assert client.post(page, given).status_code == 422
    given["signed_on"] = timezone.localdate().isoformat()
    assert client.post(page, given).status_code == 302
    assert DOCUMENT in client.get(page).content.decode()
    assert case.ledger.get(kind="mandate.recorded").data["sha256"] == DOCUMENT
    client.post(reverse("takedown:mandate_end", args=[case.pk, "regulator"]))
    assert Mandate.objects.get(case=case).signed_on is None


def test_an_erased_case_keeps_no_mandate(opened: Opened) -> None:
    item = opened()[1].item
    sign(item)
    erase_case(item.case)
    assert not Mandate.objects.exists()


def test_what_is_gone_is_not_complained_about(opened: Opened, postmaster: Postmaster) -> None:
    host = told(opened)
    sign(host.item)
    take_down.request(host, ALICE)
    go_round()
    # As the second of two looks does that agree (checks/presence.py).
    services.stop_all(host.target, host.category, but_police=True)
    assert Notice.objects.get(step=Step.FTC).state == NoticeState.CANCELLED
