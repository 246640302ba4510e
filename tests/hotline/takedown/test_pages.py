"""The console's pages about notices: what they show, what a person can do, and who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from tests.hotline.takedown.conftest import go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.erasing import erase_case
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.pages import menu
from disrupt.hotline.takedown.states import NoticeState

Opened = Callable[..., list[Notice]]


@pytest.fixture
def alice(db: None) -> Client:
    """Signed in with both factors, in English, with the role of an analyst."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    user = User.objects.create_user("alice")
    user.groups.add(Group.objects.get_or_create(name="analyst")[0])
    TOTP.activate(user, generate_totp_secret())
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def page(notice: Notice) -> str:
    return reverse("takedown:notice", args=[notice.pk])


def do(client: Client, notice: Notice, action: str, **data: str) -> Any:
    return client.post(reverse("takedown:act", args=[notice.pk, action]), data, follow=True)


def test_the_list_names_states_and_hosts(alice: Client, opened: Opened) -> None:
    police, host = opened()
    text = alice.get("/takedown/").content.decode()
    assert police.reference in text
    assert host.reference in text
    assert "www.images.example.net" in text
    assert police.item.case.reference in text
    one = alice.get(
        "/takedown/", {"recipient": "host", "state": "scheduled", "host": "IMAGES"}
    ).content.decode()
    assert (police.reference in one, host.reference in one) == (False, True)
    assert "No notice." in alice.get("/takedown/?state=sent").content.decode()
    assert alice.get("/takedown/?state=%0D%0A<x>&recipient=zz&page=zz").status_code == 200


def test_the_page_shows_the_text_before_and_after(
    alice: Client, opened: Opened, postmaster: Postmaster
) -> None:
    police, host = opened()
    before = alice.get(page(host)).content.decode()
    assert "Text, as it would be sent now" in before
    assert "bona fide belief" in before
    go_round()
    later(hours=7)
    go_round()
    after = alice.get(page(host)).content.decode()
    assert "Text, as sent" in after
    assert host.message_id.strip("<>") in after
    mail = alice.get(reverse("takedown:message", args=[host.pk]))
    assert mail["Content-Type"] == "message/rfc822"
    assert mail.content == postmaster.mails[1].raw
    french = alice.get(page(police), headers={"accept-language": "fr"}).content.decode()
    assert "Texte, tel qu’envoyé" in french
    assert "envoyée" in french


def test_the_wait_is_changed_with_a_reason(alice: Client, opened: Opened) -> None:
    police, host = opened()
    refused = do(alice, host, "wait", hours="1", reason=" ")
    assert refused.status_code == 422
    assert do(alice, host, "wait", hours="-1", reason="x").status_code == 422
    answer = do(alice, host, "wait", hours="0.5", reason="The police agree")
    assert "The wait was changed." in answer.content.decode()
    host.refresh_from_db()
    assert (host.due_at - host.created_at).total_seconds() == 1800
    assert host.wait_reason == "The police agree"
    event = host.item.ledger.get(kind="notice.wait_changed")
    assert (event.data["hours"], event.actor) == (0.5, f"analyst:{User.objects.get().pk}")
    assert "police agree" not in str(event.data)
    assert "nothing was changed" in do(alice, police, "wait", hours="1", reason="x").content.decode()


def test_an_uncertain_notice(alice: Client, opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    postmaster.drop_at = "accepted"
    go_round()
    text = alice.get(page(police)).content.decode()
    assert "Perhaps sent." in text
    assert "Send it again" in text
    assert "Recorded: the notice is sent." in do(alice, police, "confirm").content.decode()
    assert "nothing was changed" in do(alice, police, "resend").content.decode()
    police.item.refresh_from_db()
    assert police.item.state == ItemState.POLICE_NOTIFIED
    assert len(postmaster.mails) == 1


def test_receipt_and_decision(alice: Client, opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    go_round()
    do(alice, police, "receipt", at="2026-01-02T10:30")
    assert "time in the future" in do(alice, police, "receipt", at="2999-01-01T00:00").content.decode()
    do(alice, police, "decision", decision="declined", at="", reasons="Not <b>found</b>", refusal="another")
    police.refresh_from_db()
    assert police.acknowledged_at is not None
    assert police.acknowledged_at.isoformat() == "2026-01-02T09:30:00+00:00"
    assert (police.decision, police.decision_note) == ("declined", "Not <b>found</b>")
    assert police.refusal == "another"
    assert "Not &lt;b&gt;found" in alice.get(page(police)).content.decode()
    assert police.item.ledger.get(kind="notice.decided").data["decision"] == "declined"
    assert do(alice, police, "decision", decision="maybe").status_code == 422
    ledger.verify(police.item.case)


def test_a_form_filled_by_a_person(alice: Client, opened: Opened, recipients: Any) -> None:
    recipients(police={"name": "Pharos", "channel": "form", "language": "fr"})
    police, _ = opened()
    assert police.state == NoticeState.TASK
    assert "1 needs a person" in alice.get("/takedown/?state=person").content.decode()
    assert "Référence" in alice.get(page(police)).content.decode()
    do(alice, police, "filed", reference="PH-2026-1")
    police.refresh_from_db()
    police.item.refresh_from_db()
    assert (police.state, police.filed_reference) == (NoticeState.SENT, "PH-2026-1")
    assert police.item.state == ItemState.POLICE_NOTIFIED
    assert "croire de bonne foi" in police.body.replace("\n", " ")


def test_another_address(alice: Client, opened: Opened, postmaster: Postmaster) -> None:
    _, host = opened("http://203.0.113.7/x")
    assert do(alice, host, "address", address="a@b.example\r\nBcc: c@d.example").status_code == 422
    do(alice, host, "address", address="abuse@network.example")
    go_round()
    later(hours=7)
    go_round()
    host.refresh_from_db()
    assert (host.state, len(postmaster.to("abuse@network.example"))) == (NoticeState.SENT, 1)


def test_cancelling(alice: Client, opened: Opened, postmaster: Postmaster) -> None:
    _, host = opened()
    assert do(alice, host, "cancel", reason=" ").status_code == 422
    do(alice, host, "cancel", reason="The police ask us to wait.")
    assert "police ask" not in str(list(host.item.ledger.values_list("data", flat=True)))
    later(hours=7)
    go_round()
    assert len(postmaster.mails) == 1
    assert "There is no text" in alice.get(page(host)).content.decode()


def test_an_erased_case(alice: Client, opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    go_round()
    erase_case(police.item.case)
    services.stop_for_item(police.item, WORKER)
    text = alice.get(page(police)).content.decode()
    assert "images.example.net" not in text
    assert alice.get(reverse("takedown:message", args=[police.pk])).status_code == 404


def test_who_may(alice: Client, opened: Opened) -> None:
    police, _ = opened()
    nobody, bob = Client(), Client()
    user = User.objects.create_user("bob")
    addresses = ["/takedown/", page(police), reverse("takedown:message", args=[police.pk])]
    actions = [reverse("takedown:act", args=[police.pk, name]) for name in menu.ACTIONS]
    for address in addresses + actions:
        method = "post" if address in actions else "get"
        assert getattr(nobody, method)(address).status_code == 302
        # A password without the second factor, then both factors without a role.
        bob.force_login(user)
        assert getattr(bob, method)(address).status_code == 302
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(user, generate_totp_secret())
    for address in addresses + actions:
        method = "post" if address in actions else "get"
        assert getattr(bob, method)(address).status_code == 403
    for address in actions:
        assert alice.get(address).status_code == 405
    assert do(alice, police, "waive", reason="x").status_code == 200
    assert do(alice, police, "explode").status_code == 404
    police.refresh_from_db()
    assert police.state == NoticeState.SCHEDULED


def test_a_notice_that_a_person_files_can_be_taken_along(alice: Client, opened: Any) -> None:
    police, _ = opened()
    address = reverse("takedown:paper", args=[police.pk])
    assert alice.get(address).content.startswith(b"%PDF-")  # type: ignore[attr-defined]
    Notice.objects.filter(pk=police.pk).update(composed_at=clock.now())
    assert alice.get(address).status_code == 404
