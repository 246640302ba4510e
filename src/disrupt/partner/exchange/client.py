"""An exchange as an object, for programs that wait for each answer and for those that do not (asyncio)."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from disrupt.partner.exchange import asking
from disrupt.partner.exchange.answers import Answer, Category, Figures, NewKey, Taken
from disrupt.partner.exchange.asking import LARGEST, Ask, Fault, Said, patiently
from disrupt.partner.following.connection import options
from disrupt.partner.following.feed_client import PAGE_SIZE, SyncError, base_address, why
from disrupt.partner.following.packed import Unpacking, pieces
from disrupt.partner.following.patience import ONCE, new_name
from disrupt.protocol.binary_list import BinaryList
from disrupt.protocol.feed import Page
from disrupt.protocol.feedback import Word
from disrupt.protocol.look_up import LookUp

T = TypeVar("T")


def _sent(base: str, ask: Ask[Any], name: str) -> dict[str, Any]:
    headers = {ONCE: name} if ask.deed else {}
    body = {} if ask.body is None else {"json": ask.body}
    if ask.content is not None:
        body, headers = {"content": ask.content}, {"Content-Type": "application/octet-stream"}
    return {
        "method": ask.method,
        "url": base + ask.path,
        "params": dict(ask.query),
        "headers": headers,
        **body,
    }


def _grown(base: str, body: bytearray, more: bytes) -> None:
    body += more
    if len(body) > LARGEST:
        raise SyncError(f"{base} sent an answer of more than {LARGEST >> 30} GiB: stopped.")


class Exchange:
    """One exchange, one key ("" for what needs none).

    Each method raises SyncError: Refused (with the code that docs/api.md names), or Unreachable after six
    tries; what is asked or told twice changes nothing.
    """

    def __init__(
        self, base: str, key: str, *, timeout: float = 60, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.base = base_address(base)
        self._rotation = asking.name_of_rotation(key)
        self._http = httpx.Client(transport=transport, **options(self.base, key, timeout))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def match(self, look_ups: Sequence[LookUp]) -> list[Answer]:
        """Whether fingerprints are on the list; 1 to 1,000 at once, answered in their order."""
        return self._do(asking.match(look_ups))

    def match_upload(self, content: bytes) -> Answer:
        """What a picture or film matches; the exchange decodes it, and keeps nothing of it."""
        return self._do(asking.upload(content))

    def feedback(self, words: Sequence[Word]) -> Taken:
        """Tell what was found; 1 to 1,000 at once."""
        return self._do(asking.feedback(words))

    def page(self, after: int = 0, limit: int = PAGE_SIZE, wait: int = 0) -> Page:
        """The changes after a number, not proven (`disrupt sync` does that); `wait`: so long for news."""
        return self._do(asking.page(after, limit, wait))

    def hashes(self, after: int = 0, wait: int = 0, life: int | None = None) -> BinaryList:
        """All hashes that the key may see, or what changed of them since; `life`: of the answer before."""
        return self._do(asking.hashes(after, wait, life))

    def private_table(self) -> bytes:
        """The list as tags; `disrupt.partner.private.PrivateList` reads it."""
        return self._do(asking.PRIVATE_TABLE)

    def private_evaluate(self, blinded: Sequence[bytes]) -> bytes:
        """What `PrivateList` has evaluated."""
        return self._do(asking.private_evaluate(blinded))

    def figures(self) -> Figures:
        """The partner's own figures."""
        return self._do(asking.FIGURES)

    def categories(self) -> list[Category]:
        """The classification in force; needs no key."""
        return self._do(asking.CATEGORIES)

    def rotate_key(self) -> NewKey:
        """Another key in the place of this one, which goes on for a week: keep it before anything else.

        Asked again with this one within a day, it is the same new key: an answer that was lost loses none.
        """
        return self._do(asking.ROTATE, self._rotation)

    def _do(self, ask: Ask[T], name: str = "") -> T:
        course, name = patiently(self.base, ask), name or new_name()
        pause = next(course)
        try:
            while True:
                if pause is None:
                    pause = course.send(self._once(ask, name))
                else:
                    time.sleep(pause)
                    pause = next(course)
        except StopIteration as done:
            answer: T = done.value
            return answer

    def _once(self, ask: Ask[Any], name: str) -> Said | Fault:
        try:
            with self._http.stream(**_sent(self.base, ask, name)) as response:
                body = bytearray()
                for more in pieces(response):
                    _grown(self.base, body, more)
                return Said(response.status_code, response.headers, bytes(body))
        except httpx.RequestError as error:
            return Fault(why(error))


class AsyncExchange:
    """The same, to be awaited."""

    def __init__(
        self, base: str, key: str, *, timeout: float = 60, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.base = base_address(base)
        self._rotation = asking.name_of_rotation(key)
        self._http = httpx.AsyncClient(transport=transport, **options(self.base, key, timeout))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close its connections."""
        await self._http.aclose()

    async def match(self, look_ups: Sequence[LookUp]) -> list[Answer]:
        """As `Exchange.match`."""
        return await self._do(asking.match(look_ups))

    async def match_upload(self, content: bytes) -> Answer:
        """As `Exchange.match_upload`."""
        return await self._do(asking.upload(content))

    async def feedback(self, words: Sequence[Word]) -> Taken:
        """As `Exchange.feedback`."""
        return await self._do(asking.feedback(words))

    async def page(self, after: int = 0, limit: int = PAGE_SIZE, wait: int = 0) -> Page:
        """As `Exchange.page`."""
        return await self._do(asking.page(after, limit, wait))

    async def hashes(self, after: int = 0, wait: int = 0, life: int | None = None) -> BinaryList:
        """As `Exchange.hashes`."""
        return await self._do(asking.hashes(after, wait, life))

    async def private_table(self) -> bytes:
        """As `Exchange.private_table`."""
        return await self._do(asking.PRIVATE_TABLE)

    async def private_evaluate(self, blinded: Sequence[bytes]) -> bytes:
        """As `Exchange.private_evaluate`."""
        return await self._do(asking.private_evaluate(blinded))

    async def figures(self) -> Figures:
        """As `Exchange.figures`."""
        return await self._do(asking.FIGURES)

    async def categories(self) -> list[Category]:
        """As `Exchange.categories`."""
        return await self._do(asking.CATEGORIES)

    async def rotate_key(self) -> NewKey:
        """As `Exchange.rotate_key`."""
        return await self._do(asking.ROTATE, self._rotation)

    async def _do(self, ask: Ask[T], name: str = "") -> T:
        course, name = patiently(self.base, ask), name or new_name()
        pause = next(course)
        try:
            while True:
                if pause is None:
                    pause = course.send(await self._once(ask, name))
                else:
                    await asyncio.sleep(pause)
                    pause = next(course)
        except StopIteration as done:
            answer: T = done.value
            return answer

    async def _once(self, ask: Ask[Any], name: str) -> Said | Fault:
        try:
            async with self._http.stream(**_sent(self.base, ask, name)) as response:
                body, unpacking = bytearray(), Unpacking(response)
                async for data in response.aiter_raw() if unpacking.packed else response.aiter_bytes():
                    for more in unpacking.take(data):
                        _grown(self.base, body, more)
                unpacking.end()
                return Said(response.status_code, response.headers, bytes(body))
        except httpx.RequestError as error:
            return Fault(why(error))
