"""A letter that was refused, interrupted or overtaken: sent again where that is safe, and never twice."""

from __future__ import annotations

import pytest
from django.db import connection
from tests.at_once import at_once
from tests.hotline.correspondence.mail import ALICE, JANE, Told, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import contacts as case_contacts
from disrupt.hotline.cases import erasing, messages
from disrupt.hotline.cases.models import Letter, LetterState, SealedNote
from disrupt.hotline.common.mail.once import GRACE, LEASE
from disrupt.hotline.correspondence import letters, telling

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_refused_address_is_never_tried_again(told: Told, postmaster: Postmaster, stage: str) -> None:
    case = told()
    postmaster.answers = {stage: f"550 5.1.1 <{JANE}> does not exist"}
    go_round()
    postmaster.answers = {}
    note = SealedNote.objects.get()
    assert (note.bounced_at is not None, note.bounce) == (True, "550 5.1.1")
    messages.write(case, "More.", ALICE, "form-2")
    later(days=2)
    go_round()
    assert postmaster.mails == []
    assert list(telling.bounced()) == [note]
    stored = repr(list(Letter.objects.values())) + repr(list(case.ledger.values()))
    assert "jane" not in stored, "a server's words repeat the address"


def test_a_temporary_refusal_is_tried_later(told: Told, postmaster: Postmaster) -> None:
    told()
    postmaster.answers = {"rcpt": f"450 4.2.1 {JANE} is busy"}
    go_round()
    letter = Letter.objects.get()
    assert (letter.state, letter.reply, letter.attempts) == (LetterState.SCHEDULED, "450 4.2.1", 1)
    go_round()
    postmaster.answers = {}
    later(hours=1)
    go_round()
    assert len(postmaster.mails) == 1


def test_an_address_that_no_mail_can_go_to(told: Told, postmaster: Postmaster) -> None:
    told("jané@exämple.example")
    go_round()
    assert SealedNote.objects.get().bounced_at is not None
    assert Letter.objects.get().state == LetterState.BOUNCED


def test_a_contact_that_ended_stops_the_letter(told: Told, postmaster: Postmaster) -> None:
    case = told()
    telling.plan(case.pk)
    claim = letters._claim(Letter.objects.get().pk)
    assert claim is not None
    assert JANE not in repr(claim), "not in a traceback either"
    case_contacts.change_contacts(case, [])
    assert not claim.begin()
    assert Letter.objects.get().state == LetterState.CANCELLED
    erasing.erase_case(case)
    claim.finish("250 ok")
    assert not Letter.objects.exists()


def test_dead_before_data_is_sent_later_and_dead_after_is_left(told: Told, postmaster: Postmaster) -> None:
    case = told()
    telling.plan(case.pk)
    letter = Letter.objects.get()
    slow = letters._claim(letter.pk)
    assert slow is not None
    go_round()
    assert postmaster.mails == []
    later(seconds=LEASE.total_seconds() + 1)
    second = letters._claim(letter.pk)
    assert second is not None
    assert not slow.begin(), "its claim is another's by now"
    assert second.begin()
    later(seconds=GRACE.total_seconds() + 1)
    go_round()
    letter.refresh_from_db()
    assert (letter.state, postmaster.mails) == (LetterState.UNCERTAIN, [])
    second.finish("250 ok")
    letter.refresh_from_db()
    assert letter.state == LetterState.SENT, "it was only slow after all"


def test_lost_after_data_is_not_sent_again(told: Told, postmaster: Postmaster) -> None:
    told()
    postmaster.drop_at = "accepted"
    go_round()
    postmaster.drop_at = ""
    later(days=5)
    go_round()
    assert len(postmaster.mails) == 1
    assert Letter.objects.get().state == LetterState.UNCERTAIN


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_once(told: Told, postmaster: Postmaster) -> None:
    case = told()

    def work() -> None:
        try:
            telling.plan(case.pk)
            for pk in letters.due():
                letters.send(pk)
        finally:
            connection.close()

    at_once(3, work)
    assert (Letter.objects.count(), len(postmaster.mails)) == (1, 1)
