"""Where a hotline hands its notices in: a small HTTP application, to stand behind the site's own server."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
import traceback
from collections.abc import Callable

from disrupt.partner.guard.desk import Desk
from disrupt.partner.serve.http import Gone, Held, Receive, Refused, Request, Response, Scope, Send
from disrupt.partner.shared.keyfile import BadKeys
from disrupt.protocol.envelope import MOST_BYTES, UUID, NoticeError, follows

_LOG = logging.getLogger("disrupt.guard")
WELL_KNOWN = "/.well-known/disrupt-guard.json"
NOTICES = "/disrupt-guard/notices"
_STATUS = {"unknown_key": 403, "bad_signature": 403, "other_host": 421, "replayed": 409}
_AT_ONCE = 4
_QUIET_SECONDS = 60.0


class Endpoint:
    """An ASGI application."""

    def __init__(self, desk: Desk, received: Callable[[], None]) -> None:
        self._desk, self._received = desk, received
        self._held = Held(8 * MOST_BYTES)
        self._under_way = 0
        # When a kind of refusal was noted last, and how many came since.
        self._refused: dict[str, tuple[float, int]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        request = Request(scope, receive, MOST_BYTES, self._held)
        try:
            await (await self._answered(request)).send(send)
        except Gone:
            return
        finally:
            self._held.now -= request.taken

    async def _answered(self, request: Request) -> Response:
        try:
            if request.method == "GET" and request.path == WELL_KNOWN:
                return Response.of(self._desk.home.announcement())
            if request.method == "GET" and request.path.startswith(f"{NOTICES}/"):
                return await self._read(request.path.removeprefix(f"{NOTICES}/"))
            if request.method == "POST" and request.path == NOTICES:
                return await self._take(await request.body())
            return _refusal(404, "unknown_path", "there is nothing at this path")
        except Refused as error:
            return _refusal(error.status, error.code, str(error))
        except NoticeError as error:
            self._note_refused(error.code)
            return _refusal(_STATUS.get(error.code, 400), error.code, str(error))
        except Gone:
            raise
        except (BadKeys, Exception) as error:
            # Where, never what: the words of an error may quote what was sent.
            where = traceback.extract_tb(error.__traceback__)[-1]
            _LOG.error("a notice failed: %s at %s:%d", type(error).__name__, where.filename, where.lineno)
            return _refusal(500, "fault", "a fault of the guard: see its log")

    async def _take(self, envelope: bytes) -> Response:
        if self._under_way >= _AT_ONCE:
            raise Refused(503, "busy", "too many notices are under way: try again shortly")
        self._under_way += 1
        try:
            answer = await asyncio.to_thread(self._desk.receive, envelope, "https")
        finally:
            self._under_way -= 1
        self._received()
        return Response(self._desk.home.sign(answer), 200 if answer.complete else 202)

    def _note_refused(self, code: str) -> None:
        """Anybody may send what is no notice: of each kind the log has a line a minute at most.

        Where the disk has no room for it, who sent it hears why all the same, and the next line counts it.
        """
        now = time.monotonic()
        noted, since = self._refused.get(code, (-_QUIET_SECONDS, 0))
        if now - noted < _QUIET_SECONDS:
            self._refused[code] = noted, since + 1
            return
        try:
            self._desk.quarantine.note("refused", code=code, way="https", since=since)
        except OSError as error:
            _LOG.error("the log has no line of a refusal: %s", error.strerror)
            self._refused[code] = now - _QUIET_SECONDS, since + 1
            return
        self._refused[code] = now, 0

    async def _read(self, notice_id: str) -> Response:
        record = self._desk.records.find(notice_id) if follows(UUID, notice_id) else None
        if record is None or record.answered is None:
            return _refusal(404, "unknown_notice", "no notice of this id was acted on here")
        return Response(self._desk.home.sign(record.answered), 200 if record.answered.complete else 202)


def _refusal(status: int, code: str, message: str) -> Response:
    return Response.of({"code": code, "message": message}, status)


def serve(desk: Desk, received: Callable[[], None], ended: threading.Event) -> None:
    """Listen where the settings say, until `ended`. Raises OSError where that is not possible."""
    import uvicorn

    from disrupt.partner.serve.patience import PatientProtocol

    host, _, port = desk.home.listen.rpartition(":")
    config = uvicorn.Config(
        Endpoint(desk, received),
        host=host.strip("[]") or "127.0.0.1",
        port=int(port),
        access_log=False,  # no address of anybody is written anywhere
        server_header=False,
        lifespan="off",
        # A line for each request that is none would let anybody fill the disk.
        log_level="error",
        http=PatientProtocol,
        ws="none",
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = uvicorn.Server(config)

    def stop() -> None:
        ended.wait()
        server.should_exit = True

    threading.Thread(target=stop, name="end of the endpoint", daemon=True).start()
    server.run()
