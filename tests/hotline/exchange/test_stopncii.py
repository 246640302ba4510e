"""The StopNCII protocol: FetchHashes as the public client needs it, submissions and feedback stored once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of

from disrupt.hotline.common.sweep import Sweep
from disrupt.hotline.exchange import tasks, wirehashes
from disrupt.hotline.exchange.models import (
    ExchangeEvent,
    Feedback,
    Partner,
    ReadingState,
    SubmittedHash,
    WireCursor,
    WireHash,
)
from disrupt.hotline.exchange.scopes import Scope
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key
from disrupt.protocol.stopncii import EPOCH

Fetch = Callable[..., Any]
FETCH = "/stopncii/v1/FetchHashes"


@pytest.fixture
def fetch(client: Client, secret: str) -> Fetch:
    def ask(start: int = 10, key: str = secret, **query: object) -> Any:
        response = client.get(FETCH, {"startTimestamp": start, **query}, headers={"x-functions-key": key})
        assert response.status_code == 200, response.content
        return response.json()

    return ask


class Reader:
    """Reads as the public client does: keeps the latest record of each hash and the last checkpoint."""

    def __init__(self, fetch: Fetch, page_size: int = 800) -> None:
        self.fetch, self.page_size, self.start = fetch, page_size, 10
        self.had: dict[str, str] = {}
        self.pages: list[Any] = []

    def page(self, token: str | None = None) -> Any:
        more = {"nextPageToken": token} if token else {}
        page = self.fetch(self.start, pageSize=self.page_size, **more)
        assert page["count"] == len(page["hashRecords"])
        assert page["hasMoreRecords"] == bool(page["nextPageToken"])
        assert not self.pages or page["nextSetTimestamp"] >= self.pages[-1]["nextSetTimestamp"]
        times = [record["lastModtimestamp"] for record in page["hashRecords"]]
        assert times == sorted(times)
        self.pages.append(page)
        for record in page["hashRecords"]:
            if record["hashStatus"] == "Withdrawn":
                assert record["hashValue"] in self.had, "told of a withdrawn hash that it never had"
            self.had[record["hashValue"]] = record["hashStatus"]
        return page

    def read(self, stop_after: int | None = None) -> None:
        """A whole fetch, or one cut off after some pages; the next resumes from its checkpoint."""
        page = self.page()
        pages = 1
        while page["hasMoreRecords"] and pages != stop_after:
            page = self.page(page["nextPageToken"])
            pages += 1
        self.start = page["nextSetTimestamp"]

    @property
    def active(self) -> set[str]:
        return {value for value, status in self.had.items() if status == "Active"}


def pdq_of(name: object) -> str:
    return hex_of(("pdq", name))


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
    with django_assert_max_num_queries(6):
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


def post(client: Client, secret: str, name: str, body: object) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    headers = {"x-functions-key": secret}
    return client.post(f"/stopncii/v1/{name}", text, content_type="application/json", headers=headers)


def hashes(*values: str, signal: str = "StopNCIISignalType.ImagePDQ", opinion: str = "Blocked") -> Any:
    said = [{"feedbackValue": opinion, "tags": ["b", "a", "a"]}]
    records = [
        {"lastModtimestamp": 1, "signalType": signal, "hashValue": v, "CSPFeedbacks": said} for v in values
    ]
    return {"count": len(records), "hashRecords": records}


def feedback(*values: str, opinion: str = "Blocked") -> Any:
    records = [{"hashValue": v, "feedbackValue": opinion, "tags": []} for v in values]
    return {"count": len(records), "hashFeedbacks": records}


def test_submitted_hashes_are_kept_once_under_their_partner(
    client: Client, secret: str, partner: Partner
) -> None:
    body = hashes(hex_of(1), hex_of(2).upper())
    assert post(client, secret, "SubmitHashes", body).json() == {"count": 2, "changed": 2}
    assert post(client, secret, "SubmitHashes", body).json() == {"count": 2, "changed": 0}
    row = SubmittedHash.objects.get(value=hex_of(2))
    assert (row.partner, row.signal, row.opinion, row.tags) == (partner, "ImagePDQ", "Blocked", ["a", "b"])
    video = hashes(hex_of(3, 32), signal="VideoMD5")
    assert post(client, secret, "SubmitHashes", video).json()["changed"] == 1
    events = ExchangeEvent.objects.filter(kind="hashes-submitted")
    assert [event.data for event in events] == [{"changed": 2}, {"changed": 1}]
    assert hex_of(1) not in repr(list(ExchangeEvent.objects.values()))


def test_the_latest_feedback_of_each_partner_counts(client: Client, secret: str, partner: Partner) -> None:
    other = create_partner("Another", OPERATOR)
    _, others = issue_key(other, (Scope.FEEDBACK_WRITE,), OPERATOR)
    post(client, secret, "SubmitFeedback", feedback(hex_of(1)))
    first = Feedback.objects.get()
    post(client, others, "SubmitFeedback", feedback(hex_of(1)))
    changed = post(client, secret, "SubmitFeedback", feedback(hex_of(1), opinion="NotBlocked"))
    assert changed.json() == {"count": 1, "changed": 1}
    mine = Feedback.objects.get(partner=partner)
    assert (mine.opinion, mine.first_at) == ("NotBlocked", first.first_at)
    assert Feedback.objects.get(partner=other).opinion == "Blocked"


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("SubmitHashes", "not json"),
        ("SubmitHashes", b"\xff\xfe"),
        ("SubmitHashes", "[" * 100_000),
        ("SubmitHashes", []),
        ("SubmitHashes", {}),
        ("SubmitHashes", {"hashRecords": []}),
        ("SubmitHashes", {"hashRecords": [1]}),
        ("SubmitHashes", hashes("0" * 63)),
        ("SubmitHashes", hashes("0" * 63 + "\n")),
        ("SubmitHashes", hashes("g" * 64)),
        ("SubmitHashes", hashes(hex_of(1), signal="VideoMD5")),
        ("SubmitHashes", hashes(hex_of(1), signal="VideoTMK")),
        ("SubmitHashes", hashes(hex_of(1), opinion="Sometimes")),
        ("SubmitHashes", hashes(hex_of(1), "bad")),
        ("SubmitFeedback", {"hashFeedbacks": [{"hashValue": hex_of(1)}]}),
        ("SubmitFeedback", {"hashFeedbacks": [{"hashValue": None, "feedbackValue": "Blocked"}]}),
        ("SubmitFeedback", feedback(hex_of(1)) | {"hashFeedbacks": [
            {"hashValue": hex_of(1), "feedbackValue": "Blocked", "tags": ["x" * 65]}]}),
        ("SubmitFeedback", feedback(hex_of(1)) | {"hashFeedbacks": [
            {"hashValue": hex_of(1), "feedbackValue": "Blocked", "tags": [{}]}]}),
        ("SubmitFeedback", feedback(*[hex_of(1)] * 5001)),
    ],
)  # fmt: skip
def test_a_bad_post_stores_nothing(client: Client, secret: str, name: str, body: object) -> None:
    response = post(client, secret, name, body)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_body"), response.content
    assert SubmittedHash.objects.count() == Feedback.objects.count() == 0


def test_a_huge_post_is_refused_unread(client: Client, secret: str) -> None:
    response = post(client, secret, "SubmitHashes", "x" * 3_000_000)
    assert (response.status_code, response.json()["error"]["code"]) == (413, "body_too_large")


def test_a_full_post_is_stored(client: Client, secret: str) -> None:
    body = feedback(*[hex_of(n) for n in range(5000)])
    assert post(client, secret, "SubmitFeedback", body).json() == {"count": 5000, "changed": 5000}
    assert post(client, secret, "SubmitFeedback", body).json()["changed"] == 0


def test_the_worker_keeps_the_table_of_hashes(bank: FilledBank) -> None:
    sweep = Sweep(tasks.DUTIES)
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
