"""The look-up paths of HMA, with its shapes, so that a platform can put this in its place.

Its answers know no action and no origin: an entry that nobody has examined is left out of them unless the
query says `unexamined=1`, because whoever reads a list of matches there acts on it.
"""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from disrupt.fingerprint import ImageFingerprint, VideoFingerprint, fingerprint_file
from disrupt.matching import RADIUS, Bank, Match
from disrupt.matching.entries import UNSEEN, hashes_from_hex
from disrupt.partner.serve.door import fetch
from disrupt.partner.serve.engine import Engine
from disrupt.partner.serve.http import Refused, Request, Response, form_of, read_json
from disrupt.partner.serve.looking import found_in, level_of, while_there
from disrupt.partner.serve.v1 import by_digest

TYPES: tuple[str, ...] = ("pdq", "video_md5")
_FIELDS = {"photo": ("pdq",), "video": ("video_md5",)}


async def hashed(request: Request, engine: Engine) -> Response:
    """`GET /h/hash?url=` and `POST /h/hash`."""
    if request.method == "GET":
        content, wanted = await _fetched(request, engine), TYPES
    else:
        content, wanted = await _uploaded(request)
    work = asyncio.get_running_loop().run_in_executor(
        engine.threads, lambda: fingerprint_file(content, sandbox=engine.sandbox)
    )
    hashes = _hashes(await while_there(request, work))
    types = _types(request)
    return Response.of({name: text for name, text in hashes.items() if name in wanted and name in types})


async def _fetched(request: Request, engine: Engine) -> bytes:
    address = request.query.get("url")
    if not address:
        raise Refused(400, "bad_request", "url is required")
    if not engine.settings.fetch:
        raise Refused(403, "no_fetching", "this server fetches nothing: send the content")
    return await fetch(address, engine.settings.most_bytes)


async def _uploaded(request: Request) -> tuple[bytes, tuple[str, ...]]:
    """The one file of a form, and the hashes that its field's name asks for."""
    body = await request.body()
    files = [part for part in await form_of(body, request.headers.get("content-type", "")) if part.is_file]
    if len(files) != 1:
        raise Refused(
            400, "one_file", "Only one file allowed per request" if files else "Missing file upload"
        )
    if files[0].name not in _FIELDS:
        raise Refused(400, "bad_field", f"no such content_type: {files[0].name[:40]!r}")
    return files[0].content, _FIELDS[files[0].name]


def _hashes(found: ImageFingerprint | VideoFingerprint) -> dict[str, str]:
    if isinstance(found, VideoFingerprint):
        return {"video_md5": found.md5}
    return {"pdq": found.pdq.hex}


def _types(request: Request) -> tuple[str, ...]:
    named = request.query.get("types") or request.query.get("signal_type")
    types = tuple(part.strip() for part in named.split(",") if part.strip()) if named else TYPES
    for one in types:
        if one not in TYPES:
            raise Refused(400, "bad_type", f"No such SignalType {one[:40]!r}")
    return types


def _required(request: Request, name: str) -> str:
    value = request.query.get(name)
    if not value:
        raise Refused(400, "bad_request", f"{name} is required")
    return value


def _by_signal(request: Request, engine: Engine) -> dict[str, list[tuple[str, int]]]:
    """The matches of a hash, by bank: ids and distances."""
    signal, kind = _required(request, "signal").lower(), _required(request, "signal_type")
    if kind not in TYPES:
        raise Refused(400, "bad_type", f"No such SignalType {kind[:40]!r}")
    banks = engine.chosen(request.query.get("banks", "").split(","))
    if kind == "video_md5":
        return _grouped(request, by_digest(banks, None, signal).matches)
    try:
        hashes = hashes_from_hex([signal])
    except ValueError as error:
        raise Refused(400, "bad_hash", f"invalid signal type: {error}") from error
    return {
        name: [
            (hit.entry.id, hit.distance)
            for hit in _nearest(bank, hashes)
            if _vouched(request, hit.entry.origin)
        ]
        for name, bank in banks.items()
    }


def _nearest(bank: Bank, hashes: Any) -> list[Any]:
    seen: dict[str, Any] = {}
    for hit in bank.query_pdq(hashes, RADIUS):
        seen.setdefault(hit.entry.id, hit)
    return list(seen.values())


def _vouched(request: Request, origin: str) -> bool:
    return origin not in UNSEEN or request.query.get("unexamined") == "1"


def _grouped(request: Request, matches: tuple[Match, ...]) -> dict[str, list[tuple[str, int]]]:
    found: dict[str, list[tuple[str, int]]] = {}
    for match in matches:
        if match.distance <= RADIUS and _vouched(request, match.origin):
            found.setdefault(match.bank, []).append((match.entry, match.distance))
    return found


def _id(entry: str) -> str | int:
    """A number where the entry came with one, as what HMA has does."""
    return int(entry) if entry.isascii() and entry.isdigit() and str(int(entry)) == entry else entry


def _told(found: dict[str, list[tuple[str, int]]]) -> dict[str, list[dict[str, str | int]]]:
    return {
        bank: [{"bank_content_id": _id(entry), "distance": str(distance)} for entry, distance in hits]
        for bank, hits in found.items()
        if hits
    }


async def raw_lookup(request: Request, engine: Engine) -> Response:
    """`GET /m/raw_lookup`."""
    found = [hit for hits in _by_signal(request, engine).values() for hit in hits]
    if request.query.get("include_distance", "").lower() in ("true", "1", "yes"):
        return Response.of({"matches": [{"bank_content_id": _id(e), "distance": str(d)} for e, d in found]})
    return Response.of({"matches": [_id(entry) for entry, _ in found]})


async def lookup(request: Request, engine: Engine) -> Response:
    """`GET /m/lookup` by hash or address, `POST /m/lookup` with a file, which is looked up in its views."""
    if request.method == "GET" and not request.query.get("url"):
        return Response.of(_told(_by_signal(request, engine)))
    if request.method == "GET":
        content, names = await _fetched(request, engine), TYPES
    else:
        content, names = await _uploaded(request)
    banks = engine.chosen(request.query.get("banks", "").split(","))
    level = level_of(request.query, engine.settings.level)
    found = await found_in(engine, request, content, banks, level=level, radius=RADIUS)
    told = _told(_grouped(request, found.matches))
    types = [name for name in _types(request) if name in names]
    if request.query.get("signal_type"):
        return Response.of(told)
    return Response.of({types[0] if types else names[0]: told})


async def compare(request: Request, engine: Engine) -> Response:
    """`POST /m/compare`."""
    try:
        told = read_json(await request.body())
        pairs = {str(kind): [str(one).lower() for one in pair] for kind, pair in told.items()}
    except (AttributeError, TypeError) as error:
        raise Refused(400, "bad_json", 'send {"pdq": [one, other]}') from error
    answer: dict[str, Any] = {}
    for kind, pair in pairs.items():
        if kind not in TYPES or len(pair) != 2:
            raise Refused(400, "bad_type", "a type that is known, and two hashes of it")
        if kind == "pdq":
            try:
                one, other = hashes_from_hex(pair)
            except ValueError as error:
                raise Refused(400, "bad_hash", str(error)) from error
            distance = int(np.bitwise_count(one ^ other).sum())
            answer[kind] = [distance <= RADIUS, {"distance": distance}]
        else:
            answer[kind] = [pair[0] == pair[1], {"distance": int(pair[0] != pair[1])}]
    return Response.of(answer)


async def index_status(request: Request, engine: Engine) -> Response:
    """`GET /m/index/status`."""
    size = sum(bank.stat().hashes for bank in engine.banks.values())
    fetched = max((health.fetched or 0.0 for health in engine.health().values()), default=0.0)
    one = {"present": bool(size), "built_to": int(fetched) or -1, "size": size}
    return Response.of(dict.fromkeys(_types(request), one))


async def status(request: Request, engine: Engine) -> Response:
    """`GET /status`."""
    states = {health.state for health in engine.health().values()}
    if not engine.ready or states <= {"empty"} or "damaged" in states:
        return Response.text("INDEX-NOT-LOADED", 503)
    return Response.text("INDEX-STALE", 503) if "stale" in states else Response.text("I-AM-ALIVE")
