"""Opening and stopping the notices of an item."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.erasing import erase_case
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.queries import notices_of_case
from disrupt.hotline.takedown.states import Channel, NoticeState, RecipientKind

ALICE = analyst(1)


def accepted(make_case: Any, url: str, category: str = "NCII-DIF") -> Item:
    item = make_case(urls=(url,)).items.get()
    qualify(item, category, ALICE)
    return item


def test_pharos_at_once_and_the_host_after_the_wait(make_case: Any) -> None:
    item = accepted(make_case, "https://www.images.example.net/a?b=c")
    before = clock.now()
    police, host = services.open_for_item(item, "NCII-DIF", WORKER)
    assert host.waits_for_police
    assert (police.recipient, host.recipient) == (RecipientKind.PHAROS, RecipientKind.HOST)
    assert police.due_at - before < dt.timedelta(seconds=5)
    assert host.due_at - police.due_at == dt.timedelta(hours=6)
    assert host.address == "legal@images.example.net"
    assert police.language == "fr"
    assert {n.state for n in (police, host)} == {NoticeState.SCHEDULED}
    assert notices_of_case(item.case) == [police, host]
    assert [e.kind for e in item.case.ledger.all()][-2:] == ["notice.scheduled"] * 2
    ledger.verify(item.case)


def test_the_wait_is_the_categorys(make_case: Any) -> None:
    item = accepted(make_case, "https://www.images.example.net/", "MIN-CSAM")
    police, host = services.open_for_item(item, "MIN-CSAM", WORKER)
    assert host.due_at - police.due_at == dt.timedelta(hours=3)


def test_opening_twice_opens_once(make_case: Any) -> None:
    item = accepted(make_case, "https://www.images.example.net/")
    first = services.open_for_item(item, "NCII-DIF", WORKER)
    events = item.case.ledger.count()
    assert services.open_for_item(item, "NCII-DIF", WORKER) == first
    assert (Notice.objects.count(), item.case.ledger.count()) == (2, events)


def test_only_accepted_addresses(make_case: Any) -> None:
    case = make_case(urls=("https://images.example.net/",), files=(b"x",))
    address, file = case.items.all()
    with pytest.raises(services.NotForNotice, match="qualify it first"):
        services.open_for_item(address, "NCII-DIF", WORKER)
    with pytest.raises(services.NotForNotice, match="not an address"):
        services.open_for_item(file, "NCII-DIF", WORKER)
    assert Notice.objects.count() == 0


def test_a_threat_with_nothing_online_is_not_notified(make_case: Any) -> None:
    item = accepted(make_case, "https://images.example.net/", "NCII-THR")
    assert services.open_for_item(item, "NCII-THR", WORKER) == []


@pytest.mark.parametrize(
    "url",
    [
        "https://www.nowhere-known.org/a",
        "http://203.0.113.7/a",
        "http://[2001:db8::1]:8080/",
        "http://abcdefghij.onion/",
        "ftp:what",
    ],
)
def test_a_host_without_a_known_mailbox_is_a_persons_task(make_case: Any, url: str) -> None:
    item = accepted(make_case, url)
    _, host = services.open_for_item(item, "NCII-DIF", WORKER)
    assert (host.channel, host.state, host.address) == (Channel.FORM, NoticeState.TASK, "")


def test_withdrawal_cancels_what_has_not_left(make_case: Any) -> None:
    item = accepted(make_case, "https://images.example.net/")
    police, host = services.open_for_item(item, "NCII-DIF", WORKER)
    Notice.objects.filter(pk=police.pk).update(state=NoticeState.SENT)
    withdraw_case(item.case)
    assert services.stop_for_item(item, WORKER) == [host]
    assert services.stop_for_item(item, WORKER) == []
    assert [n.state for n in notices_of_case(item.case)] == [NoticeState.SENT, NoticeState.CANCELLED]
    event = item.case.ledger.filter(kind="notice.cancelled").get()
    assert event.data == {"notices": [host.reference], "reason": "withdrawn"}
    ledger.verify(item.case)


def test_taken_back_before_it_was_opened(make_case: Any) -> None:
    item = accepted(make_case, "https://images.example.net/")
    withdraw_case(item.case)
    assert services.open_for_item(item, "NCII-DIF", WORKER) == []


def test_erasing_a_case_forgets_the_texts_and_the_host(make_case: Any) -> None:
    item = accepted(make_case, "https://images.example.net/CANARY")
    police, _ = services.open_for_item(item, "NCII-DIF", WORKER)
    Notice.objects.filter(pk=police.pk).update(
        state=NoticeState.SENT, subject="images", body="CANARY", message=b"CANARY", message_sha256="ab"
    )
    erase_case(item.case)
    services.stop_for_item(item, WORKER)
    police.refresh_from_db()
    assert (police.subject, police.body, bytes(police.message), police.host) == ("", "", b"", "")
    assert police.message_sha256 == "ab"
    assert police.state == NoticeState.SENT
