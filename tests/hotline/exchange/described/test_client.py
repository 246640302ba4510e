"""The toolkit's typed client, asking the exchange itself: every address, waiting and with asyncio."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank, hex_of
from tests.hotline.exchange.match.test_match import pdq_of

from disrupt.hotline.exchange.described.openapi import document
from disrupt.partner.exchange import (
    AsyncExchange,
    Exchange,
    LookUp,
    Opinion,
    Refused,
    SyncError,
    Unreachable,
    Why,
    Word,
    asking,
)
from disrupt.partner.exchange.asking import Ask, Fault, Said, patiently
from disrupt.protocol.feed import Added

HERE = "http://127.0.0.1"
ELSEWHERE = {"/v1/log", "/v1/log/witness"}
"""What `disrupt sync` and `disrupt heads` are for."""


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """What came over the wire, packed as it is."""

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    def __iter__(self) -> Iterator[bytes]:
        yield self._raw

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._raw


def served(request: httpx.Request) -> httpx.Response:
    """The exchange's own answer."""
    said = Client().generic(
        request.method,
        request.url.raw_path.decode(),
        request.read(),
        content_type=request.headers.get("content-type", ""),
        headers=dict(request.headers),
    )
    raw = b"".join(said.streaming_content) if said.streaming else said.content
    return httpx.Response(said.status_code, headers=dict(said.items()), stream=Body(raw))


SERVED = httpx.MockTransport(served)


@pytest.fixture
def exchange(secret: str, settings: Any) -> Exchange:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    return Exchange(HERE, secret, transport=SERVED)


def test_everything_that_can_be_asked_has_its_type(exchange: Exchange, bank: FilledBank) -> None:
    entry = str(bank.add("one").pk)
    bank.add("film", kind="video")
    page = exchange.page(limit=1)
    assert (page.next, page.last, page.more) == (1, 2, True)
    assert isinstance(page.changes[0], Added)
    assert page.changes[0].id == entry
    assert len(exchange.hashes()) == 4
    near, far = exchange.match(
        [LookUp(pdq=pdq_of("one"), view="mine"), LookUp(sha256="0" * 64, pdq="0" * 64)]
    )
    assert (near.action, near.matches[0].entry, near.matches[0].view) == ("block", entry, "mine")
    assert (far.action, far.matches, far.refused) == ("none", (), "")
    assert exchange.match([LookUp(pdq=pdq_of("one"), quality=3)])[0].refused
    words = [Word(entry, Opinion.NOT_BLOCKED, Why.LAWFUL), Word(hex_of("x", 32), Opinion.MATCHED)]
    with pytest.raises(Refused) as refused:
        exchange.feedback(words)
    assert refused.value.code == "bad_body"
    taken = exchange.feedback(words[:1])
    assert (taken.kept, taken.changed, taken.unknown) == (1, 1, 0)
    assert exchange.feedback(words[:1]).changed == 0
    figures = exchange.figures()
    assert (figures.offered, figures.last) == (2, 2)
    assert figures.read_on is not None
    assert any(one.minors and one.illegal and one.name["fr"] for one in exchange.categories())
    fresh = exchange.rotate_key()
    assert fresh.old_expires_at < fresh.expires_at
    assert fresh.key not in repr(fresh)
    with Exchange(HERE, fresh.key, transport=SERVED) as again:
        assert again.page(after=2).changes == ()
    exchange.close()


def test_it_is_the_same_with_asyncio(secret: str, settings: Any, bank: FilledBank) -> None:
    """It is told what the exchange answered, byte by byte: a loop may not ask a test's database."""
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    entry = str(bank.add("one").pk)
    heard: list[tuple[str, bytes, int, httpx.Headers, Any]] = []

    def noted(request: httpx.Request) -> httpx.Response:
        said = served(request)
        heard.append((str(request.url), request.read(), said.status_code, said.headers, said.stream))
        return said

    looks, words = [LookUp(pdq=pdq_of("one"))], [Word(entry, Opinion.BLOCKED)]
    with Exchange(HERE, secret, transport=httpx.MockTransport(noted)) as exchange:
        waited = [
            exchange.page(), exchange.match(looks), exchange.feedback(words), exchange.figures(),
            exchange.categories(), exchange.rotate_key(), exchange.hashes().hashes.tolist(),
        ]  # fmt: skip
        with pytest.raises(Refused):
            exchange.page(after=9)
    again = iter(heard)

    def told(request: httpx.Request) -> httpx.Response:
        url, body, status, headers, stream = next(again)
        assert (str(request.url), request.content) == (url, body)
        return httpx.Response(status, headers=headers, stream=stream)

    async def ask() -> list[Any]:
        async with AsyncExchange(HERE, secret, transport=httpx.MockTransport(told)) as awaited:
            found = [
                await awaited.page(), await awaited.match(looks), await awaited.feedback(words),
                await awaited.figures(), await awaited.categories(), await awaited.rotate_key(),
                (await awaited.hashes()).hashes.tolist(),
            ]  # fmt: skip
            with pytest.raises(Refused):
                await awaited.page(after=9)
            return found

    assert asyncio.run(ask()) == waited


def test_every_address_is_asked_by_a_method_of_both(db: None) -> None:
    asked = {one.path for one in (asking.FIGURES, asking.CATEGORIES, asking.ROTATE, asking.PRIVATE_TABLE)} | {
        asking.match([LookUp(md5="0" * 32)]).path, asking.feedback([Word("x", Opinion.BLOCKED)]).path,
        asking.page(0, 1, 0).path, asking.hashes(0, 0).path, asking.private_evaluate([]).path,
    }  # fmt: skip
    with_key = {path for path, one in document()["paths"].items() for o in one.values() if o["security"]}
    mine = {path for path in with_key if path.startswith("/v1/")} | {"/v1/categories"}
    assert asked == mine - ELSEWHERE
    methods = {
        name for name, _ in inspect.getmembers(Exchange, inspect.isfunction) if not name.startswith("_")
    }
    other = {name for name, _ in inspect.getmembers(AsyncExchange, inspect.isfunction)}
    assert methods - {"close"} <= other


OK = Said(200, {}, b'{"kept": 1, "changed": 1, "unknown": 0}')


def ask_through(course: list[Said | Fault], waited: list[float]) -> Any:
    """What becomes of a question to which these answers come."""
    asked: Ask[Any] = asking.feedback([Word("x", Opinion.BLOCKED)])
    run, said = patiently(HERE, asked), iter(course)
    step = next(run)
    while True:
        try:
            if step is None:
                step = run.send(next(said))
            else:
                waited.append(step)
                step = next(run)
        except StopIteration as done:
            return done.value


def test_a_question_is_asked_again_after_as_long_as_is_said() -> None:
    waited: list[float] = []
    assert ask_through([Fault("cut"), Said(503, {"retry-after": "7"}, b""), OK], waited).kept == 1
    assert (len(waited), waited[1]) == (2, 7)
    with pytest.raises(Unreachable, match="cut"):
        ask_through([Fault("cut")] * 6, waited)
    assert len(waited) == 7


def test_a_deed_has_one_name_however_often_it_is_sent_and_a_question_has_none(exchange: Exchange) -> None:
    sent: list[tuple[str, str | None]] = []

    def stumbling(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.path, request.headers.get("Idempotency-Key")))
        # Every other answer is lost, after the exchange did what it was asked for.
        said = served(request)
        if len(sent) % 2:
            raise httpx.ReadError("cut off")
        return said

    with Exchange(HERE, "dsr_x", transport=httpx.MockTransport(stumbling)) as asked, pytest.raises(Refused):
        asked.feedback([Word("0" * 8 + "-0000-0000-0000-" + "0" * 12, Opinion.BLOCKED)])
    with Exchange(HERE, "dsr_x", transport=httpx.MockTransport(stumbling)) as asked, pytest.raises(Refused):
        asked.match([LookUp(md5="0" * 32)])
    (_, one), (_, again), *questions = sent
    assert one == again
    assert one is not None
    assert [name for _, name in questions] == [None, None]


@pytest.mark.parametrize("said", [Said(200, {}, b"[]"), Said(200, {}, b"\xff"), Said(302, {}, b"")])
def test_what_is_not_described_is_no_answer(said: Said) -> None:
    with pytest.raises(SyncError):
        ask_through([said], [])
