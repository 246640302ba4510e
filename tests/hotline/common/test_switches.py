"""What is stopped is stopped for every process, with a reason in a log whose chain shows every change."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from tests.hotline.processing.working import ALICE, accept, jpeg, only, work

from disrupt.hotline.bank import batches
from disrupt.hotline.bank.models import BankChange, BankEntry
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import audit, clock, switches
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.models import AuditEvent
from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.common.switches import Stop
from disrupt.hotline.takedown import queries
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.posting import sending

pytestmark = pytest.mark.django_db


def test_no_notice_is_sent_and_none_is_lost(make_case: Any) -> None:
    case = make_case(urls=("https://example.org/a",))
    accept(only(case))
    work()
    due = list(queries.due_by_mail())
    assert due
    switches.put(Stop.NOTICES, True, ALICE, "the mail server is somebody else's")
    assert list(queries.due_by_mail()) == []
    sending.send(due[0])  # by a worker that had listed it before
    assert not Notice.objects.filter(state="sent").exists()
    switches.put(Stop.NOTICES, False, ALICE, "it is ours again")
    assert list(queries.due_by_mail()) == due


def test_partners_are_told_of_no_new_entry_and_of_every_withdrawal(make_case: Any) -> None:
    first, second = make_case(files=(jpeg(1),)), make_case(files=(jpeg(2),))
    accept(only(first))
    work()
    assert BankChange.objects.count() == 1
    switches.put(Stop.ENTRIES, True, ALICE, "a wrong rule")
    accept(only(second))
    work()
    assert only(second).state == ItemState.PROTECTED
    assert (BankEntry.objects.count(), BankChange.objects.count()) == (2, 1)
    assert list(batches.due()) == []
    from disrupt.hotline.bank import services as bank

    bank.withdraw_source(only(first).pk)
    assert BankChange.objects.count() == 2
    switches.put(Stop.ENTRIES, False, ALICE, "mended")
    for slot in batches.due():
        batches.run(slot)
    assert BankChange.objects.count() == 3


def test_read_only_no_duty_is_due() -> None:
    duty = Duty("one", lambda: [1], lambda key: None)
    (resting,) = switches.resting([duty])
    assert list(resting.due()) == [1]
    switches.put(Stop.WRITING, True, ALICE, "the disk is full")
    (resting,) = switches.resting([duty])
    assert list(resting.due()) == []


def test_a_reason_is_needed_and_stands_in_the_log() -> None:
    with pytest.raises(switches.ReasonMissing):
        switches.put(Stop.NOTICES, True, ALICE, " ")
    assert switches.put(Stop.NOTICES, True, ALICE, "a trial")
    assert not switches.put(Stop.NOTICES, True, ALICE, "again"), "it was so already"
    said = [(event.kind, event.data) for event in AuditEvent.objects.all()]
    assert said == [("switch.on", {"switch": "notices", "why": "a trial"})]
    out = io.StringIO()
    call_command("switch", "notices", "off", "--why", "over", stdout=out)
    assert "notices: goes on" in out.getvalue()
    with pytest.raises(CommandError, match="Say why"):
        call_command("switch", "notices", "on")


def noted() -> str:
    out = io.StringIO()
    call_command("verify_audit", stdout=out)
    return out.getvalue().strip()


def several() -> None:
    with transaction.atomic():
        for number in range(4):
            audit.record("sign-in", WORKER, {"number": number, "é": "ü"})


def test_the_log_verifies_and_is_compared_with_what_was_noted() -> None:
    several()
    kept = noted()
    assert kept.startswith("4:")
    several()
    call_command("verify_audit", "--kept", kept, stdout=io.StringIO())
    with pytest.raises(CommandError, match="another one"):
        call_command("verify_audit", "--kept", "4:" + "0" * 64)


@pytest.mark.parametrize("harm", ["alter", "remove", "cut", "insert"])
def test_whatever_is_done_to_the_log_is_found(harm: str) -> None:
    several()
    events = AuditEvent.objects.order_by("number")
    if harm == "alter":
        events.filter(number=2).update(data={"number": 7})
    elif harm == "remove":
        events.filter(number=2).delete()
    elif harm == "cut":
        events.filter(number=4).delete()
    else:
        AuditEvent.objects.create(number=5, at=clock.now(), actor="x", kind="y", previous="z", digest="w")
    with pytest.raises(audit.AuditBroken):
        audit.verify()


def test_an_event_stands_in_the_transaction_of_its_deed(transactional_db: None) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        audit.record("sign-in", WORKER)


def test_the_page_verifies_what_came_since_and_what_it_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_STEP", 6)
    several()
    several()
    assert audit.verify_tail(3) == audit.Tail(1, 8)
    several()
    assert audit.verify_tail(3) == audit.Tail(9, 12), "only what came since"
    assert audit.verify_tail(6, keep=False) == audit.Tail(7, 12), "and all that is shown"
    AuditEvent.objects.filter(number=5).update(data={})
    assert audit.verify_tail(3).last == 12
    with pytest.raises(audit.AuditBroken, match="Event 5"):
        audit.verify()  # the command reads all of it


@pytest.mark.parametrize("harm", ["alter", "cut", "anew"])
def test_whatever_is_done_to_the_end_of_the_log_is_found(harm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "_STEP", 2)
    several()
    audit.verify_tail(1)
    several()
    events = AuditEvent.objects.order_by("number")
    if harm == "alter":
        events.filter(number=7).update(data={"number": 7})
    elif harm == "cut":
        events.filter(number=8).delete()
    else:  # the event up to which it was verified before
        event = events.get(number=4)
        event.data = {}
        events.filter(number=4).update(data={}, digest=audit.digest_of(event))
    with pytest.raises(audit.AuditBroken):
        audit.verify_tail(1)
