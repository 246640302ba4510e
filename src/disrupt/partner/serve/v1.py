"""Our own interface: `POST /v1/match` with a file, an address or hashes."""

from __future__ import annotations

import asyncio
import math
from typing import Any

from disrupt import __version__
from disrupt.fingerprint import FingerprintError, MediaTooLarge, Pdq, VideoFingerprint, VpdqFrame
from disrupt.fingerprint.digest import digest_chunks
from disrupt.matching import Bank, Findings, Match
from disrupt.matching.looking import Look
from disrupt.matching.lookup import SHA256
from disrupt.partner.answers import careful, match_as_json, recognised
from disrupt.partner.serve.counters import Counters
from disrupt.partner.serve.door import fetch
from disrupt.partner.serve.engine import Engine
from disrupt.partner.serve.http import Refused, Request, Response, form_of, read_json
from disrupt.partner.serve.looking import found_in, level_of, whole
from disrupt.protocol.numbers import as_whole

MOST_FRAMES = 20_000
"""Of one look-up: at one a second, five hours and a half."""
_HASHES = ("pdq", "quality", "sha256", "md5", "vpdq", "url")


async def match(request: Request, engine: Engine, counters: Counters) -> Response:
    """Look an upload up. Raises Refused, Gone, DisruptError."""
    query = request.query
    options = {
        "level": level_of(query, engine.settings.level),
        "radius": whole(query, "radius", 64),
        "top": whole(query, "top", 1000, 1),
        "sampling": query.get("sampling", "keyframes"),
    }
    if options["sampling"] not in ("seconds", "keyframes"):
        raise Refused(400, "bad_parameter", "sampling is seconds or keyframes")
    banks = engine.chosen(query.get("banks", "").split(","))
    body = await request.body()
    counters.add("disrupt_uploaded_bytes_total", len(body))
    source = await _source(request, engine, body, banks)
    try:
        found = await _found(engine, request, source, banks, options)
    except FingerprintError as error:
        return await _undecoded(engine, error, source, banks, counters)
    health = engine.health()
    action = found.action
    counters.answer(action, shadow=engine.settings.shadow)
    answer: dict[str, Any] = {
        "version": __version__,
        "action": "none" if engine.settings.shadow else action,
        "matches": [_told(one, banks) for one in found],
        "quality": found.quality,
        "size": list(found.size),
        "banks": {name: health[name].state for name in banks},
    }
    if engine.settings.shadow:
        answer["shadow"] = {"action": action}
    if found.refused:
        answer["refused"] = found.refused
    return Response.of(answer)


async def _found(
    engine: Engine, request: Request, source: Look | Findings, banks: dict[str, Bank], options: dict[str, Any]
) -> Findings:
    if isinstance(source, Findings):
        return source
    return await found_in(engine, request, source, banks, **options)


async def _undecoded(
    engine: Engine,
    error: FingerprintError,
    source: Look | Findings,
    banks: dict[str, Bank],
    counters: Counters,
) -> Response:
    """An error that says what to do as well: nothing passes because it is broken."""
    content = source if isinstance(source, bytes) else b""
    found = await asyncio.to_thread(recognised, digest_chunks([memoryview(content)]), banks)
    action = careful(found) if content else "none"
    counters.answer(action, shadow=engine.settings.shadow)
    answer: dict[str, Any] = {
        "code": error.code,
        "message": str(error),
        "action": "none" if engine.settings.shadow else action,
        "matches": [_told(one, banks) for one in found],
    }
    if engine.settings.shadow:
        answer["shadow"] = {"action": action}
    return Response.of(answer, 413 if isinstance(error, MediaTooLarge) else 422)


def _told(found: Match, banks: dict[str, Bank]) -> dict[str, Any]:
    entry = banks[found.bank].get(found.entry)
    return {
        "bank": found.bank,
        **match_as_json(found, explain=True),
        "label": found.label,
        "kind": entry.kind if entry else None,
    }


async def _source(request: Request, engine: Engine, body: bytes, banks: dict[str, Bank]) -> Look | Findings:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json":
        return await _from_json(engine, body, banks)
    if kind == "multipart/form-data":
        files = [part for part in await form_of(body, request.headers["content-type"]) if part.is_file]
        if len(files) != 1:
            raise Refused(400, "one_file", "send one file in a request")
        return files[0].content
    return body


async def _from_json(engine: Engine, body: bytes, banks: dict[str, Bank]) -> Look | Findings:
    told = read_json(body)
    if not isinstance(told, dict) or not set(told) <= set(_HASHES) or not told:
        raise Refused(400, "bad_json", f"send an object with one of {', '.join(_HASHES)}")
    if "url" in told:
        if not engine.settings.fetch:
            raise Refused(403, "no_fetching", "this server fetches nothing: send the content")
        return await fetch(str(told["url"]), engine.settings.most_bytes)
    try:
        if "vpdq" in told:
            return _film(told)
        if "pdq" in told:
            return Pdq(str(told["pdq"]), _whole(told.get("quality", 100), 100))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise Refused(400, "bad_hash", "a hash is malformed: 64 lower-case hexadecimal digits") from error
    if told.get("sha256") is None and told.get("md5") is None:
        raise Refused(400, "bad_json", "send a digest: nothing that was sent can be looked up")
    return by_digest(banks, told.get("sha256"), told.get("md5"))


def _whole(value: object, most: int) -> int:
    found = as_whole(value, most)
    if found is None:
        raise ValueError(f"not a whole number from 0 to {most}")
    return found


def _film(told: dict[str, Any]) -> VideoFingerprint:
    """A film by its frames. Raises Refused, ValueError, KeyError, TypeError, OverflowError."""
    if not isinstance(told["vpdq"], list) or not 0 < len(told["vpdq"]) <= MOST_FRAMES:
        raise Refused(400, "bad_hash", f"vpdq is a list of 1 to {MOST_FRAMES:,} frames")
    frames = tuple(
        VpdqFrame(_whole(f["frame"], 2**31), float(f["timestamp"]), _whole(f["quality"], 100), str(f["hex"]))
        for f in told["vpdq"]
    )
    if not all(math.isfinite(frame.timestamp) and frame.timestamp >= 0 for frame in frames):
        raise ValueError("a timestamp is a number of seconds")
    digests = told.get("sha256") or "", told.get("md5") or ""
    check_digests(digests[0] or None, digests[1] or None)
    return VideoFingerprint(*digests, 1, 1, max(frame.timestamp for frame in frames), frames)


def by_digest(banks: dict[str, Bank], sha256: object, md5: object) -> Findings:
    """Entries of the very same bytes. Raises Refused for what is no digest."""
    check_digests(sha256, md5)
    matches = tuple(
        Match(entry.id, 0, SHA256, entry.category, "match", origin=entry.origin, bank=name, label=entry.label)
        for name, bank in banks.items()
        for entry in bank.find_digest(
            sha256=None if sha256 is None else str(sha256), md5=None if md5 is None else str(md5)
        )
    )
    return Findings(matches, 100, (0, 0))


def check_digests(sha256: object, md5: object) -> None:
    """Raises Refused for what is neither a digest nor None."""
    for digest, length in ((sha256, 64), (md5, 32)):
        if digest is not None and not (
            isinstance(digest, str)
            and len(digest) == length
            and set(digest.lower()) <= set("0123456789abcdef")
        ):
            raise Refused(400, "bad_hash", f"a digest is {length} hexadecimal digits")
