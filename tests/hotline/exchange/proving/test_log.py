"""Pages of the real exchange, verified by the toolkit: what is shown, withdrawn or hidden is proven."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client
from nacl.signing import SigningKey
from tests.hotline.exchange.conftest import FilledBank, hex_of

from disrupt.hotline.bank import log
from disrupt.hotline.bank.models import BankChange, BankSequence, LogNode
from disrupt.hotline.common.keys import log_keys
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.partner.following.proof import Altered, BadSignature, Forked, NotProven, Proof, Replayed
from disrupt.protocol.feed import Added, Page, parse_page
from disrupt.protocol.signed_log import SALT, commitment

Ask = Callable[..., Page]


def ask_with(client: Client, secret: str) -> Ask:
    def ask(**query: object) -> Page:
        response = client.get("/v1/feed", query, headers={"Authorization": f"Bearer {secret}"})
        assert response.status_code == 200, response.content
        return parse_page(response.json())

    return ask


@pytest.fixture
def ask(client: Client, secret: str) -> Ask:
    return ask_with(client, secret)


def read(ask: Ask, proof: Proof, after: int = 0, limit: int = 1000) -> int:
    """Read and verify page by page, to the end."""
    more = True
    while more:
        page = ask(after=after, limit=limit)
        proof.check("exchange", page, after)
        after, more = page.next, page.more
    return after


def fill(bank: FilledBank, number: int = 9) -> None:
    for name in range(number):
        bank.add(
            name,
            derived=hex_of(("part", name)) if name % 3 == 0 else "",
            origin="declared" if name % 4 == 1 else "examined",
        )
        if name % 3 == 1:
            bank.withdraw(name - 1)
    bank.add("film", kind="video", minors="examined")


@pytest.mark.parametrize("limit", [1, 3, 1000])
@pytest.mark.parametrize("scopes", [(Scope.FEED_READ,), (Scope.FEED_READ, Scope.DECLARED_READ), tuple(Scope)])
def test_every_key_verifies_every_page(
    client: Client, partner: Partner, bank: FilledBank, scopes: tuple[Scope, ...], limit: int
) -> None:
    fill(bank)
    ask = ask_with(client, issue_key(partner, scopes, OPERATOR)[1])
    proof = Proof()
    end = read(ask, proof, limit=limit)
    assert proof.head is not None
    assert proof.head[0] == end == BankSequence.objects.get().logged
    bank.add("later")
    bank.withdraw(8)
    assert read(ask, proof, after=end, limit=limit) == end + 2
    assert proof.keys == tuple(bytes(key.verify_key).hex() for key in log_keys())


def test_all_partners_are_given_one_head(client: Client, partner: Partner, bank: FilledBank) -> None:
    fill(bank)
    heads = set()
    for scopes in ((Scope.FEED_READ,), tuple(Scope)):
        proof = Proof()
        read(ask_with(client, issue_key(partner, scopes, OPERATOR)[1]), proof)
        heads.add(proof.head)
    assert len(heads) == 1


def test_a_hidden_entry_can_be_tested_by_nobody(client: Client, partner: Partner, bank: FilledBank) -> None:
    bank.add("hidden", origin="declared", derived=hex_of("part"))
    ask = ask_with(client, issue_key(partner, (Scope.FEED_READ,), OPERATOR)[1])
    page = ask()
    proof: Any = page.changes[0].proof  # type: ignore[union-attr]
    assert proof.keys() == {"content", "parts"}
    change = BankChange.objects.get()
    assert proof["content"] == change.content
    assert len(bytes(change.salt or b"")) == 2 * SALT
    shown = ask_with(client, issue_key(partner, (Scope.FEED_READ, Scope.DECLARED_READ), OPERATOR)[1])()
    added = shown.changes[0]
    assert isinstance(added, Added)
    assert added.proof is not None
    assert added.proof.keys() == {"salt", "parts"}, "without the salt of the parts that this key may not have"
    bank.withdraw("hidden")
    assert BankChange.objects.get(seq=1).salt is None, "once withdrawn, not even we can test a guess"
    assert ask().changes[0].proof == proof  # type: ignore[union-attr]


def tampered(page: Page, change: Callable[[Any], None]) -> Page:
    from disrupt.protocol.feed import write_page

    wire = write_page(page)
    change(wire)
    return parse_page(wire)


def _reason(wire: Any) -> None:
    wire["changes"][2]["category"] = "OTHER"


def _hash(wire: Any) -> None:
    wire["changes"][2]["pdq"][0]["hex"] = hex_of("another")


def _hide(wire: Any) -> None:
    change = wire["changes"][2]
    proof = {"content": commitment(b"x" * 16, {}), "parts": commitment(b"x" * 16, [])}
    wire["changes"][2] = {"seq": change["seq"], "at": change["at"], "action": "withdrawn", "id": change["id"],
                          "proof": proof}  # fmt: skip


def _swallow_a_withdrawal(wire: Any) -> None:
    wire["changes"][1]["id"] = "00000000-0000-4000-8000-000000000001"


def _drop(wire: Any) -> None:
    wire["changes"] = [c | {"seq": n} for n, c in enumerate(wire["changes"][:1] + wire["changes"][2:], 1)]
    wire["next"] = len(wire["changes"])


def _other_time(wire: Any) -> None:
    wire["changes"][0]["at"] = "2020-01-01T00:00:00Z"


@pytest.mark.parametrize("cheat", [_reason, _hash, _hide, _swallow_a_withdrawal, _drop, _other_time])
def test_what_is_altered_dropped_or_hidden_is_named(
    ask: Ask, bank: FilledBank, cheat: Callable[[Any], None]
) -> None:
    bank.add("one")
    bank.withdraw("one")
    bank.add("two")
    bank.add("three")
    page = ask()
    Proof().check("exchange", page, 0)
    with pytest.raises(Altered):
        Proof().check("exchange", tampered(page, cheat), 0)


def test_an_old_page_and_a_missing_proof_are_named(ask: Ask, bank: FilledBank) -> None:
    bank.add("one")
    old = ask()
    proof = Proof()
    bank.add("two")
    read(ask, proof)
    with pytest.raises(Replayed):
        proof.check("exchange", old, 0)
    with pytest.raises(NotProven):
        proof.check("exchange", tampered(ask(), lambda wire: wire.pop("log")), 0)
    Proof().check("exchange", tampered(ask(), lambda wire: wire.pop("log")), 0)  # an exchange without a log
    for member in ("head", "before", "consistency"):
        with pytest.raises(NotProven):
            proof.check("exchange", tampered(ask(), lambda wire, name=member: wire["log"].pop(name)), 0)


def test_a_second_history_is_named_wherever_it_begins(ask: Ask, bank: FilledBank) -> None:
    for name in range(5):
        bank.add(name)
    proof = Proof()
    read(ask, proof)
    first = dict(proof.trees)
    # The hotline's own database is made to tell another story of change 3, properly signed.
    BankChange.objects.filter(seq=3).update(content="0" * 64)
    LogNode.objects.all().delete()
    BankSequence.objects.update(logged=0)
    while log.catch_up():
        pass
    with pytest.raises(Forked):
        proof.check("exchange", ask(after=5), 5)
    bank.add("six")
    with pytest.raises(Forked):
        proof.check("exchange", ask(after=5), 5)
    with pytest.raises(Forked):
        proof.check("exchange", ask(after=0), 0)
    assert proof.trees == first, "and what was known stays known"


def test_only_a_trusted_key_counts_and_a_new_one_comes_through_the_old(
    ask: Ask, bank: FilledBank, tmp_path: Path
) -> None:
    bank.add("one")
    proof = Proof(tmp_path / "log.json", ("ab" * 32,))
    with pytest.raises(BadSignature):
        proof.check("exchange", ask(), 0)
    folder = Path(configured.KEYS_FOLDER) / "exchange"
    (old,) = log_keys()
    pinned = Proof(tmp_path / "log.json", (bytes(old.verify_key).hex(),))
    pinned.check("exchange", ask(), 0)
    new = SigningKey.generate()
    (folder / "log-2027.key").write_bytes(bytes(new))
    try:
        bank.add("two")
        pinned.check("exchange", ask(after=1), 1)
        pinned.save()
        assert bytes(new.verify_key).hex() in pinned.keys
        (folder / "log.key").rename(folder / "aside")
        (folder / "log-2027.key").rename(folder / "log.key")
        again = Proof.load(tmp_path)
        bank.add("three")
        again.check("exchange", ask(after=2), 2)
        assert again.keys == (bytes(new.verify_key).hex(),)
        broken = tampered(ask(after=2), lambda wire: wire["log"]["head"].update(at="2020-01-01T00:00:00Z"))
        with pytest.raises(BadSignature):
            again.check("exchange", broken, 2)
    finally:
        (folder / "aside").rename(folder / "log.key")


def test_changes_of_before_the_log_are_logged_by_the_worker(
    ask: Ask, bank: FilledBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(bank)
    LogNode.objects.all().delete()
    BankSequence.objects.update(logged=0)
    BankChange.objects.update(salt=None, content="", parts="")
    bank.add("meanwhile")
    page = ask()
    assert page.log is None
    Proof().check("exchange", page, 0)
    monkeypatch.setattr(log, "STEP", 4)
    while list(log.behind()):
        log.catch_up()
    proof = Proof()
    assert read(ask, proof, limit=5) == BankSequence.objects.get().last
    bank.add("after")
    read(ask, proof, after=BankSequence.objects.get().last - 1)


def test_batches_are_logged_as_they_are_numbered(ask: Ask, bank: FilledBank, settings: Any) -> None:
    from disrupt.hotline.bank import batches
    from disrupt.hotline.common import clock

    settings.OFFER_EVERY = dt.timedelta(minutes=15)
    for name in range(7):
        bank.add(name)
    clock.move(dt.timedelta(minutes=16))
    for slot in batches.due():
        batches.run(slot)
    assert read(ask, Proof(), limit=2) == 7


def test_the_key_is_told_by_a_command(db: None) -> None:
    from django.core.management import call_command

    said = io.StringIO()
    call_command("log", stdout=said)
    assert bytes(log_keys()[0].verify_key).hex() in said.getvalue()
