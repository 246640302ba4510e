"""One address is one row, whoever reports it; addresses of one host go in one message."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.hotline.takedown.conftest import HOST_ADDRESS, URL, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common.actors import WORKER, analyst
from disrupt.hotline.takedown import actions, services
from disrupt.hotline.takedown.hosts import normalised
from disrupt.hotline.takedown.models import Notice, Target
from disrupt.hotline.takedown.posting import sending
from disrupt.hotline.takedown.queries import notices_of_case
from disrupt.hotline.takedown.states import Decision, NoticeState, Step

Accepted = Callable[..., Item]
ALICE = analyst(1)


def open_all(accepted: Accepted, *urls: str, category: str = "NCII-DIF") -> list[Item]:
    items = [accepted(url, category) for url in urls]
    for item in items:
        services.open_for_item(item, category, WORKER)
    return items


def states(items: list[Item]) -> set[str]:
    return set(Item.objects.filter(pk__in=[i.pk for i in items]).values_list("state", flat=True))


def host_of(item: Item) -> Notice:
    return Notice.objects.get(target__concerns__item=item, step=Step.HOST)


@pytest.mark.parametrize(
    "other",
    ["HTTPS://WWW.images.example.NET/a?b=c", "https://www.images.example.net:443/a?b=c", f" {URL} "],
)
def test_one_address_in_several_spellings(other: str) -> None:
    assert normalised(other) == normalised(URL)


@pytest.mark.parametrize(
    "other",
    [
        "http://www.images.example.net/a?b=c",
        "https://images.example.net/a?b=c",
        f"{URL}#post-2",
        "https://www.images.example.net/A?b=c",
        "https://www.images.example.net/a/?b=c",
        "https://www.images.example.net:8443/a?b=c",
    ],
)
def test_what_may_be_another_address(other: str) -> None:
    assert normalised(other) != normalised(URL)


def test_two_people_report_one_address(accepted: Accepted, postmaster: Postmaster) -> None:
    first, second = open_all(accepted, URL, "https://WWW.images.example.net:443/a?b=c")
    go_round()
    later(hours=7)
    go_round()
    assert len(postmaster.mails) == 2
    assert states([first, second]) == {ItemState.HOST_NOTIFIED}
    assert Target.objects.count() == 1
    for item in (first, second):
        assert [n.step for n in notices_of_case(item.case) if n.sent_at] == ["police", "host"]
        assert item.case.ledger.filter(kind="item.host_notified").count() == 1
        ledger.verify(item.case)


def test_who_comes_later_finds_what_was_done(accepted: Accepted, postmaster: Postmaster) -> None:
    open_all(accepted, URL)
    go_round()
    later(hours=7)
    go_round()
    (late,) = open_all(accepted, URL)
    go_round()
    assert (states([late]), len(postmaster.mails)) == ({ItemState.HOST_NOTIFIED}, 2)
    kinds = list(late.case.ledger.values_list("kind", flat=True))
    assert kinds[-3:] == ["notice.joined", "item.police_notified", "item.host_notified"]


def test_one_of_two_takes_it_back(accepted: Accepted, postmaster: Postmaster) -> None:
    first, second = open_all(accepted, URL, URL)
    go_round()
    withdraw_case(first.case)
    services.stop_for_item(first, WORKER)
    later(hours=7)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1
    assert states([first, second]) == {ItemState.WITHDRAWN, ItemState.HOST_NOTIFIED}
    # The case that was taken back learns of nothing that came after.
    assert not first.case.ledger.filter(kind__in=["item.host_notified", "notice.sent"]).exists()


def test_reported_anew_after_all_took_it_back(accepted: Accepted, postmaster: Postmaster) -> None:
    (first,) = open_all(accepted, URL)
    withdraw_case(first.case)
    services.stop_for_item(first, WORKER)
    (second,) = open_all(accepted, URL)
    go_round()
    later(hours=7)
    go_round()
    assert states([second]) == {ItemState.HOST_NOTIFIED}
    assert {n.round for n in Notice.objects.filter(state=NoticeState.SENT)} == {2}


def test_addresses_of_one_host_go_in_one_mail(accepted: Accepted, postmaster: Postmaster) -> None:
    urls = [f"https://{name}.images.example.net/{name}" for name in ("a", "b", "c")]
    items = open_all(accepted, *urls)
    go_round()
    later(hours=7)
    go_round()
    go_round()
    assert len(postmaster.mails) == 2
    (mail,) = postmaster.to(HOST_ADDRESS)
    for number, url in enumerate(urls, 1):
        assert f"Address {number} of 3:\n{url}\n" in mail.text
    data = json.loads(next(mail.message.iter_attachments()).get_content())
    assert [one["exact"] for one in data["urls"]] == urls
    assert states(items) == {ItemState.HOST_NOTIFIED}
    leader = host_of(items[0])
    event = items[2].ledger.get(kind="item.host_notified")
    assert (event.data["message_id"], event.data["within"]) == (leader.message_id, leader.reference)
    # What the host answers is about one address; its receipt is for the message.
    actions.record_decision(host_of(items[1]), Decision.REMOVED, ALICE)
    actions.record_receipt(host_of(items[2]), ALICE)
    answered = [host_of(item) for item in items]
    assert [n.decision for n in answered] == ["", "removed", ""]
    assert all(n.acknowledged_at for n in answered)


def test_no_more_than_the_recipient_takes(
    accepted: Accepted, postmaster: Postmaster, recipients: Any
) -> None:
    host = {
        "pattern": "*.images.example.net", "name": "I", "channel": "email", "address": HOST_ADDRESS,
        "language": "en", "scope": "host", "tested": "2026-11-01", "bulk_max": 2,
    }  # fmt: skip
    recipients(hosts=[host])
    open_all(accepted, *(f"https://images.example.net/{n}" for n in range(5)))
    go_round()
    later(hours=7)
    go_round()
    found = [
        json.loads(next(m.message.iter_attachments()).get_content()) for m in postmaster.to(HOST_ADDRESS)
    ]
    assert [len(data["urls"]) for data in found] == [2, 2, 1]


def test_minors_never_with_adults(accepted: Accepted, postmaster: Postmaster) -> None:
    for number, category in enumerate(("NCII-DIF", "MIN-CSAM", "NCII-DIF", "MIN-CSAM")):
        open_all(accepted, f"https://images.example.net/{number}", category=category)
    go_round()
    later(hours=7)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 2
    for mail in postmaster.mails:
        data = json.loads(next(mail.message.iter_attachments()).get_content())
        numbers = {one["exact"][-1] for one in data["urls"]}
        assert numbers == ({"1", "3"} if data["category"]["concerns_a_minor"] else {"0", "2"})


def test_another_host_is_another_mail(accepted: Accepted, postmaster: Postmaster) -> None:
    open_all(accepted, "https://images.example.net/1", "https://forum.example.org/1")
    go_round()
    later(hours=7)
    go_round()
    assert len(postmaster.mails) == 4


def _group(accepted: Accepted) -> tuple[Item, Item, sending.Claim]:
    first, second = open_all(accepted, "https://images.example.net/1", "https://images.example.net/2")
    go_round()
    later(hours=7)
    claim = sending._claim(host_of(first).pk)
    assert claim is not None
    assert host_of(second).within == host_of(first)
    return first, second, claim


@pytest.mark.parametrize("which", [0, 1])
def test_one_of_a_message_is_taken_back_before_data(
    accepted: Accepted, postmaster: Postmaster, which: int
) -> None:
    *items, claim = _group(accepted)
    gone, stays = items[which], items[1 - which]
    withdraw_case(gone.case)
    assert not sending._begin_transmission(claim)
    services.stop_for_item(gone, WORKER)
    go_round()
    (mail,) = postmaster.to(HOST_ADDRESS)
    said = json.loads(next(mail.message.iter_attachments()).get_content())["urls"]
    assert [one["exact"] for one in said] == [stays.url]
    assert gone.url not in mail.text
    assert states([stays]) == {ItemState.HOST_NOTIFIED}
    assert host_of(gone).state == NoticeState.CANCELLED


def test_one_of_a_message_is_taken_back_during_data(accepted: Accepted, postmaster: Postmaster) -> None:
    first, second, claim = _group(accepted)
    assert sending._begin_transmission(claim)
    withdraw_case(second.case)
    services.stop_for_item(second, WORKER)
    sending._finish(claim, "250 ok")
    assert (host_of(first).state, host_of(second).state) == (NoticeState.SENT, NoticeState.SENT)
    assert states([first, second]) == {ItemState.HOST_NOTIFIED, ItemState.WITHDRAWN}
    # It could not be called back, and its case says so.
    assert second.case.ledger.filter(kind="notice.sent").count() == 1
    ledger.verify(second.case)


def test_a_message_in_doubt_is_sent_again_without_what_was_taken_back(
    accepted: Accepted, postmaster: Postmaster
) -> None:
    first, second = open_all(accepted, "https://images.example.net/1", "https://images.example.net/2")
    go_round()
    later(hours=7)
    postmaster.drop_at = "accepted"
    go_round()
    postmaster.drop_at = ""
    assert (host_of(first).state, host_of(second).state) == (NoticeState.UNCERTAIN, NoticeState.UNCERTAIN)
    withdraw_case(second.case)
    actions.resend(host_of(second), ALICE)
    go_round()
    go_round()
    before, after = postmaster.to(HOST_ADDRESS)
    assert (second.url in before.text, second.url in after.text) == (True, False)
    assert before.message["Message-ID"] != after.message["Message-ID"]


def test_a_refused_message_waits_for_a_person(accepted: Accepted, postmaster: Postmaster) -> None:
    first, second = open_all(accepted, "https://images.example.net/1", "https://images.example.net/2")
    go_round()
    later(hours=7)
    postmaster.answers = {"rcpt": "550 no such mailbox"}
    go_round()
    postmaster.answers = {}
    actions.cancel(host_of(first), ALICE)
    go_round()
    assert (host_of(second).state, len(postmaster.to(HOST_ADDRESS))) == (NoticeState.REFUSED, 0)
    actions.readdress(host_of(second), "other@images.example.net", ALICE)
    go_round()
    assert len(postmaster.to("other@images.example.net")) == 1
