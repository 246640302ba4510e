"""GET /v1/list: the same hashes as the feed gives, in columns, whole or what changed."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.match.test_match import pdq_of
from tests.hotline.exchange.sights import SIGHTS
from tests.hotline.exchange.stopncii.test_restored import fire

from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.lives import Lives
from disrupt.hotline.exchange.match.held import HOLDER, HeldList
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.protocol.binary_list import ROLES, BinaryList, NotAList, read_list, write_list


def raw(client: Client, key: str, **query: object) -> bytes:
    response = client.get("/v1/list", query, headers={"Authorization": f"Bearer {key}"})
    assert response.status_code == 200
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def fetch(client: Client, key: str, **query: object) -> BinaryList:
    return read_list(raw(client, key, **query))


def hexes(one: BinaryList) -> list[str]:
    return [row.tobytes().hex() for row in one.hashes]


def test_the_whole_list_and_then_what_changed(client: Client, secret: str, bank: FilledBank) -> None:
    entries = [bank.add(name) for name in range(5)]
    bank.withdraw(1)
    whole = fetch(client, secret, entries=1)
    assert hexes(whole) == [pdq_of(name) for name in (0, 2, 3, 4)]
    assert (whole.numbers >> 2).tolist() == [1, 3, 4, 5]
    assert whole.entries is not None
    assert [uuid.UUID(bytes=row.tobytes()) for row in whole.entries] == [entries[n].pk for n in (0, 2, 3, 4)]
    assert whole.abouts[0].category == "ADU-DNCI"
    assert (whole.seq, len(whole.gone)) == (6, 0)
    bank.add("new")
    bank.withdraw(2)
    bank.add("short")
    bank.withdraw("short")
    news = fetch(client, secret, after=whole.seq)
    assert (hexes(news), news.gone.tolist(), news.seq) == ([pdq_of("new")], [3], 10)
    nothing = fetch(client, secret, after=10)
    assert (len(nothing), len(nothing.gone), nothing.seq) == (0, 0, 10)
    ahead = client.get("/v1/list", {"after": 11}, headers={"Authorization": f"Bearer {secret}"})
    assert (ahead.status_code, ahead.json()["error"]["code"]) == (409, "cursor_ahead")


def test_an_empty_bank_is_an_empty_list(client: Client, secret: str) -> None:
    assert (len(fetch(client, secret)), fetch(client, secret, entries=1).seq) == (0, 0)


def test_who_read_a_list_that_was_lost_begins_anew(client: Client, secret: str, bank: FilledBank) -> None:
    for number in range(3):
        bank.add(number)
    whole = fetch(client, secret)
    assert whole.life == 0
    with fire():
        bank.add("lost")
        lost = fetch(client, secret, after=whole.seq, life=whole.life)
    HOLDER.list = HeldList()  # of another process
    bank.add("new")
    bank.add("later")

    def asked(one: BinaryList) -> Any:
        query = {"after": one.seq, "life": one.life}
        return client.get("/v1/list", query, headers={"Authorization": f"Bearer {secret}"})

    assert (asked(lost).status_code, asked(lost).json()["error"]["code"]) == (409, "cursor_ahead")
    news = read_list(b"".join(asked(whole).streaming_content))
    assert hexes(news) == [pdq_of("new"), pdq_of("later")]
    assert asked(news).status_code == 200


def test_which_beginning_two_lists_share() -> None:
    lives = Lives(((10, 3), (20, 5)))
    assert lives.name == 20
    assert [lives.knows(0, after) for after in (3, 4)] == [True, False]
    # Of a life that began at 15 the backup knew nothing: it ended with the restoration of 20.
    assert [lives.knows(life, after) for life in (10, 15) for after in (5, 6)] == [True, False] * 2
    assert lives.knows(20, 99)
    assert (Lives().name, Lives().knows(0, 99)) == (0, True)


def test_a_hash_takes_no_more_than_fifty_bytes(client: Client, secret: str, bank: FilledBank) -> None:
    sizes = []
    for number in range(3):
        sizes.append(len(raw(client, secret)))
        bank.add(number)
    assert sizes[2] - sizes[1] == 42


@pytest.mark.parametrize(("more", "sees", "shown"), SIGHTS)
def test_a_key_gets_what_it_may_see_and_nothing_of_the_rest(
    client: Client, partner: Partner, bank: FilledBank, more: Sequence[Scope], sees: Any, shown: set[str]
) -> None:
    bank.add_each_sight()
    key = issue_key(partner, (Scope.FEED_READ, *more), OPERATOR, sees=sees)[1]
    one = fetch(client, key)
    known = {pdq_of(name): name for name in ("adult", "minor", "declared", "shared")} | {
        hex_of("part"): "part"
    }
    assert {known.get(text, "film") for text in hexes(one)} == shown
    roles = {ROLES[number & 3] for number in one.numbers.tolist()}
    assert ("derived" in roles) == ("part" in shown)
    text = str(one.abouts)
    assert ("MIN-CSAM" in text) == ("minor" in shown)
    for number, row in zip(one.classes.tolist(), hexes(one), strict=True):
        assert (one.abouts[number].category == "DEEP-SEX") == (known.get(row, "film") == "film")


def made() -> BinaryList:
    from disrupt.protocol.binary_list import About

    return BinaryList(
        9, 0, (About("image", "ADU-DNCI", "examined", None, "FR"),), np.array([], "<u8"),
        np.array([4, 8], "<u8"), np.array([0, 0], "<u2"), np.arange(64, dtype=np.uint8).reshape(2, 32),
    )  # fmt: skip


def test_what_is_cut_or_altered_is_refused_at_every_byte() -> None:
    good = b"".join(write_list(made()))
    assert len(read_list(good)) == 2
    for place in range(len(good)):
        with pytest.raises(NotAList):
            read_list(good[:place])
        with pytest.raises(NotAList):
            read_list(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])


@pytest.mark.parametrize("change", ["class", "role", "words"])
def test_what_is_not_described_is_refused(change: str) -> None:
    from dataclasses import replace

    one = made()
    if change == "class":
        one = replace(one, classes=np.array([0, 1], "<u2"))
    elif change == "role":
        one = replace(one, numbers=np.array([4, 11], "<u8"))
    else:
        one = replace(one, abouts=(replace(one.abouts[0], origin="rumour"),))
    with pytest.raises(NotAList):
        read_list(b"".join(write_list(one)))
