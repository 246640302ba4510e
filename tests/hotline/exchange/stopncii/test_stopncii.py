"""The StopNCII protocol: FetchHashes as the public client needs it, whatever is withdrawn meanwhile."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FETCH, Fetch, FilledBank, hex_of
from tests.hotline.exchange.stopncii.stopncii_client import Reader, pdq_of

from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.exchange import tasks
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Partner, ReadingState, WireCursor, WireHash
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
from disrupt.hotline.exchange.stopncii import wirehashes
from disrupt.protocol.stopncii import EPOCH


def test_an_empty_bank(fetch: Fetch) -> None:
    assert fetch() == {
        "count": 0,
        "nextPageToken": None,
        "nextSetTimestamp": EPOCH,
        "hasMoreRecords": False,
        "hashRecords": [],
    }


def test_pictures_are_pdq_and_videos_md5_in_the_types_that_the_client_checks(
    fetch: Fetch, bank: FilledBank
) -> None:
    picture = bank.add("picture", upright=hex_of("upright"))
    film = bank.add("film", kind="video")
    bank.add("flat", quality=49)
    page = fetch()
    assert page["hashRecords"] == [
        {
            "lastModtimestamp": EPOCH + 1,
            "signalType": "ImagePDQ",
            "hashValue": value,
            "hashStatus": "Active",
            "caseNumbers": {str(picture.pk): "Active"},
        }
        for value in (pdq_of("picture"), hex_of("upright"))
    ] + [
        {
            "lastModtimestamp": EPOCH + 2,
            "signalType": "VideoMD5",
            "hashValue": film.md5,
            "hashStatus": "Active",
            "caseNumbers": {str(film.pk): "Active"},
        }
    ]
    assert page["nextSetTimestamp"] == EPOCH + 3


def test_parts_of_pictures_are_never_sent(fetch: Fetch, bank: FilledBank) -> None:
    bank.add("one", derived=hex_of("part"))
    assert [record["hashValue"] for record in fetch()["hashRecords"]] == [pdq_of("one")]


def test_a_fetch_resumes_from_any_page(fetch: Fetch, bank: FilledBank) -> None:
    for number in range(30):
        bank.add(number)
    for cut in (1, 2, None):
        reader = Reader(fetch, page_size=7)
        reader.read(stop_after=cut)
        reader.read()
        assert reader.active == {pdq_of(number) for number in range(30)}
        last = reader.pages[-1]
        reader.read()
        assert reader.pages[-1]["count"] == 0
        assert reader.pages[-1]["nextSetTimestamp"] == last["nextSetTimestamp"]


def test_a_withdrawal_is_told_to_who_had_it_with_our_disagreement(fetch: Fetch, bank: FilledBank) -> None:
    entry = bank.add("gone")
    bank.add("stays")
    reader = Reader(fetch)
    reader.read()
    bank.withdraw("gone")
    reader.read()
    assert reader.active == {pdq_of("stays")}
    assert reader.pages[-1]["hashRecords"] == [
        {
            "lastModtimestamp": EPOCH + 3,
            "signalType": "ImagePDQ",
            "hashValue": pdq_of("gone"),
            "hashStatus": "Withdrawn",
            "caseNumbers": {str(entry.pk): "Withdrawn"},
            "CSPFeedbacks": [{"feedbackValue": "NotBlocked", "tags": ["withdrawn"], "source": "Disrupt"}],
        }
    ]


def test_a_withdrawn_hash_is_never_told_to_who_did_not_have_it(fetch: Fetch, bank: FilledBank) -> None:
    for number in range(20):
        bank.add(number)
    bank.withdraw(3)
    bank.withdraw(15)
    for cut in (1, 2, 3, None):
        reader = Reader(fetch, page_size=6)
        while not reader.pages or reader.pages[-1]["hasMoreRecords"]:
            reader.read(stop_after=cut)
        assert set(reader.had) == {pdq_of(number) for number in range(20)} - {pdq_of(3), pdq_of(15)}


def test_withdrawals_while_a_reader_is_halfway(fetch: Fetch, bank: FilledBank) -> None:
    for number in range(20):
        bank.add(number)
    reader = Reader(fetch, page_size=6)
    first = reader.page()
    bank.withdraw(2)  # this reader has it
    bank.withdraw(17)  # this one it has not
    page = first
    while page["hasMoreRecords"]:
        page = reader.page(page["nextPageToken"])
    assert reader.had[pdq_of(2)] == "Withdrawn"
    assert pdq_of(17) not in reader.had
    assert len(reader.active) == 18


def test_a_page_asked_for_twice_is_the_same(fetch: Fetch, bank: FilledBank) -> None:
    for number in range(12):
        bank.add(number)
    bank.withdraw(1)
    reader = Reader(fetch, page_size=5)
    token = reader.page()["nextPageToken"]
    assert reader.page(token) == reader.page(token)
    for _ in range(2):
        again = Reader(fetch, page_size=5)
        again.read()
        assert pdq_of(1) not in again.had


def test_what_is_remembered_of_a_reader_goes_once_it_is_up_to_date(fetch: Fetch, bank: FilledBank) -> None:
    for number in range(20):
        bank.add(number)
    reader = Reader(fetch, page_size=6)
    reader.read(stop_after=2)
    assert ReadingState.objects.get().runs == [[0, 12, 20]]
    reader.read()
    reader.read()
    assert ReadingState.objects.get().runs == []


def test_a_hash_of_two_entries_stays_until_both_are_withdrawn(fetch: Fetch, bank: FilledBank) -> None:
    bank.add("one", pdq=hex_of("same"))
    bank.add("two", pdq=hex_of("same"))
    reader = Reader(fetch)
    reader.read()
    cases = reader.pages[-1]["hashRecords"][0]["caseNumbers"]
    assert len(cases) == 2
    bank.withdraw("one")
    reader.read()
    assert reader.active == {hex_of("same")}
    bank.withdraw("two")
    reader.read()
    assert reader.active == set()


def test_a_hash_that_comes_back_is_active_again(fetch: Fetch, bank: FilledBank) -> None:
    bank.add("one")
    reader = Reader(fetch)
    reader.read()
    bank.withdraw("one")
    reader.read()
    bank.items.clear()
    bank.add("one")
    reader.read()
    assert reader.active == {pdq_of("one")}


def test_the_derived_table_can_be_emptied(fetch: Fetch, bank: FilledBank) -> None:
    bank.add("one")
    whole = fetch()
    WireHash.objects.all().delete()
    WireCursor.objects.all().delete()
    assert fetch() == whole


def test_a_page_is_few_queries_whatever_its_size(
    fetch: Fetch, bank: FilledBank, django_assert_max_num_queries: Any
) -> None:
    for number in range(40):
        bank.add(number)
    fetch()
    with django_assert_max_num_queries(8):
        assert fetch()["count"] == 40


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ({"startTimestamp": "-1"}, 400, "bad_parameter"),
        ({"startTimestamp": "x"}, 400, "bad_parameter"),
        ({"pageSize": "0"}, 400, "bad_parameter"),
        ({"pageSize": "100000"}, 400, "bad_parameter"),
        ({"nextPageToken": "x"}, 400, "bad_parameter"),
        ({"startTimestamp": str(EPOCH + 1), "nextPageToken": "0"}, 400, "bad_parameter"),
        ({"startTimestamp": str(EPOCH + 9)}, 409, "cursor_ahead"),
        ({"nextPageToken": "9"}, 409, "cursor_ahead"),
        ({"other": "1"}, 400, "unknown_parameter"),
    ],
)
def test_bad_fetches(
    client: Client, secret: str, bank: FilledBank, query: dict[str, str], status: int, code: str
) -> None:
    bank.add("one")
    response = client.get(FETCH, query, headers={"x-functions-key": secret})
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)


def test_the_subscription_key_is_the_partner_or_the_key(
    client: Client, secret: str, partner: Partner
) -> None:
    other = create_partner("Another", OPERATOR)
    _, others = issue_key(other, tuple(Scope), OPERATOR)

    def ask(subscription: str) -> int:
        headers = {"x-functions-key": secret, "Ocp-Apim-Subscription-Key": subscription}
        return client.get(FETCH, headers=headers).status_code

    assert [ask(str(partner.pk)), ask(secret)] == [200, 200]
    assert [ask(str(other.pk)), ask(others), ask(""), ask("é")] == [401] * 4


def test_the_worker_keeps_the_table_of_hashes(bank: FilledBank) -> None:
    sweep = Sweep(tuple(duty for duty in tasks.DUTIES if duty.name == "wire-hashes"))
    assert sweep.once() == 0
    bank.add("one")
    assert (sweep.once(), sweep.once()) == (1, 0)
    assert WireHash.objects.get().value == pdq_of("one")


def test_a_table_that_takes_too_long_asks_for_patience(
    client: Client, secret: str, bank: FilledBank, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.add("one")
    monkeypatch.setattr(wirehashes, "_PATIENCE", -1.0)
    response = client.get(FETCH, headers={"x-functions-key": secret})
    assert (response.status_code, response.json()["error"]["code"]) == (503, "unavailable")
    assert response["Retry-After"] == "5"
    assert fetch()["count"] == 1  # what was done stayed done
