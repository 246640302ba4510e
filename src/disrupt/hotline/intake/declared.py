"""Reads the fingerprints that a browser made: they come from outside, so each value is checked and the rest dropped."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any

_HEX64, _HEX32 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
# One each second for an hour; the page thins longer films out, so that a form stays small.
MOST_FRAMES = 3600
MOST_FRAMES_IN_ALL = 6000
_LONGEST_SECONDS = 24 * 3600


class NotFingerprints(ValueError):
    """What was sent is not what the page makes."""


def read(text: str, most: int) -> tuple[dict[str, Any], ...]:
    """The declared fingerprints of a form's field, as the worker expects them. Raises NotFingerprints."""
    try:
        rows = json.loads(text) if text else []
    except (ValueError, RecursionError):
        raise NotFingerprints("The fingerprints are a JSON list.") from None
    if not isinstance(rows, list) or len(rows) > most or not all(isinstance(row, dict) for row in rows):
        raise NotFingerprints(f"The fingerprints are a list of at most {most} objects.")
    found = tuple(_one(row) for row in rows)
    if sum(len(one["vpdq"]) for one in found) > MOST_FRAMES_IN_ALL:
        raise NotFingerprints(f"A report holds at most {MOST_FRAMES_IN_ALL} frames of films.")
    return found


def _one(row: Mapping[str, Any]) -> dict[str, Any]:
    kind = row.get("kind")
    if kind not in {"image", "video"}:
        raise NotFingerprints("A fingerprint is of an image or of a video.")
    pdq, vpdq = row.get("pdq", []), row.get("vpdq", [])
    if not isinstance(pdq, list) or not isinstance(vpdq, list) or len(pdq) > 2 or len(vpdq) > MOST_FRAMES:
        raise NotFingerprints(f"An image has at most two PDQ hashes, a video {MOST_FRAMES} frames.")
    if (kind == "image" and vpdq) or (kind == "video" and pdq):
        raise NotFingerprints("An image has `pdq`, a video `vpdq`.")
    return {
        "kind": kind,
        "sha256": _hexadecimal(row.get("sha256"), _HEX64),
        "md5": _hexadecimal(row.get("md5"), _HEX32),
        "pdq": [_still(one) for one in pdq],
        "vpdq": [_frame(one) for one in vpdq],
    }


def _still(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or row.get("role") not in {"stored", "upright"}:
        raise NotFingerprints("A PDQ is of the picture as stored or upright.")
    return {**_hash(row), "role": row["role"]}


def _frame(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise NotFingerprints("A frame is an object.")
    frame, timestamp = row.get("frame"), row.get("timestamp")
    if not _is_number(frame, int) or not 0 <= frame < 2**31:
        raise NotFingerprints("A frame has its number.")
    if not _is_number(timestamp, (int, float)) or not 0 <= timestamp <= _LONGEST_SECONDS:
        raise NotFingerprints("A frame has its time in seconds.")
    return {**_hash(row), "frame": frame, "timestamp": round(float(timestamp), 3)}


def _hash(row: Mapping[str, Any]) -> dict[str, Any]:
    quality = row.get("quality")
    if not _is_number(quality, int) or not 0 <= quality <= 100:
        raise NotFingerprints("A quality is a whole number from 0 to 100.")
    return {"hex": _hexadecimal(row.get("hex"), _HEX64), "quality": quality}


def _hexadecimal(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotFingerprints("A hash is written in small hexadecimal digits.")
    return value


def _is_number(value: Any, kind: type | tuple[type, ...]) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool) and math.isfinite(value)
