"""The application: who may ask, which function answers, and in what shape errors are told."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from disrupt.errors import DisruptError
from disrupt.fingerprint import FingerprintError, MediaTooLarge, SandboxFailure
from disrupt.matching import BankError, EmptyBank, IndexFileError
from disrupt.partner.bank.health import told_time
from disrupt.partner.serve import hma, openapi, v1
from disrupt.partner.serve.counters import Counters
from disrupt.partner.serve.engine import Engine
from disrupt.partner.serve.http import Gone, Held, Receive, Refused, Request, Response, Scope, Send
from disrupt.partner.serve.keys import Keys
from disrupt.partner.serve.orphans import end_with_the_supervisor
from disrupt.partner.serve.settings import Settings

_LOG = logging.getLogger("disrupt.serve")

Answer = Callable[[Request], Awaitable[Response]]

_OPEN = ("/live", "/ready", "/status", "/status/live")
"""What is answered without a key."""


class App:
    """An ASGI application; its engine starts with the server's lifespan."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.counters = Counters(settings.counters)
        self.keys = Keys(settings.keys)
        self._held = Held(settings.held_bytes)
        self._engine: Engine | None = None
        self.routes: dict[tuple[str, str], Answer] = {
            ("GET", "/live"): self._live,
            ("GET", "/status/live"): self._live,
            ("GET", "/ready"): self._ready,
            ("GET", "/status"): lambda r: hma.status(r, self.engine),
            ("GET", "/metrics"): self._metrics,
            ("GET", "/openapi.json"): self._openapi,
            ("POST", "/v1/match"): lambda r: v1.match(r, self.engine, self.counters),
            ("GET", "/h/hash"): lambda r: hma.hashed(r, self.engine),
            ("POST", "/h/hash"): lambda r: hma.hashed(r, self.engine),
            ("GET", "/m/raw_lookup"): lambda r: hma.raw_lookup(r, self.engine),
            ("GET", "/m/lookup"): lambda r: hma.lookup(r, self.engine),
            ("POST", "/m/lookup"): lambda r: hma.lookup(r, self.engine),
            ("POST", "/m/compare"): lambda r: hma.compare(r, self.engine),
            ("GET", "/m/index/status"): lambda r: hma.index_status(r, self.engine),
        }

    @property
    def engine(self) -> Engine:
        if self._engine is None:
            raise Refused(503, "starting", "the server is starting: try again shortly")
        return self._engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    self._engine = Engine(self.settings)
                except (DisruptError, OSError) as error:
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._engine is not None:
                    self._engine.end()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.monotonic()
        request = Request(scope, receive, self.settings.most_bytes, self._held)
        try:
            response = await self._answered(request)
            await response.send(send)
        except Gone:
            return
        finally:
            self._held.now -= request.taken
        self.counters.request(request.path, response.status, time.monotonic() - began)

    async def _answered(self, request: Request) -> Response:
        try:
            if request.path not in _OPEN:
                self._admit(request)
            answer = self.routes.get((request.method, request.path))
            if answer is None:
                known = {method for method, path in self.routes if path == request.path}
                if known:
                    return _refusal(405, "method", f"this path answers to {', '.join(sorted(known))}")
                return _refusal(404, "unknown_path", "there is nothing at this path")
            return await answer(request)
        except Refused as error:
            return _refusal(error.status, error.code, str(error))
        except EmptyBank as error:
            return _refusal(503, error.code, str(error))
        except (MediaTooLarge, SandboxFailure, FingerprintError) as error:
            return _refusal(413 if isinstance(error, MediaTooLarge) else 422, error.code, str(error))
        except (BankError, IndexFileError) as error:
            _LOG.error("a bank is damaged: %s", error.code)
            self.engine.doubt()
            return _refusal(500, error.code, str(error))
        except DisruptError as error:
            return _refusal(400, error.code, str(error))
        except Gone:
            raise
        except Exception as error:
            # Where, never what: the words of an error may quote what was sent.
            where = traceback.extract_tb(error.__traceback__)[-1]
            _LOG.error("a request failed: %s at %s:%d", type(error).__name__, where.filename, where.lineno)
            return _refusal(500, "fault", "a fault of the server: see its log")

    def _admit(self, request: Request) -> None:
        if not self.keys.asked_for:
            return
        given = request.headers.get("x-api-key", "")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            given = token.strip()
        if not self.keys.admit(given):
            raise Refused(401, "key", "give a key: Authorization: Bearer KEY")

    async def _live(self, request: Request) -> Response:
        return Response.text("I-AM-ALIVE")

    async def _ready(self, request: Request) -> Response:
        health = self.engine.health()
        states = {one.state for one in health.values()}
        good = self.engine.ready and not states & {"empty", "damaged"}
        banks = {
            name: {
                "state": one.state,
                "entries": one.entries,
                "fetched_at": told_time(one.fetched),
                "reasons": list(one.reasons),
            }
            for name, one in health.items()
        }
        return Response.of({"ready": good, "banks": banks}, 200 if good else 503)

    async def _metrics(self, request: Request) -> Response:
        gauges: dict[str, float] = {"disrupt_ready": float(self.engine.ready)}
        health = self.engine.health()
        now = time.time()
        for name, one in health.items():
            gauges[f'disrupt_bank_entries{{bank="{name}"}}'] = one.entries
        for name, one in health.items():
            gauges[f'disrupt_bank_clean{{bank="{name}"}}'] = float(one.state == "clean")
        for name, one in health.items():
            if one.fetched is not None:
                gauges[f'disrupt_bank_age{{bank="{name}"}}'] = now - one.fetched
        text = self.counters.text(gauges)
        return Response(text.encode(), kind="text/plain; version=0.0.4; charset=utf-8")

    async def _openapi(self, request: Request) -> Response:
        return Response.of(openapi.document(self.keys.asked_for))


def _refusal(status: int, code: str, message: str) -> Response:
    more: dict[str, Any] = {"retry_after": "1"} if status == 503 else {}
    return Response.of({"code": code, "message": message}, status, **more)


def from_environment() -> App:
    """What the server's worker processes call."""
    end_with_the_supervisor()
    return App(Settings.from_environment())
