"""NCMEC's hash sharing: nothing skipped by the clock, what a key may see, who may ask, what is said."""

from __future__ import annotations

import base64
import datetime as dt
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.door.test_access import code_of
from tests.hotline.exchange.match.test_match import pdq_of
from tests.hotline.exchange.sights import SIGHTS

from disrupt.hotline.common import clock
from disrupt.hotline.exchange import services
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import EntryWord, Partner
from disrupt.hotline.exchange.ncmec import urls
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.protocol import ncmec

NS = f"{{{ncmec.NAMESPACE}}}"
SECOND = dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    "text",
    ["2026-11-30T08:00:00Z", "2026-11-30t08:00:00.123456789z", "2026-11-30T10:30:00+02:30"],
)
def test_a_time_is_read_as_rfc_3339_writes_it(text: str) -> None:
    assert ncmec.write_time(ncmec.read_time(text)) == "2026-11-30T08:00:00Z"


@pytest.mark.parametrize(
    "text",
    ["2026-11-30", "2026-11-30T08:00:00", "2026-11-31T08:00:00Z", "0000-01-01T00:00:00Z",
     "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00", "2026-11-30T08:00:60Z",
     "١٢٣٤-11-30T08:00:00Z"],
)  # fmt: skip
def test_what_is_no_time_is_said_to_be_none(text: str) -> None:
    with pytest.raises(ncmec.BadNcmec, match="2026-11-30T08:00:00Z"):
        ncmec.read_time(text)


@pytest.mark.parametrize("method", ["OPTIONS", "DELETE", "PUT"])
def test_an_address_that_is_read_and_submitted_to_names_all_its_methods(
    client: Client, db: None, method: str
) -> None:
    refused = client.generic(method, "/ncmec/v2/entries")
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, POST")


def basic(user: str, key: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()}


class Reader:
    """Reads windows as the public client does: each begins where the one before ended."""

    def __init__(self, client: Client, key: str, size: int | None = None) -> None:
        self.client, self.headers, self.size = client, basic(key, key), size
        self.start = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
        self.has: dict[str, dict[str, str]] = {}
        self.pages = 0

    def ask(self, path: str, query: Any = None) -> ET.Element:
        response = self.client.get(path, query, headers=self.headers)
        assert response.status_code == 200, response.content
        return ET.fromstring(response.content)

    def read(self, end: dt.datetime | None = None) -> None:
        end = end or clock.now().replace(microsecond=0)
        query = {"from": ncmec.write_time(self.start), "to": ncmec.write_time(end)}
        page = self.ask("/ncmec/v2/entries", query | ({"size": self.size} if self.size else {}))
        while True:
            self.pages += 1
            self.take(page)
            following = page.findtext(f"{NS}paging/{NS}next")
            if not following:
                break
            page = self.ask(f"/ncmec{following}")
        self.start = end

    def take(self, page: ET.Element) -> None:
        for listed in (page.find(f"{NS}images"), page.find(f"{NS}videos")):
            assert listed is not None
            assert int(listed.get("count", "")) == len(listed)
            assert (listed.get("maxTimestamp") is not None) == (len(listed) > 0)
            for one in listed:
                name = one.findtext(f"{NS}id") or ""
                if "deleted" in one.tag:
                    self.has.pop(name, None)
                else:
                    prints = one.find(f"{NS}fingerprints")
                    assert prints is not None
                    self.has[name] = {sign.tag.removeprefix(NS): sign.text or "" for sign in prints}

    @property
    def signs(self) -> set[str]:
        return {value for prints in self.has.values() for value in prints.values()}


@pytest.fixture
def reader(client: Client, secret: str) -> Reader:
    return Reader(client, secret)


def both(name: str) -> set[str]:
    return {pdq_of(name), hex_of(("md5", name), 32)}


def test_pictures_films_and_withdrawals(reader: Reader, bank: FilledBank) -> None:
    up = hex_of("up")
    entry = str(bank.add("one", upright=up, derived=hex_of("part")).pk)
    bank.add("film", kind="video")
    reader.read()
    assert reader.has[entry] == {"pdq": pdq_of("one"), "md5": hex_of(("md5", "one"), 32)}
    assert reader.has[f"{entry}.2"]["pdq"] == up
    assert reader.signs == both("one") | {up, hex_of(("md5", "film"), 32)}
    bank.withdraw("one")
    clock.move(SECOND)
    reader.read()
    assert reader.signs == {hex_of(("md5", "film"), 32)}


def test_a_window_that_is_told_to_end_before_a_mark_is_answered(reader: Reader, bank: FilledBank) -> None:
    """`max` is anybody's to write; the change has the time that it has in the whole window."""
    for number in range(5):
        bank.add(number)
    clock.move(SECOND)
    whole = reader.ask("/ncmec/v2/entries")
    part = reader.ask("/ncmec/v2/entries", {"max": 3})
    path = f"{NS}images/{NS}image/{NS}timestamp"
    assert [one.text for one in part.iterfind(path)] == [one.text for one in whole.iterfind(path)][:3]
    assert part.find(f"{NS}paging") is None


def test_a_change_that_comes_after_its_window_was_read_is_in_the_next(
    reader: Reader, bank: FilledBank, client: Client, secret: str
) -> None:
    bank.add("one")
    reader.read()
    bank.add("of the same second")
    other = Reader(client, secret)
    other.read(reader.start)
    assert pdq_of("of the same second") not in other.signs
    for one in (reader, other):
        clock.move(SECOND)
        one.read()
        assert one.signs == both("one") | both("of the same second")


def test_a_clock_that_went_back_hides_nothing(
    reader: Reader, bank: FilledBank, client: Client, secret: str
) -> None:
    bank.add("one")
    clock.move(dt.timedelta(hours=1))
    reader.read()
    clock.move(dt.timedelta(hours=-1))
    bank.add("two")
    Reader(client, secret).read()
    clock.move(dt.timedelta(hours=1, seconds=2))
    reader.read()
    assert reader.signs == both("one") | both("two")


def test_pages_are_of_their_window_whatever_comes_meanwhile(
    client: Client, secret: str, bank: FilledBank
) -> None:
    names = [f"picture {n}" for n in range(7)]
    for name in names:
        bank.add(name)
    reader = Reader(client, secret, size=3)
    reader.read()
    assert reader.pages == 3
    assert reader.signs == set().union(*(both(name) for name in names))
    query = {"from": "1970-01-01T00:00:00Z", "to": ncmec.write_time(reader.start), "size": 3}
    following = reader.ask("/ncmec/v2/entries", query).findtext(f"{NS}paging/{NS}next") or ""
    bank.withdraw(names[5])
    bank.add("later")
    again = Reader(client, secret)
    while following:
        page = again.ask(f"/ncmec{following}")
        again.take(page)
        following = page.findtext(f"{NS}paging/{NS}next") or ""
    assert again.signs == set().union(*(both(name) for name in (*names[3:5], names[6])))
    clock.move(SECOND)
    reader.read()
    assert pdq_of(names[5]) not in reader.signs
    assert pdq_of("later") in reader.signs


@pytest.mark.parametrize(("more", "sees", "shown"), SIGHTS)
def test_a_key_is_sent_what_it_may_see_and_never_parts(
    client: Client, partner: Partner, bank: FilledBank, more: Any, sees: Any, shown: set[str]
) -> None:
    bank.add_each_sight()
    reader = Reader(client, issue_key(partner, (Scope.FEED_READ, *more), OPERATOR, sees=sees)[1])
    reader.read()
    md5 = {name: hex_of(("md5", name), 32) for name in ("adult", "film", "minor", "declared", "shared")}
    assert {name for name, value in md5.items() if value in reader.signs} == shown - {"part"}
    assert hex_of("part") not in reader.signs
    bank.withdraw("minor")
    clock.move(SECOND)
    end = clock.now().replace(microsecond=0)
    query = {"from": ncmec.write_time(reader.start), "to": ncmec.write_time(end)}
    gone = reader.ask("/ncmec/v2/entries", query).findall(f".//{NS}deletedImage")
    assert bool(gone) == ("minor" in shown)


PATHS = {
    "/ncmec/v2/status": Scope.FEED_READ,
    "/ncmec/v2/members": Scope.FEED_READ,
    "/ncmec/v2/entries": Scope.FEED_READ,
    "/ncmec/v2/feedback/PDQ/reasons": Scope.FEEDBACK_WRITE,
}


@pytest.mark.parametrize("path", sorted(PATHS))
def test_each_address_as_every_kind_of_caller(client: Client, partner: Partner, path: str) -> None:
    assert len(PATHS) + 1 == len(urls.urlpatterns)
    key, secret = issue_key(partner, (PATHS[path],), OPERATOR)
    other = issue_key(partner, (Scope.FIGURES_READ,), OPERATOR)[1]
    for user in (str(partner.pk), secret):
        assert client.get(path, headers=basic(user, secret)).status_code == 200
    assert code_of(client.get(path)) == (401, "missing_key")
    assert code_of(client.get(path, headers={"Authorization": "Basic !"})) == (401, "missing_key")
    assert code_of(client.get(path, headers={"Authorization": f"Bearer {secret}"})) == (401, "missing_key")
    assert code_of(client.get(path, headers=basic("somebody", secret))) == (401, "invalid_key")
    assert code_of(client.get(path, headers=basic("a", "b"))) == (401, "invalid_key")
    assert code_of(client.get(path, headers=basic(other, other))) == (403, "missing_scope")
    assert code_of(client.delete(path, headers=basic(secret, secret))) == (405, "method_not_allowed")
    services.revoke_key(key, OPERATOR)
    assert code_of(client.get(path, headers=basic(secret, secret))) == (401, "revoked_key")


@pytest.mark.parametrize(
    "query",
    [{"from": "yesterday"}, {"to": "2026-13-01T00:00:00Z"}, {"to": "2999-01-01T00:00:00Z"}, {"size": 0}],
)
def test_a_window_that_is_none_is_refused(reader: Reader, query: Any) -> None:
    answer = reader.client.get("/ncmec/v2/entries", query, headers=reader.headers)
    assert code_of(answer) == (400, "bad_parameter")


def body(inside: str) -> str:
    return f'<feedbackSubmission xmlns="{ncmec.NAMESPACE}">{inside}</feedbackSubmission>'


def test_words_on_entries_are_kept_as_any_others(reader: Reader, bank: FilledBank, partner: Partner) -> None:
    entry = bank.add("one")
    reasons = reader.ask("/ncmec/v2/feedback/PDQ/reasons")
    guids = {one.get("name"): one.get("guid") for one in reasons.iter(f"{NS}reason")}

    def put(inside: str, name: str = f"{entry.pk}.2", member: str = "1") -> Any:
        path = f"/ncmec/v2/entries/{member}/{name}/PDQ/feedback"
        return reader.client.put(path, inside, content_type="application/xml", headers=reader.headers)

    assert put(body("<affirmative/>")).status_code == 200
    assert EntryWord.objects.get(partner=partner).opinion == "blocked"
    for why, opinion in (("lawful", "not_blocked"), ("other_picture", "false_match")):
        said = body(f"<negative><reasonIds><guid>{guids[why]}</guid></reasonIds></negative>")
        assert put(said).status_code == 200
        word = EntryWord.objects.get(partner=partner)
        assert (word.opinion, word.why) == (opinion, why)
    for wrong in ("", "<a", body(""), body("<negative/>"), body("<negative><guid>7</guid></negative>"),
                  f"<!DOCTYPE a>{body('<affirmative/>')}", body("<affirmative/>") + " " * 5000):  # fmt: skip
        assert code_of(put(wrong)) == (400, "bad_body")
    assert code_of(put(body("<affirmative/>"), name="nothing")) == (404, "not_found")
    assert code_of(put(body("<affirmative/>"), member="2")) == (404, "not_found")
