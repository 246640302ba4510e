"""POST /v1/match: the same answers as the feed and a matcher at home would give, and nothing more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.sights import SIGHTS

from disrupt.hotline.bank import batches
from disrupt.hotline.bank.models import BankChange, BankSequence
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door import limits, recently
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.match import answers, following
from disrupt.hotline.exchange.match.held import HOLDER
from disrupt.hotline.exchange.models import ApiKey, Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key, revoke_key
from disrupt.protocol.look_up import MOST_LOOK_UPS

Ask = Callable[..., Any]


def ask_with(client: Client, key: str, body: object, status: int = 200) -> Any:
    headers = {"Authorization": f"Bearer {key}"}
    response = client.post("/v1/match", body, content_type="application/json", headers=headers)
    assert response.status_code == status, response.content
    return response.json()


@pytest.fixture
def ask(client: Client, secret: str) -> Ask:
    return lambda body, status=200: ask_with(client, secret, body, status)


def flipped(text: str, bits: int) -> str:
    """The hash with so many of its bits turned over."""
    return f"{int(text, 16) ^ sum(1 << 5 * n for n in range(bits)):064x}"


def pdq_of(name: object) -> str:
    return hex_of(("pdq", name))


def test_a_picture_is_found_by_its_pdq_its_digests_and_not_beyond_its_radius(
    ask: Ask, bank: FilledBank
) -> None:
    entry = bank.add("one")
    found = ask({"pdq": flipped(pdq_of("one"), 31), "view": "mirrored"})
    (match,) = found["matches"]
    assert match == {
        "entry": str(entry.pk), "action": "block", "distance": 31, "view": "mirrored", "category": "ADU-DNCI",
        "certainty": "match", "origin": "examined", "needs_review": False, "role": "stored", "kind": "image",
        "minors": None, "jurisdiction": "FR",
    }  # fmt: skip
    assert (found["action"], found["seq"]) == ("block", 1)
    assert ask({"pdq": flipped(pdq_of("one"), 32)})["matches"] == []
    further = ask({"pdq": flipped(pdq_of("one"), 40), "radius": 40})
    assert (further["action"], further["matches"][0]["certainty"]) == ("review", "probable")
    for digest in ({"sha256": hex_of("one")}, {"md5": hex_of(("md5", "one"), 32)}):
        (exact,) = ask(digest)["matches"]
        assert (exact["entry"], exact["distance"], exact["view"]) == (str(entry.pk), 0, "sha256")
    text = str(ask({"pdq": flipped(pdq_of("one"), 3)}))
    assert pdq_of("one") not in text
    assert hex_of("one") not in text


def test_a_list_is_answered_in_its_order_and_as_brute_force_would(ask: Ask, bank: FilledBank) -> None:
    names = [f"picture {n}" for n in range(40)]
    entries = {name: str(bank.add(name).pk) for name in names}
    chance = np.random.default_rng(7)
    looks, wanted = [], []
    for _ in range(200):
        name, bits = names[chance.integers(40)], int(chance.integers(20, 45))
        looks.append({"pdq": flipped(pdq_of(name), bits)})
        wanted.append([entries[name]] if bits <= 31 else [])
    found = ask({"look_ups": looks})["answers"]
    assert [[match["entry"] for match in one["matches"]] for one in found] == wanted
    assert {one["action"] for one in found} == {"block", "none"}


def test_a_flat_picture_is_not_looked_up_but_its_digest_is(ask: Ask, bank: FilledBank) -> None:
    bank.add("one")
    refused = ask({"pdq": pdq_of("one"), "quality": 49})
    assert refused["matches"] == []
    assert "quality" in refused["refused"]
    both = ask({"pdq": pdq_of("one"), "quality": 49, "sha256": hex_of("one")})
    assert both["action"] == "block"
    assert "refused" in both
    bank.add("flat", quality=30)
    assert ask({"pdq": pdq_of("flat")})["matches"] == []


def test_films_are_found_by_digest_and_by_frame(ask: Ask, bank: FilledBank) -> None:
    film = str(bank.add("film", kind="video").pk)
    (frame,) = ask({"pdq": hex_of(("film", 1))})["matches"]
    assert (frame["entry"], frame["role"], frame["kind"]) == (film, "frame", "video")
    assert ask({"md5": hex_of(("md5", "film"), 32)})["matches"][0]["entry"] == film


def test_changes_are_taken_in_one_by_one_and_withdrawals_too(ask: Ask, bank: FilledBank) -> None:
    bank.add("one")
    assert ask({"pdq": pdq_of("one")})["action"] == "block"
    held = HOLDER.list
    bank.add("two")
    bank.withdraw("one")
    assert ask({"pdq": pdq_of("two")})["action"] == "block"
    gone = ask({"pdq": pdq_of("one"), "sha256": hex_of("one")})
    assert (gone["action"], gone["seq"]) == ("none", 3)
    assert HOLDER.list is held
    assert len(held) == 1


def test_many_changes_come_in_several_steps(
    ask: Ask, bank: FilledBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "STEP", 3)
    for name in range(10):
        bank.add(name)
    bank.withdraw(4)
    found = ask({"look_ups": [{"pdq": pdq_of(name)} for name in range(10)]})["answers"]
    assert [bool(one["matches"]) for one in found] == [name != 4 for name in range(10)]


def test_a_bank_that_went_back_is_read_anew(ask: Ask, bank: FilledBank) -> None:
    bank.add("one")
    bank.add("two")
    ask({"pdq": pdq_of("two")})
    BankChange.objects.filter(seq=2).delete()
    BankSequence.objects.update(last=1)
    assert ask({"pdq": pdq_of("two")})["matches"] == []
    assert ask({"pdq": pdq_of("one")})["seq"] == 1


def test_what_is_not_told_to_partners_yet_is_not_found(ask: Ask, bank: FilledBank, settings: Any) -> None:
    settings.OFFER_EVERY = dt.timedelta(minutes=15)
    bank.add("one")
    assert ask({"pdq": pdq_of("one"), "sha256": hex_of("one")})["matches"] == []
    clock.move(dt.timedelta(minutes=31))
    batches.run(batches.latest(clock.now()))
    assert ask({"pdq": pdq_of("one"), "sha256": hex_of("one")})["action"] == "block"


@pytest.mark.parametrize(("more", "sees", "shown"), SIGHTS)
def test_a_key_finds_what_it_may_see_and_nothing_else(
    client: Client, partner: Partner, bank: FilledBank, more: Any, sees: Any, shown: set[str]
) -> None:
    bank.add_each_sight()
    asked = {
        "adult": {"pdq": pdq_of("adult"), "sha256": hex_of("adult")},
        "film": {"pdq": hex_of(("film", 0)), "md5": hex_of(("md5", "film"), 32)},
        "minor": {"pdq": pdq_of("minor"), "sha256": hex_of("minor"), "md5": hex_of(("md5", "minor"), 32)},
        "declared": {"pdq": pdq_of("declared"), "sha256": hex_of("declared")},
        "shared": {"pdq": pdq_of("shared"), "sha256": hex_of("shared")},
        "part": {"pdq": hex_of("part")},
    }
    key = issue_key(partner, (Scope.MATCH_ASK, *more), OPERATOR, sees=sees)[1]
    found = ask_with(client, key, {"look_ups": list(asked.values())})["answers"]
    assert {name for name, one in zip(asked, found, strict=True) if one["matches"]} == shown
    for number, name in enumerate(asked):
        if name in shown & {"declared", "shared"}:
            assert found[number]["action"] == "review"


@pytest.mark.parametrize(
    "body",
    [
        {}, [], 3, None, {"pdq": "0" * 63}, {"pdq": "G" * 64}, {"sha256": 5}, {"md5": "0" * 64},
        {"quality": 3},
        {"pdq": "0" * 64, "quality": 101}, {"pdq": "0" * 64, "radius": 65}, {"pdq": "0" * 64, "radius": True},
        {"pdq": "0" * 64, "more": 1}, {"pdq": "0" * 64, "view": ""}, {"pdq": "0" * 64, "view": "\n"},
        {"look_ups": []}, {"look_ups": [{}]}, {"look_ups": {}},
        {"look_ups": [{"pdq": "0" * 64}], "pdq": "0" * 64},
        {"look_ups": [{"pdq": "0" * 64}] * (MOST_LOOK_UPS + 1)},
    ],
)  # fmt: skip
def test_what_is_malformed_is_refused_with_its_reason(ask: Ask, body: object) -> None:
    error = ask(body, 400)["error"]
    assert error["code"] == "bad_body"
    assert len(error["message"]) < 200


def test_look_ups_are_counted_not_requests(
    ask: Ask, bank: FilledBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits.LOOK_UPS, "burst", 1500)
    monkeypatch.setattr(limits.LOOK_UPS, "per_second", 0.001)
    ask({"look_ups": [{"pdq": "0" * 64}] * 1000})
    assert ask({"look_ups": [{"pdq": "0" * 64}] * 1000}, 429)["error"]["code"] == "too_many_requests"
    ask({"look_ups": [{"pdq": "0" * 64}] * 500})


def test_a_revoked_key_is_refused_within_a_second(client: Client, partner: Partner) -> None:
    key, secret = issue_key(partner, (Scope.MATCH_ASK,), OPERATOR)
    ask_with(client, secret, {"pdq": "0" * 64})
    revoke_key(ApiKey.objects.get(pk=key.pk), OPERATOR)
    clock.move(dt.timedelta(seconds=1))
    assert ask_with(client, secret, {"pdq": "0" * 64}, 401)["error"]["code"] == "revoked_key"


def test_a_key_is_remembered_so_that_a_look_up_asks_the_database_little(
    client: Client,
    secret: str,
    bank: FilledBank,
    django_assert_max_num_queries: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recently, "WITHIN", dt.timedelta(hours=1))
    bank.add("one")
    ask_with(client, secret, {"pdq": pdq_of("one")})
    with django_assert_max_num_queries(1):  # the bank's last number; a served process asks that in a thread
        ask_with(client, secret, {"pdq": pdq_of("one")})


def test_no_more_than_the_nearest_hundred_are_told(ask: Ask, bank: FilledBank) -> None:
    for number in range(answers.MOST_MATCHES + 5):
        bank.add(number, pdq=flipped(pdq_of("one"), number % 30))
    matches = ask({"pdq": pdq_of("one")})["matches"]
    assert len(matches) == answers.MOST_MATCHES
    assert [one["distance"] for one in matches] == sorted(one["distance"] for one in matches)
