"""Reads the fingerprints that a browser made: each value is checked, and whatever else came is dropped."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

_HEX64, _HEX32 = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}")
# One each second for an hour; the page thins longer films out, so that a form stays small.
MOST_FRAMES = 3600
MOST_FRAMES_IN_ALL = 6000
# As stored, upright, and up to sixteen forms in which it is shown.
MOST_FORMS = 18
_LONGEST = 24 * 3600
# PDQ compares each of 256 values with their median: about half of the bits are set. What is far from that was
# not made from a picture, and would be close to everything flat.
_BITS = range(64, 193)
_NOTHING = hashlib.sha256(b"").hexdigest()


Declared = Mapping[str, Any]


class NotFingerprints(ValueError):
    """What was sent is not what the page makes."""


def read(text: str, most: int) -> tuple[Declared, ...]:
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


def together(rows: Sequence[Declared], most: int) -> tuple[Declared, ...]:
    """The same file chosen twice is one fingerprint. Raises NotFingerprints when they are too many."""
    each = tuple({one["sha256"]: one for one in rows}.values())[:most]
    if sum(len(one["vpdq"]) for one in each) > MOST_FRAMES_IN_ALL:
        raise NotFingerprints(f"A report holds at most {MOST_FRAMES_IN_ALL} frames of films.")
    return each


def _one(row: Mapping[str, Any]) -> Declared:
    kind = row.get("kind")
    if kind not in ("image", "video"):
        raise NotFingerprints("A fingerprint is of an image or of a video.")
    if row.get("sha256") == _NOTHING:
        raise NotFingerprints("An empty file has no fingerprint.")
    pdq, vpdq = row.get("pdq", []), row.get("vpdq", [])
    if (
        not isinstance(pdq, list)
        or not isinstance(vpdq, list)
        or len(pdq) > MOST_FORMS
        or len(vpdq) > MOST_FRAMES
    ):
        raise NotFingerprints(f"An image has at most {MOST_FORMS} PDQ hashes, a video {MOST_FRAMES} frames.")
    if (kind == "image" and vpdq) or (kind == "video" and pdq):
        raise NotFingerprints("An image has `pdq`, a video `vpdq`.")
    return {
        "kind": kind,
        "sha256": _hexadecimal(row.get("sha256"), _HEX64),
        "md5": _hexadecimal(row.get("md5"), _HEX32),
        "pdq": [_still(one) for one in pdq],
        "vpdq": [_frame(one) for one in vpdq],
        **_possession(row),
    }


def _possession(row: Mapping[str, Any]) -> dict[str, str]:
    """What only the file itself gives (common/possession.py); a page of before did not make it."""
    return {"possession": _hexadecimal(row["possession"], _HEX64)} if "possession" in row else {}


def _still(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict) or row.get("role") not in ("stored", "upright", "shown"):
        raise NotFingerprints("A PDQ is of the picture as stored, upright or as shown otherwise.")
    return {**_hash(row), "role": row["role"]}


def _frame(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        raise NotFingerprints("A frame is an object.")
    frame = _number(row.get("frame"), 2**31 - 1, whole=True)
    return {**_hash(row), "frame": int(frame), "timestamp": round(_number(row.get("timestamp"), _LONGEST), 3)}


def _hash(row: Mapping[str, Any]) -> dict[str, Any]:
    quality = _number(row.get("quality"), 100, whole=True)
    hexadecimal = _hexadecimal(row.get("hex"), _HEX64)
    likely = int(hexadecimal, 16).bit_count() in _BITS
    return {"hex": hexadecimal, "quality": int(quality) if likely else 0}


def _number(value: Any, most: int, *, whole: bool = False) -> float:
    kinds = int if whole else (int, float)
    # A comparison with NaN is false, so it is refused as well.
    if isinstance(value, bool) or not isinstance(value, kinds) or not 0 <= value <= most:
        raise NotFingerprints(f"Frames, times and qualities are numbers from 0 to {most}.")
    return value


def _hexadecimal(value: Any, pattern: re.Pattern[str]) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise NotFingerprints("A hash is written in small hexadecimal digits.")
    return value
