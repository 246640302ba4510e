"""A private look-up through the exchange itself: what is found, and what is refused."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.hotline.exchange.conftest import FilledBank
from tests.hotline.exchange.described.test_client import HERE, SERVED
from tests.hotline.exchange.match.test_match import pdq_of
from voprf import ristretto

from disrupt.hotline.bank.sight import Sight
from disrupt.hotline.exchange.door import limits
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.match.following import current
from disrupt.hotline.exchange.models import Partner
from disrupt.hotline.exchange.private import tags
from disrupt.hotline.exchange.private.views import MOST_EVALUATED
from disrupt.hotline.exchange.services import OPERATOR, issue_key
from disrupt.partner.exchange import Exchange, Refused, SyncError
from disrupt.partner.private.asking import MOST_AT_ONCE, OtherKey, PrivateList
from disrupt.protocol.binary_list import About
from disrupt.protocol.private.bands import ASKED, EXACT, NEAR, bands_of, questions
from disrupt.protocol.private.table import NotATable, Row, Table, write_table

SEES_ALL = Sight(derived=True, declared=True, minors=True, shared=True)
RFC_9497 = {  # A.1.2, ristretto255-SHA512 in VOPRF mode
    b"\0": "b58cfbe118e0cb94d79b5fd6a6dafb98764dff49c14e1770b566e42402da1a7d"
    "a4d8527693914139caee5bd03903af43a491351d23b430948dd50cde10d32b3c",
    b"\x5a" * 17: "8a9a2f3c7f085b65933594309041fc1898d42d0858e59f90814ae90571a6df60"
    "356f4610bf816f27afdd84f47719e480906d27ecd994985890e5f539e7ea74b6",
}
RFC_KEY = "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1", "testserver"]


@pytest.fixture(autouse=True)
def _fresh_tags() -> Iterator[None]:
    yield
    tags.TAGS = tags.Tags()


def private(key: str) -> PrivateList:
    return PrivateList(Exchange(HERE, key, transport=SERVED))


def turned(text: str, bits: list[int]) -> bytes:
    return (int(text, 16) ^ sum(1 << bit for bit in bits)).to_bytes(32, "big")


def test_the_library_gives_what_the_standard_says() -> None:
    server = ristretto.Evaluator.from_seed(b"\xa3" * 32, b"test key")
    assert (
        server.public_key.serialize().hex()
        == "c803e2cc6b05fc15064549b5920659ca4a77b2cca6f04f6b357009335476ad4e"
    )
    for text, output in RFC_9497.items():
        assert server.evaluate_known_input(text).hex() == output
        client, blinded = ristretto.Client.blind(text)
        assert client.finalize(server.evaluate(blinded), server.public_key).hex() == output


def test_it_is_found_as_it_is_and_nearly_so(secret: str, bank: FilledBank) -> None:
    entry = str(bank.add("one").pk)
    bank.add("two")
    known = private(secret)
    worst = [13, 77, 141]  # a bit in each of three bands
    asked = [turned(pdq_of("one"), []), turned(pdq_of("one"), worst), turned(pdq_of("other"), [])]
    found = known.look_up(asked)
    assert [[one.entry for one in several] for several in found] == [[entry], [entry], []]
    assert (found[0][0].about.category, found[0][0].about.kind) == ("ADU-DNCI", "image")
    assert len(known) == 8
    seven = turned(pdq_of("one"), [1, 2, 65, 66, 129, 130, 193])  # two in each of three, one in the last
    assert known.look_up([seven]) == [()]
    assert [one.entry for one in known.look_up([seven], NEAR)[0]] == [entry]
    with pytest.raises(ValueError, match="radius"):
        known.look_up([seven], 31)


@given(st.binary(min_size=32, max_size=32), st.sets(st.integers(0, 255), max_size=NEAR))
def test_whatever_is_within_the_radius_shares_what_is_asked(pdq: bytes, bits: set[int]) -> None:
    other = turned(pdq.hex(), sorted(bits))
    assert set(questions(other, NEAR)) & set(bands_of(pdq))
    if len(bits) <= EXACT:
        assert set(questions(other, EXACT)) & set(bands_of(pdq))
    assert all(len(questions(pdq, radius)) == count for radius, count in ASKED.items())


def test_news_and_withdrawals_come_with_the_next_table(secret: str, bank: FilledBank) -> None:
    known = private(secret)
    assert known.look_up([turned(pdq_of("one"), [])]) == [()]
    bank.add("one")
    known.update()
    assert len(known.look_up([turned(pdq_of("one"), [])])[0]) == 1
    bank.withdraw("one")
    known.update()
    assert known.look_up([turned(pdq_of("one"), [])]) == [()]
    assert tags.TAGS._outputs == {}


def test_a_key_gets_no_tag_of_what_it_may_not_see(secret: str, partner: Partner, bank: FilledBank) -> None:
    bank.add_each_sight()
    _, few = issue_key(partner, (Scope.PRIVATE_ASK,), OPERATOR)
    less, more = private(few), private(secret)
    less.update()
    more.update()
    assert (len(less), len(more)) == (4 * (1 + 3), 4 * (2 + 3 + 3))
    assert less.look_up([turned(pdq_of("minor"), [])]) == [()]
    assert len(more.look_up([turned(pdq_of("minor"), [])])[0]) == 1


def test_another_key_is_not_believed(secret: str, bank: FilledBank, settings: Any) -> None:
    bank.add("one")
    known = private(secret)
    known.update()
    settings.SECRET_KEY = "another secret of the exchange, as long as it should be"
    with pytest.raises(OtherKey):
        known.look_up([turned(pdq_of("one"), [])])
    with pytest.raises(OtherKey):
        known.update()


def test_what_is_asked_is_bounded_and_counted(
    client: Any, secret: str, bank: FilledBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = {"Authorization": f"Bearer {secret}"}
    good = ristretto.Client.blind(b"x")[1].serialize().hex()

    def code(body: object) -> Any:
        said = client.post("/v1/private/evaluate", body, "application/json", headers=headers)
        return said.status_code if said.status_code == 200 else said.json()["error"]["code"]

    assert code({"blinded": [good]}) == 200
    odd = [["f" * 64], [good.upper()], [3], "0" * 64, ["0" * 64], [], [good] * (MOST_EVALUATED + 1)]
    for wrong in ({}, [], *({"blinded": one} for one in odd)):
        assert code(wrong) == "bad_body", wrong
    monkeypatch.setattr(limits.EVALUATIONS, "burst", 10)
    assert code({"blinded": [good] * 11}) == "too_many_requests"
    assert MOST_AT_ONCE <= MOST_EVALUATED
    monkeypatch.setattr(tags, "MOST_HASHES", 0)
    bank.add("one")
    assert client.get("/v1/private", headers=headers).json()["error"]["code"] == "unavailable"


def test_many_tags_are_made_beside(secret: str, bank: FilledBank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tags, "AT_ONCE", 1)
    for n in range(3):
        bank.add(n)
    with pytest.raises(tags.ApiError):
        tags.TAGS.table(current(), SEES_ALL)
    with tags.TAGS._making:  # whoever makes them has ended
        assert len(tags.TAGS._outputs) == 12
    assert len(private(secret).look_up([turned(pdq_of(1), [])])[0]) == 1


def test_a_withdrawal_while_a_table_is_written_takes_nothing_from_it(
    bank: FilledBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its reader asked before; whoever asks after it is told, and nothing that is withdrawn comes back."""
    for n in range(3):
        bank.add(n)
    written, after = tags.write_table, list[Table]()

    def interrupted(*arguments: Any) -> bytes:
        if not after:
            after.append(Table(withdrawn()))
        return written(*arguments)

    def withdrawn() -> bytes:
        bank.withdraw(1)
        monkeypatch.setattr(tags, "write_table", written)
        return tags.TAGS.table(current(), SEES_ALL)

    monkeypatch.setattr(tags, "write_table", interrupted)
    before = Table(tags.TAGS.table(current(), SEES_ALL))
    assert (len(before), len(after[0])) == (12, 8)
    assert len(tags.TAGS._outputs) == 8


def test_a_band_is_evaluated_once_however_many_ask(bank: FilledBank, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(5):
        bank.add(n)
    held, real, evaluated = current(), tags.evaluator(), Counter[bytes]()

    class Counting:
        public_key = real.public_key

        def evaluate_known_input(self, band: bytes) -> bytes:
            evaluated[band] += 1
            time.sleep(0.002)  # so that the others ask meanwhile
            return real.evaluate_known_input(band)

    monkeypatch.setattr(tags, "evaluator", Counting)
    with ThreadPoolExecutor(8) as pool:
        tables = set(pool.map(lambda _: tags.TAGS.table(held, SEES_ALL), range(8)))
    assert len(tables) == 1
    assert len(evaluated) == 20
    assert set(evaluated.values()) == {1}


def test_who_lacks_a_few_while_many_are_made_is_told_when_to_ask(
    client: Any, secret: str, bank: FilledBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    bank.add("one")
    monkeypatch.setattr(tags, "PATIENCE", 0.01)
    with tags.TAGS._making:
        told = client.get("/v1/private", headers={"Authorization": f"Bearer {secret}"})
    assert (told.status_code, told["Retry-After"]) == (503, "5")


def test_a_table_that_is_none_is_refused(db: None) -> None:
    about = About("image", "ADU-DNCI", "examined", None, "FR")
    good = write_table(3, "00" * 32, [about], [Row(bytes(range(64)), b"i" * 16, 0)])
    assert len(Table(good)) == 1
    for wrong in (b"", good[:-1], good + b"x", b"[]\n", b"{}\n", good.replace(b"private/1", b"private/2"),
                  good.replace(b'"ADU-DNCI"', b"12345678901")):  # fmt: skip
        with pytest.raises(NotATable):
            Table(wrong)
    with pytest.raises(SyncError):
        liar = httpx.MockTransport(lambda request: httpx.Response(200, content=b"no table"))
        PrivateList(Exchange(HERE, "key", transport=liar)).update()
    with pytest.raises(Refused):
        private("dsr_000000000000_" + "0" * 64).update()
