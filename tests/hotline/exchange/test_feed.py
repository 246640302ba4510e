"""GET /v1/feed: complete, in order, incremental; a withdrawn fingerprint goes to nobody."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.stopncii.test_restored import fire

from disrupt.hotline.bank.models import BankEntry, BankSequence
from disrupt.hotline.bank.services import drop_derived
from disrupt.hotline.common import clock
from disrupt.hotline.exchange import queries
from disrupt.hotline.exchange.door import recently
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.matching import Add, Bank, Withdraw
from disrupt.partner.following.reading import entry_of
from disrupt.protocol.feed import Added, Withdrawn, parse_page

Feed = Callable[..., Any]


def test_an_empty_bank_is_an_empty_page(feed: Feed) -> None:
    page = parse_page(feed())
    assert (page.changes, page.next, page.last, page.more) == ((), 0, 0, False)


def test_pictures_and_videos_come_whole_and_in_order(feed: Feed, bank: FilledBank) -> None:
    first = bank.add("one", upright=hex_of("upright"))
    second = bank.add("two", kind="video")
    page = parse_page(feed())
    picture, video = page.changes
    assert isinstance(picture, Added)
    assert isinstance(video, Added)
    assert (picture.seq, picture.id, picture.kind, picture.origin) == (1, str(first.pk), "image", "examined")
    assert (picture.sha256, picture.md5) == (first.sha256, first.md5)
    assert [(p.hex, p.role) for p in picture.pdq] == [
        (first.prints["pdq"][0]["hex"], "stored"),
        (hex_of("upright"), "upright"),
    ]
    assert (video.seq, video.id, video.pdq, len(video.vpdq)) == (2, str(second.pk), (), 3)
    assert video.vpdq[1].timestamp == 0.5
    assert (page.next, page.last, page.more) == (2, 2, False)


def test_a_reader_in_time_gets_the_withdrawal_and_a_late_one_no_fingerprint(
    feed: Feed, bank: FilledBank
) -> None:
    gone = bank.add("gone")
    bank.add("stays")
    in_time = parse_page(feed()).next
    bank.withdraw("gone")
    late = parse_page(feed(after=in_time))
    assert [type(change) for change in late.changes] == [Withdrawn]
    raw = feed()
    assert gone.sha256 not in json.dumps(raw)
    assert gone.prints["pdq"][0]["hex"] not in json.dumps(raw)
    assert [(c["seq"], c["action"]) for c in raw["changes"]] == [
        (1, "withdrawn"), (2, "added"), (3, "withdrawn"),
    ]  # fmt: skip
    assert raw["changes"][0].keys() == {"seq", "at", "action", "id", "proof"}
    assert raw["changes"][2].keys() == {"seq", "at", "action", "id"}


def test_pages_follow_one_another_without_gap_or_overlap(feed: Feed, bank: FilledBank) -> None:
    for number in range(23):
        bank.add(number)
    seen, after, more = [], 0, True
    while more:
        page = parse_page(feed(after=after, limit=5))
        seen += [change.seq for change in page.changes]
        assert page.last == 23
        after, more = page.next, page.more
    assert seen == list(range(1, 24))


def test_a_page_is_seven_queries_whatever_its_size(
    client: Client, secret: str, feed: Feed, bank: FilledBank, django_assert_num_queries: Any
) -> None:
    for number in range(40):
        bank.add(number)
    feed()
    for limit in (1, 40):
        # The key, the last number, how far it has read, which list, the page, how far the log is, its hashes.
        with django_assert_num_queries(7):
            feed(limit=limit)


def test_a_page_ends_early_rather_than_grow_huge(
    feed: Feed, bank: FilledBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        bank.add(number, kind="video")
    monkeypatch.setattr(queries, "PRINTS_A_PAGE", 7)
    page = parse_page(feed())
    assert ([change.seq for change in page.changes], page.more) == ([1, 2], True)
    monkeypatch.setattr(queries, "PRINTS_A_PAGE", 1)
    assert [change.seq for change in parse_page(feed(after=2)).changes] == [3]


def test_a_malformed_row_stops_nobody(feed: Feed, bank: FilledBank, caplog: pytest.LogCaptureFixture) -> None:
    bad = bank.add("bad")
    bank.add("good")
    BankEntry.objects.filter(pk=bad.pk).update(prints={"pdq": [{"hex": "0" * 32, "quality": 1, "role": "x"}]})
    first, second = parse_page(feed()).changes
    assert isinstance(first, Withdrawn)
    assert isinstance(second, Added)
    assert "bank change 1 is malformed" in caplog.text


def test_nothing_new_is_304_and_a_withdrawal_changes_the_answer(
    client: Client, secret: str, bank: FilledBank
) -> None:
    bank.add("one")
    headers = {"Authorization": f"Bearer {secret}"}
    first = client.get("/v1/feed", headers=headers)
    again = client.get("/v1/feed", headers=headers | {"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    bank.withdraw("one")
    changed = client.get("/v1/feed", headers=headers | {"If-None-Match": first["ETag"]})
    assert (changed.status_code, len(changed.json()["changes"])) == (200, 2)


def test_another_list_of_the_same_length_is_no_304(client: Client, secret: str, bank: FilledBank) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    with fire():
        bank.add("lost")
        lost = client.get("/v1/feed", headers=headers)
    bank.add("new")
    new = client.get("/v1/feed", headers=headers | {"If-None-Match": lost["ETag"]})
    assert (new.status_code, new.json()["last"]) == (200, lost.json()["last"])


def test_a_cursor_beyond_the_end_says_that_the_bank_went_back(client: Client, secret: str) -> None:
    response = client.get("/v1/feed?after=7", headers={"Authorization": f"Bearer {secret}"})
    assert (response.status_code, response.json()["error"]["code"]) == (409, "cursor_ahead")
    assert "--from-start" in response.json()["error"]["hint"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("after=-1", "bad_parameter"),
        ("after=abc", "bad_parameter"),
        ("after=", "bad_parameter"),
        ("after=1.0", "bad_parameter"),
        ("after=+1", "bad_parameter"),
        ("after=%EF%BC%91", "bad_parameter"),
        ("after=1_0", "bad_parameter"),
        ("after=99999999999999999999", "bad_parameter"),
        ("after=1%00", "bad_parameter"),
        ("after=0;DROP TABLE bank_bankentry", "bad_parameter"),
        ("after=0&after=1", "bad_parameter"),
        ("limit=0", "bad_parameter"),
        ("limit=5001", "bad_parameter"),
        ("limit=1e3", "bad_parameter"),
        ("before=1", "unknown_parameter"),
        ("%0d%0aSet-Cookie:x=1", "unknown_parameter"),
    ],
)
def test_bad_parameters_are_told_apart(client: Client, secret: str, query: str, code: str) -> None:
    response = client.get(f"/v1/feed?{query}", headers={"Authorization": f"Bearer {secret}"})
    assert (response.status_code, response.json()["error"]["code"]) == (400, code)
    assert "Set-Cookie" not in response.headers


def test_large_pages_are_compressed(client: Client, secret: str, bank: FilledBank) -> None:
    for number in range(20):
        bank.add(number)
    headers = {"Authorization": f"Bearer {secret}", "Accept-Encoding": "gzip"}
    response = client.get("/v1/feed", headers=headers)
    assert response["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(response.content))["changes"]) == 20
    again = client.get("/v1/feed", headers=headers | {"If-None-Match": response["ETag"]})
    assert again.status_code == 304


def test_parts_of_pictures_go_only_to_keys_that_may_have_them(
    client: Client, secret: str, partner: Partner, feed: Feed, bank: FilledBank
) -> None:
    bank.add("one", derived=hex_of("part"))
    whole = parse_page(feed()).changes[0]
    assert isinstance(whole, Added)
    assert [(p.hex, p.role) for p in whole.pdq][1:] == [(hex_of("part"), "derived")]
    plain = issue_key(partner, (Scope.FEED_READ,), OPERATOR)[1]
    answers = [client.get("/v1/feed", headers={"Authorization": f"Bearer {key}"}) for key in (secret, plain)]
    assert hex_of("part") not in answers[1].content.decode()
    assert answers[0]["ETag"] != answers[1]["ETag"]
    assert [p["role"] for p in answers[1].json()["changes"][0]["pdq"]] == ["stored"]


def test_a_bank_that_reads_the_feed_keeps_and_matches_parts(
    feed: Feed, bank: FilledBank, tmp_path: Path
) -> None:
    entry = bank.add("one", derived=hex_of("part"))
    banked = Bank.create(tmp_path / "bank")
    banked.apply(
        [Add(entry_of(change)) for change in parse_page(feed()).changes if isinstance(change, Added)]
    )
    (hit,) = banked.query_pdq(np.frombuffer(bytes.fromhex(hex_of("part")), np.uint8)[None], 31)
    assert (hit.entry.id, hit.role, hit.distance) == (str(entry.pk), "derived", 0)
    replaced = drop_derived(entry.pk)
    assert replaced is not None
    changes = parse_page(feed(after=1)).changes
    gone, new = changes
    assert (gone.id, new.id) == (str(entry.pk), str(replaced.new.pk))
    assert isinstance(gone, Withdrawn)
    assert isinstance(new, Added)
    banked.apply([Withdraw(gone.id), Add(entry_of(new))])
    assert banked.query_pdq(np.frombuffer(bytes.fromhex(hex_of("part")), np.uint8)[None], 31) == ()
    assert len(banked) == 1


def test_who_waited_is_given_what_anybody_is(feed: Callable[..., Any], bank: FilledBank) -> None:
    bank.add("one")
    bank.add("two")
    bank.withdraw("one")

    def told(page: Any) -> Any:
        return {**page, "log": page["log"]["before"]}

    for after in range(4):
        for _ in range(2):
            assert told(feed(after=after, wait=25)) == told(feed(after=after))
    bank.withdraw("two")
    assert [change["action"] for change in feed(after=0, wait=25)["changes"]] == ["withdrawn"] * 4
    assert feed(after=3, wait=25)["changes"] == feed(after=3)["changes"]


def test_who_waits_gets_the_proof_once_it_is_there(client: Client, secret: str, bank: FilledBank) -> None:
    def asked() -> Any:
        return client.get("/v1/feed?after=0&wait=1", headers={"Authorization": f"Bearer {secret}"}).json()

    bank.add("one")
    size = BankSequence.objects.get().logged
    BankSequence.objects.update(logged=0)
    assert "log" not in asked() or asked()["log"] is None
    BankSequence.objects.update(logged=size)
    assert asked()["log"]["head"]["size"] == size


def test_a_key_waits_once_it_was_let_in(client: Client, secret: str, bank: FilledBank) -> None:
    head = (
        f"GET /v1/feed?after=0&wait=9 HTTP/1.1\r\nHost: x\r\nauthorization:  BEARER {secret}\r\n\r\n".encode()
    )
    assert not recently.may_wait(head)
    for one in ("/v1/feed", "/v1/list"):
        wrong = {"Authorization": f"Bearer {secret[:-1]}{'0' if secret[-1] != '0' else '1'}"}
        assert client.get(one, headers=wrong).status_code == 401
    assert not recently.may_wait(head)
    assert client.get("/v1/feed", headers={"Authorization": f"Bearer {secret}"}).status_code == 200
    assert recently.may_wait(head)
    assert not recently.may_wait(head.replace(secret.encode(), b"another"))
    assert not recently.may_wait(b"GET /v1/feed HTTP/1.1\r\n\r\n")
    clock.move(recently.WAITS_FOR)
    assert not recently.may_wait(head)
