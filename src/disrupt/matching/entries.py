"""What a bank holds: one entry is one banked content, with all its fingerprints; its form on disk is JSON."""

from __future__ import annotations

import json
import math
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.matching.errors import BadEntry, BadHash, LowQuality

Kind = Literal["image", "video"]
Origin = Literal["examined", "declared", "shared", "own"]
UNSEEN = frozenset({"declared", "shared"})
"""Origins of entries that nobody at the hotline has looked at."""
Role = Literal["stored", "upright", "shown", "derived"]
Status = Literal["active", "muted"]

MINIMUM_QUALITY = 50
"""A PDQ below this quality matches unrelated flat pictures: it is kept on record and never looked up."""

_SUM = b', "sum": "%08x'
_SUM_LENGTH = 20
_HEX = re.compile(r"[0-9a-f]+\Z")
_CHOICES = {
    "kind": frozenset(get_args(Kind)),
    "status": frozenset(get_args(Status)),
    "origin": frozenset(get_args(Origin)),
}
_ROLES = frozenset(get_args(Role))
_TOGETHER = frozenset(product(get_args(Kind), get_args(Status), get_args(Origin)))
_SHA256, _MD5 = re.compile(r"[0-9a-f]{64}\Z"), re.compile(r"[0-9a-f]{32}\Z")


@dataclass(frozen=True, slots=True)
class PdqValue:
    """A picture's PDQ: of the pixels as stored, turned upright by EXIF, as shown otherwise (on white, a later
    frame), or derived (a part of it)."""

    hex: str
    quality: int
    role: Role = "stored"


@dataclass(frozen=True, slots=True)
class FrameValue:
    """The PDQ of one frame of a video; `timestamp` in seconds."""

    frame: int
    timestamp: float
    quality: int
    hex: str


@dataclass(frozen=True, slots=True)
class BankEntry:
    """One banked content.

    `origin`: examined by an analyst, declared by the person (fingerprint made on their device), shared (told
    to the hotline by another), or the platform's own; where nobody says, nobody has examined it. A sync
    from the start leaves only `own` alone.
    `source`: the exchange that it was fetched from, empty for any other way.
    `status`: a muted entry stays on record and is not matched, `reason` says why. `label`: free text.
    """

    id: str
    kind: Kind
    category: str = ""
    status: Status = "active"
    origin: Origin = "declared"
    sha256: str | None = None
    md5: str | None = None
    pdq: tuple[PdqValue, ...] = ()
    vpdq: tuple[FrameValue, ...] = ()
    label: str = ""
    source: str = ""
    reason: str = ""

    @property
    def hashes(self) -> tuple[PdqValue | FrameValue, ...]:
        """Every PDQ of it, good or poor."""
        return (*self.pdq, *self.vpdq)

    @property
    def digest_only(self) -> bool:
        """Whether only exact copies can be found: no PDQ of it is good enough to be looked up."""
        return not any(value.quality >= MINIMUM_QUALITY for value in self.hashes)


def check_entry(entry: BankEntry) -> BankEntry:
    """The entry, if it can be banked; raises `BadEntry`, or `LowQuality` where nothing could ever match."""
    if _is_plain(entry):
        return entry
    _need(isinstance(entry.id, str) and 0 < len(entry.id) <= 500 and entry.id.isprintable(), "id", entry.id)
    for name, choices in _CHOICES.items():
        value = getattr(entry, name)
        _need(isinstance(value, str) and value in choices, name, value)
    for name in ("category", "label", "source", "reason"):
        _need(isinstance(getattr(entry, name), str), name, getattr(entry, name))
    for name, length in (("sha256", 64), ("md5", 32)):
        value = getattr(entry, name)
        _need(value is None or _is_hex(value, length), name, value, f"{length} lower-case hexadecimal digits")
    for one in entry.hashes:
        _need(_is_hex(one.hex, 64), "PDQ", one.hex, "64 lower-case hexadecimal digits")
        _need(type(one.quality) is int and 0 <= one.quality <= 100, "quality", one.quality, "0 to 100")
    for print_ in entry.pdq:
        _need(isinstance(print_.role, str) and print_.role in _ROLES, "role", print_.role)
    for frame in entry.vpdq:
        _need(type(frame.frame) is int and frame.frame >= 0, "frame", frame.frame)
        _need(
            type(frame.timestamp) in (int, float) and math.isfinite(frame.timestamp),
            "timestamp",
            frame.timestamp,
        )
    if entry.sha256 is None and entry.md5 is None and entry.digest_only:
        if not entry.pdq and not entry.vpdq:
            raise BadEntry(f"entry {entry.id!r} has no fingerprint: give a SHA-256, an MD5 or a PDQ")
        raise LowQuality(
            f"entry {entry.id!r}: the quality of its PDQ is below {MINIMUM_QUALITY}, as for flat or blurred "
            "pictures, so it would match unrelated ones; bank it with its SHA-256 or MD5 to find exact copies"
        )
    return entry


def _is_plain(entry: BankEntry) -> bool:
    """Whether it is plainly good, as nearly every one of millions is; what is not is looked at again."""
    sha256, md5 = entry.sha256, entry.md5
    return (
        type(entry.id) is str
        and 0 < len(entry.id) <= 500
        and entry.id.isprintable()
        and all(type(one) is str for one in (entry.category, entry.label, entry.source, entry.reason))
        and (entry.kind, entry.status, entry.origin) in _TOGETHER
        and (sha256 is None or (type(sha256) is str and _SHA256.match(sha256) is not None))
        and (md5 is None or (type(md5) is str and _MD5.match(md5) is not None))
        and not entry.vpdq
        and any(one.quality >= MINIMUM_QUALITY for one in entry.pdq)
        and all(
            type(one.hex) is str
            and _SHA256.match(one.hex) is not None
            and type(one.quality) is int
            and 0 <= one.quality <= 100
            and one.role in _ROLES
            for one in entry.pdq
        )
    )


def entry_to_json(entry: BankEntry) -> str:
    """One line of JSON, without what is empty."""
    members: dict[str, Any] = {
        "id": entry.id,
        "kind": entry.kind,
        "category": entry.category,
        "status": entry.status,
        "origin": entry.origin,
        "sha256": entry.sha256,
        "md5": entry.md5,
        "pdq": [{"hex": v.hex, "quality": v.quality, "role": v.role} for v in entry.pdq],
        "vpdq": [
            {"frame": v.frame, "timestamp": v.timestamp, "quality": v.quality, "hex": v.hex}
            for v in entry.vpdq
        ],
        "label": entry.label,
        "source": entry.source,
        "reason": entry.reason,
    }
    return json.dumps({name: value for name, value in members.items() if value}, ensure_ascii=False)


def sealed(line: bytes) -> bytes:
    """An entry's JSON with its checksum as the last member: damage must not become another fingerprint."""
    return line if _sum_of(line) else line[:-1] + _SUM % zlib.crc32(line) + b'"}'


def _sum_of(line: bytes) -> bytes:
    """The checksum that a line carries, or nothing: one written by a person has none."""
    tail = line[-_SUM_LENGTH:]
    return tail[-10:-2] if tail.startswith(_SUM[:10]) and tail.endswith(b'"}') else b""


def entry_from_json(text: bytes) -> BankEntry:
    """The inverse of `entry_to_json`, sealed or not; raises `BadEntry`. Unknown members are left out."""
    try:
        data = json.loads(text)
    except ValueError as error:
        raise BadEntry("not a line of JSON") from error
    if not isinstance(data, dict):
        raise BadEntry("not a JSON object")
    entry = check_entry(entry_from_dict(data))
    told = _sum_of(text)
    if told and told != b"%08x" % zlib.crc32(text[:-_SUM_LENGTH] + b"}"):
        raise BadEntry("its checksum does not match its content (who changes a line takes its sum away)")
    return entry


def entry_from_dict(data: Mapping[str, Any]) -> BankEntry:
    """An entry from its JSON members, unchecked but for their shape; raises `BadEntry`."""
    try:
        return BankEntry(
            id=data["id"],
            kind=data["kind"],
            category=data.get("category", ""),
            status=data.get("status", "active"),
            origin=data.get("origin", "declared"),
            sha256=data.get("sha256"),
            md5=data.get("md5"),
            pdq=tuple(PdqValue(v["hex"], v["quality"], v.get("role", "stored")) for v in data.get("pdq", ())),
            vpdq=tuple(
                FrameValue(v["frame"], v["timestamp"], v["quality"], v["hex"]) for v in data.get("vpdq", ())
            ),
            label=data.get("label", ""),
            source=data.get("source", ""),
            reason=data.get("reason", ""),
        )
    except KeyError as error:
        raise BadEntry(f"member {error.args[0]!r} is missing") from error
    except (TypeError, AttributeError) as error:
        raise BadEntry("a member has the wrong type") from error


def hashes_from_hex(texts: Sequence[str]) -> NDArray[np.uint8]:
    """PDQs in hexadecimal as uint8 (N, 32); raises `BadHash` naming the first that is malformed."""
    for number, text in enumerate(texts):
        if not _is_hex(text.lower(), 64):
            raise BadHash(f"hash number {number + 1}, {text[:80]!r}, is not 64 hexadecimal digits")
    return np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(-1, 32)


def as_hashes(hashes: ArrayLike | Sequence[str]) -> ArrayLike:
    """The same, where they are texts; what is numbers already comes back as it is."""
    if isinstance(hashes, list | tuple) and hashes and all(isinstance(text, str) for text in hashes):
        return hashes_from_hex([str(text) for text in hashes])
    return hashes


def _is_hex(value: object, length: int) -> bool:
    return isinstance(value, str) and len(value) == length and _HEX.match(value) is not None


def _need(condition: bool, name: str, value: object, wanted: str = "") -> None:
    if not condition:
        shown = repr(value)
        shown = shown if len(shown) <= 90 else shown[:80] + "..."
        raise BadEntry(f"malformed {name} {shown}" + (f": it must be {wanted}" if wanted else ""))
