"""From what the fingerprinter found to what the bank offers: nothing that would match everything gets in."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from disrupt.fingerprint.digest import Digests
from disrupt.fingerprint.formats import Kind
from disrupt.fingerprint.types import ImageFingerprint, Pdq, VideoFingerprint
from disrupt.hotline.bank.models import DERIVED, EntryKind
from disrupt.hotline.bank.prints import Prints
from disrupt.protocol.generic import is_generic, is_generic_digest

# Below it, a PDQ has too few features and matches flat pictures (the algorithm's own recommendation).
MINIMUM_QUALITY = 50
SHOWN = "shown"
_SHA256, _MD5, _PDQ = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")


class NotFingerprints(ValueError):
    """What was declared from a device is not a set of fingerprints."""


@dataclass(frozen=True)
class Offer:
    """What goes to the bank, and what is left out of it, in words for the ledger."""

    prints: Prints
    notes: tuple[str, ...] = ()


def _usable(hexadecimal: str, quality: int) -> bool:
    return quality >= MINIMUM_QUALITY and not is_generic(hexadecimal)


def _pdq(pdq: Pdq, role: str) -> dict[str, Any]:
    return {"hex": pdq.hex, "quality": pdq.quality, "role": role}


def of_image(found: ImageFingerprint, parts: Sequence[Pdq] = ()) -> Offer:
    """SHA-256 and MD5 of the bytes; the PDQ of the pixels as stored, upright, and as shown otherwise.

    `parts` are the hashes of parts of the picture (derived entries), where the hotline makes them.
    """
    candidates = [(found.pdq, "stored")]
    if found.upright is not None:
        candidates.append((found.upright, "upright"))
    kept = tuple(_pdq(pdq, role) for pdq, role in candidates if _usable(pdq.hex, pdq.quality))
    left_out = len(candidates) - len(kept)
    kept += tuple(_pdq(form.pdq, SHOWN) for form in found.shown if _usable(form.pdq.hex, form.pdq.quality))
    if kept:
        kept += tuple(_pdq(part, DERIVED) for part in parts if _usable(part.hex, part.quality))
    notes = found.notes
    if left_out:
        notes += (f"PDQ of quality {found.pdq.quality} left out: too few features",)
    return Offer(Prints(EntryKind.IMAGE, found.sha256, found.md5, pdq=kept), notes)


def of_video(found: VideoFingerprint) -> Offer:
    """SHA-256 and MD5 of the bytes; the vPDQ of the frames that have features, as stored and as shown."""
    frames = (*found.vpdq, *found.upright)
    kept = tuple(
        {"frame": f.frame, "timestamp": f.timestamp, "quality": f.quality, "hex": f.hex}
        for f in frames
        if _usable(f.hex, f.quality)
    )
    notes = found.notes
    if len(kept) < len(frames):
        notes += (f"{len(frames) - len(kept)} of {len(frames)} frames left out: too few features",)
    return Offer(Prints(EntryKind.VIDEO, found.sha256, found.md5, vpdq=kept), notes)


def of_bytes(digests: Digests, announced: Kind, note: str) -> Offer:
    """Exact digests only, for content that cannot be decoded; its kind is what the first bytes announce."""
    kind = EntryKind.VIDEO if announced == "video" else EntryKind.IMAGE
    return Offer(Prints(kind, digests.sha256, digests.md5), (note,))


def of_declared(declared: Mapping[str, Any]) -> Offer:
    """Fingerprints made on a device, checked again: they come from outside. Raises NotFingerprints.

    Derived hashes are never among them: the person agreed to one hash of the whole (docs/adr/0004).
    """
    sha256, md5 = str(declared.get("sha256", "")).lower(), str(declared.get("md5", "")).lower()
    if not _SHA256.fullmatch(sha256) or (md5 and not _MD5.fullmatch(md5)):
        raise NotFingerprints("A declared fingerprint needs the SHA-256 of the file, in hexadecimal.")
    if is_generic_digest(sha256):
        raise NotFingerprints("This SHA-256 is of no file, or of an empty one.")
    md5 = "" if md5 and is_generic_digest(md5) else md5
    kind = EntryKind.VIDEO if declared.get("kind") == EntryKind.VIDEO else EntryKind.IMAGE
    pdq = tuple(
        row for row in _declared_prints(declared.get("pdq") or (), "role") if row.get("role") != DERIVED
    )
    vpdq = _declared_prints(declared.get("vpdq") or (), "frame", "timestamp")
    return Offer(Prints(kind, sha256, md5, pdq=pdq, vpdq=vpdq), ("made on the person's device",))


def _declared_prints(value: Any, *also: str) -> tuple[dict[str, Any], ...]:
    rows = [value] if isinstance(value, Mapping) else value
    if not isinstance(rows, (list, tuple)) or not all(isinstance(row, Mapping) for row in rows):
        raise NotFingerprints("Declared prints are a list of objects with `hex` (64 digits) and `quality`.")
    kept = []
    for row in rows:
        hexadecimal, quality = str(row.get("hex", "")).lower(), row.get("quality")
        if not _PDQ.fullmatch(hexadecimal) or not isinstance(quality, int):
            raise NotFingerprints("A declared PDQ is 64 hexadecimal digits with a quality from 0 to 100.")
        if _usable(hexadecimal, quality):
            kept.append(
                {"hex": hexadecimal, "quality": min(quality, 100)} | {k: row[k] for k in also if k in row}
            )
    return tuple(kept)
