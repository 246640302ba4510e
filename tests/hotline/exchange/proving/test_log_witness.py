"""The log's own addresses: proofs between any two sizes, and partners' signatures, kept or refused."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from nacl.signing import SigningKey
from tests.hotline.exchange.conftest import FilledBank

from disrupt.hotline.bank import log
from disrupt.hotline.cases import anchoring
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import ExchangeEvent, LogWitness, Partner
from disrupt.hotline.exchange.services import OPERATOR, create_partner, issue_key, set_active
from disrupt.partner.following.proof import is_signed
from disrupt.protocol.merkle import is_consistent
from disrupt.protocol.signed_log import LEDGERS, RESTORED, read_head
from disrupt.protocol.witness import Witness, read_witness


def test_the_ledgers_head_is_handed_out_with_its_proof(client: Client, ask: Any) -> None:
    assert "ledgers" not in ask().json()
    for _ in range(3):
        clock.move(dt.timedelta(hours=1))
        anchoring.anchor()
    known = anchoring.root_at(2)
    assert known
    said = ask(ledgers=2).json()["ledgers"]
    head = read_head(said["head"], LEDGERS)
    assert all(map(is_signed, [head] * len(head.keys), head.keys, head.signatures))
    assert not is_signed(read_head(said["head"]), head.keys[0], head.signatures[0]), "of another log"
    assert is_consistent(2, head.size, known, head.root, [bytes.fromhex(one) for one in said["consistency"]])
    assert ask(ledgers=4).json()["error"]["code"] == "cursor_ahead"


def signed(size: int, root: bytes | None = None, seed: int = 1) -> dict[str, object]:
    """What a partner posts that saw the log at this size."""
    key = SigningKey(bytes([seed]) * 32)
    bare = Witness(size, log.tree_at(size).root() if root is None else root, bytes(key.verify_key).hex())
    return Witness(bare.size, bare.root, bare.key, key.sign(bare.text()).signature).to_wire()


@pytest.fixture
def ask(client: Client, secret: str) -> Any:
    return lambda **query: client.get("/v1/log", query, headers={"Authorization": f"Bearer {secret}"})


@pytest.fixture
def post(client: Client, secret: str) -> Any:
    def send(body: object, key: str = secret) -> Any:
        headers = {"Authorization": f"Bearer {key}"}
        return client.post("/v1/log/witness", body, content_type="application/json", headers=headers)

    return send


def test_any_two_sizes_are_proven(ask: Any, bank: FilledBank) -> None:
    for name in range(11):
        bank.add(name)
    roots = [log.tree_at(size).root() for size in range(12)]
    for second in range(12):
        for first in range(second + 1):
            said = ask(first=first, second=second).json()
            proof = [bytes.fromhex(one) for one in said["consistency"]]
            assert (said["first"], said["second"], said["head"]["size"]) == (first, second, 11)
            assert is_consistent(first, second, roots[first], roots[second], proof)
    assert ask().json()["second"] == 11
    assert ask(first=12).json()["error"]["code"] == "cursor_ahead"
    assert ask(first=5, second=4).json()["error"]["code"] == "bad_parameter"


def test_the_newest_word_of_each_partner_is_shown_to_all(
    ask: Any, post: Any, bank: FilledBank, partner: Partner
) -> None:
    for name in range(3):
        bank.add(name)
    assert post(signed(2)).json() == {"size": 2}
    assert post(signed(3)).status_code == 200
    other = create_partner("Platform Two", OPERATOR)
    its_key = issue_key(other, (Scope.FEED_READ,), OPERATOR)[1]
    assert post(signed(1, seed=2), key=its_key).status_code == 200
    shown = [read_witness(one) for one in ask().json()["witnesses"]]
    assert [(one.size, one.is_genuine()) for one in shown] == [(3, True), (1, True)]
    assert "Platform" not in ask().content.decode()
    set_active(other, False, OPERATOR)
    assert len(ask().json()["witnesses"]) == 1


def test_what_is_not_signed_or_not_ours_is_refused_and_another_history_is_written_down(
    post: Any, bank: FilledBank
) -> None:
    bank.add("one")
    for body in (
        signed(1) | {"size": 0},
        signed(1) | {"key": "00" * 32},
        {},
        [],
        7,
        signed(1) | {"size": True},
    ):
        assert post(body).json()["error"]["code"] == "bad_body", body
    assert post(signed(2, b"x" * 32)).json()["error"]["code"] == "cursor_ahead"
    assert not ExchangeEvent.objects.filter(kind="other-history").exists()
    assert post(signed(1, b"x" * 32)).json()["error"]["code"] == "other_history"
    assert ExchangeEvent.objects.get(kind="other-history").data["root"] == (b"x" * 32).hex()
    assert not LogWitness.objects.exists()


def test_who_signs_all_day_leaves_a_line_a_day(post: Any, bank: FilledBank, caplog: Any) -> None:
    for name in range(4):
        bank.add(name)
    for n in range(12):
        assert post(signed(n % 4 + 1, seed=n + 1)).status_code == 200
        assert post(signed(1, bytes([n]) * 32, seed=n + 1)).json()["error"]["code"] == "other_history"
    kinds = ["log-witnessed", "other-history"]
    traced = ExchangeEvent.objects.filter(kind__in=kinds).order_by("pk").values_list("kind", flat=True)
    assert list(traced) == kinds
    assert len([one for one in caplog.records if "another history" in one.getMessage()]) == 1
    assert LogWitness.objects.get().size == 4, "the newest word is kept all the same"
    clock.move(dt.timedelta(days=1, minutes=1))
    assert post(signed(1, b"x" * 32)).json()["error"]["code"] == "other_history"
    assert ExchangeEvent.objects.filter(kind="other-history").count() == 2


def test_a_restored_backup_is_said_signed_and_for_ever(ask: Any, bank: FilledBank) -> None:
    bank.add("one")
    bank.add("two")
    assert ask().json()["restored"] == []
    root = log.tree_at(2).root()
    log.note_restored()
    then = clock.now()
    clock.move(dt.timedelta(days=1))
    bank.add("three")
    (said,) = ask().json()["restored"]
    head = read_head(said, RESTORED)
    assert (head.size, head.root) == (2, root)
    assert dt.datetime.fromisoformat(head.at) == then.replace(microsecond=0)
    assert all(map(is_signed, [head] * len(head.keys), head.keys, head.signatures))
    assert not is_signed(read_head(said), head.keys[0], head.signatures[0]), "it is no head of the log"


def test_a_bank_that_came_back_without_changes_says_so_too(ask: Any) -> None:
    log.note_restored()
    (said,) = ask().json()["restored"]
    assert read_head(said, RESTORED).size == 0
