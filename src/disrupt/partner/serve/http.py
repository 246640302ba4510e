"""Requests read with limits, answers written, errors in one shape: what the ASGI protocol leaves to do."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from disrupt.errors import DisruptError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

SLOW_SECONDS = 30.0
"""The longest pause between two pieces of a body."""
SLOWEST = 4096
"""Bytes a second that a body brings at least, after the first SLOW_SECONDS."""
MOST_PARTS = 20
"""Of one form."""
MOST_JSON = 8 << 20
"""Bytes of one JSON body; some hours of a film's frames."""


class Refused(DisruptError):
    """A request that is answered with an error; `status` is HTTP's."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class Gone(Exception):
    """The client went away: there is nobody to answer."""


@dataclass(frozen=True, slots=True)
class Response:
    """An answer: JSON unless said otherwise."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, value: object, status: int = 200, **headers: str) -> Response:
        more = tuple((name.replace("_", "-"), text) for name, text in headers.items())
        return cls(json.dumps(value, ensure_ascii=False).encode(), status, headers=more)

    @classmethod
    def text(cls, text: str, status: int = 200) -> Response:
        return cls(text.encode(), status, "text/plain; charset=utf-8")

    async def send(self, send: Send) -> None:
        head = [("content-type", self.kind), ("content-length", str(len(self.body))), *self.headers]
        head += [("cache-control", "no-store"), ("x-content-type-options", "nosniff")]
        raw = [(name.encode("latin-1"), text.encode("latin-1")) for name, text in head]
        await send({"type": "http.response.start", "status": self.status, "headers": raw})
        await send({"type": "http.response.body", "body": self.body})


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a form: the field's name, whether it is a file, and its content."""

    name: str
    is_file: bool
    content: bytes


@dataclass
class Held:
    """How many bytes of bodies this process holds now, and may."""

    most: int
    now: int = 0


@dataclass
class Request:
    """One request; its body is read at most once."""

    scope: Scope
    receive: Receive
    most_bytes: int
    held: Held
    query: dict[str, str] = field(init=False)
    headers: dict[str, str] = field(init=False)
    taken: int = 0

    def __post_init__(self) -> None:
        pairs = parse_qsl(self.scope["query_string"].decode("latin-1"), keep_blank_values=True)
        self.query = dict(pairs)
        self.headers = {
            name.decode("latin-1").lower(): value.decode("latin-1") for name, value in self.scope["headers"]
        }

    @property
    def path(self) -> str:
        path: str = self.scope["path"]
        return path

    @property
    def method(self) -> str:
        method: str = self.scope["method"]
        return method

    async def body(self) -> bytes:
        """The whole body. Raises Refused (too large, too slow, too much at once) and Gone."""
        announced = self.headers.get("content-length", "0")
        if announced.isascii() and announced.isdigit() and int(announced) > self.most_bytes:
            raise self._too_large()
        pieces: list[bytes] = []
        began = time.monotonic()
        while True:
            left = SLOW_SECONDS + self.taken / SLOWEST - (time.monotonic() - began)
            try:
                message = await asyncio.wait_for(self.receive(), min(SLOW_SECONDS, left))
            except TimeoutError:
                raise Refused(408, "too_slow", "the body comes too slowly, or not at all") from None
            if message["type"] == "http.disconnect":
                raise Gone
            piece = message.get("body", b"")
            self.taken += len(piece)
            self.held.now += len(piece)
            if self.taken > self.most_bytes:
                raise self._too_large()
            if self.held.now > self.held.most:
                raise Refused(503, "busy", "too many bytes are held for other uploads: try again shortly")
            pieces.append(piece)
            if not message.get("more_body", False):
                return b"".join(pieces)

    def _too_large(self) -> Refused:
        return Refused(413, "media_too_large", f"a body has at most {self.most_bytes:,} bytes")

    async def gone(self) -> None:
        """Return when the client has gone away; after the body was read."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


def read_json(body: bytes) -> Any:
    """A body as JSON. Raises Refused."""
    if len(body) > MOST_JSON:
        raise Refused(413, "body_too_large", f"JSON has at most {MOST_JSON:,} bytes")
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "bad_json", "the body is not JSON") from error


async def form_of(body: bytes, content_type: str) -> list[Part]:
    """The parts of a form, read beside the loop that answers the others. Raises Refused."""
    return await asyncio.to_thread(parts_of, body, content_type)


def parts_of(body: bytes, content_type: str) -> list[Part]:
    """The parts of a form. Raises Refused for what is none."""
    from python_multipart.exceptions import FormParserError
    from python_multipart.multipart import MultipartParser, parse_options_header

    # It writes a line for each malformed form, by which anybody could fill a log.
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary")
    if kind != b"multipart/form-data" or not boundary:
        raise Refused(400, "not_a_form", "send multipart/form-data")
    parts: list[Part] = []
    header: list[bytes] = [b"", b""]
    here: dict[bytes, bytes] = {}
    content: list[bytes] = []

    def ended_header() -> None:
        here[header[0].lower()] = header[1]
        header[0] = header[1] = b""

    def ended() -> None:
        _, told = parse_options_header(here.get(b"content-disposition", b""))
        name = told.get(b"name", b"").decode("utf-8", "replace")
        parts.append(Part(name, b"filename" in told, b"".join(content)))

    def began() -> None:
        if len(parts) >= MOST_PARTS:
            raise Refused(400, "too_many_parts", f"a form has at most {MOST_PARTS} parts")
        here.clear()
        content.clear()

    def took(which: int) -> Callable[[bytes, int, int], None]:
        def more(data: bytes, start: int, end: int) -> None:
            header[which] += data[start:end]

        return more

    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": began,
                "on_part_data": lambda data, start, end: content.append(data[start:end]),
                "on_part_end": ended,
                "on_header_field": took(0),
                "on_header_value": took(1),
                "on_header_end": ended_header,
            },
        )
        parser.write(body)
        parser.finalize()
    except FormParserError as error:
        raise Refused(400, "not_a_form", "the form cannot be read: it is cut short or malformed") from error
    return parts
