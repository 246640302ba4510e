"""A sketch of a file: the fingerprints of what it shows and of its views, and a blurred stamp of it.

Made once, when the file has arrived; what is looked up later, in the bank or among what waits, needs no
decoder.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from disrupt.fingerprint import (
    DecodersBusy,
    FingerprintError,
    Held,
    ImageLuma,
    SandboxFailure,
    Unconfined,
    image_luma,
    look,
)
from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.hotline.processing import decoding
from disrupt.matching.views import MIN_QUALITY, ORIENTATIONS, views_of
from disrupt.protocol.generic import is_generic

Hashes = npt.NDArray[np.uint8]
IMAGE, VIDEO, UNREADABLE = "image", "video", ""
_KINDS = (UNREADABLE, IMAGE, VIDEO)
CUT = 8
"""Added to the number of an orientation where the view is not the whole picture."""
_STILL, _STILLS = 128, 24
_STAMP, _BLUR = 96, 5.0
_HEAD = struct.Struct(">BBIIHHI")
_VERSION = 1


@dataclass(frozen=True, eq=False)
class Sketch:
    """A file as it is compared.

    sha256   of its bytes, hexadecimal
    kind     IMAGE, VIDEO, or UNREADABLE: then only its bytes are known
    own      (K, 32) uint8: the PDQs of a picture as stored and as shown, or those of a film's stills
    views    (V, 32) uint8, radius (V,) uint8, code (V,) uint8: what a picture may have been before an edit,
             how far each view is believed, and which it is (an orientation's number, and CUT)
    stamp    a small grey blurred JPEG; empty where nothing could be decoded
    """

    sha256: str
    kind: str
    width: int
    height: int
    own: Hashes
    views: Hashes
    radius: Hashes
    code: Hashes
    stamp: bytes = b""

    def to_bytes(self) -> bytes:
        """In one piece, to be sealed."""
        sizes = len(self.own), len(self.views), len(self.stamp)
        head = _HEAD.pack(_VERSION, _KINDS.index(self.kind), self.width, self.height, *sizes)
        arrays = (self.own, self.views, self.radius, self.code)
        return head + bytes.fromhex(self.sha256) + b"".join(one.tobytes() for one in arrays) + self.stamp

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """The inverse of `to_bytes`; what is read was sealed here."""
        _version, kind, width, height, own, views, _stamp = _HEAD.unpack_from(data)
        ends = np.cumsum([_HEAD.size, 32, own * 32, views * 32, views, views]).tolist()
        parts = [np.frombuffer(data[a:b], np.uint8) for a, b in pairwise(ends[1:])]
        return cls(
            data[ends[0] : ends[1]].hex(),
            _KINDS[kind],
            width,
            height,
            parts[0].reshape(-1, 32),
            parts[1].reshape(-1, 32),
            parts[2],
            parts[3],
            data[ends[-1] :],
        )


def how(code: int) -> str:
    """What is undone in the view of this code; "" for the picture as it is."""
    return ", ".join(part for part in ("cut" if code & CUT else "", ORIENTATIONS[code % CUT]) if part)


def make(content: Held) -> Sketch:
    """Sketch a file; what cannot be decoded has its bytes only.

    Raises DecodersBusy, Unconfined, DecoderBroken: it is no fault of the file's, and to be tried again.
    """
    try:
        if content.kind == "video":
            return _of_film(content)
        return of_picture(image_luma(content, sandbox=decoding.sandbox()))
    except (DecodersBusy, Unconfined):
        raise
    except SandboxFailure:
        decoding.check()
    except FingerprintError:
        pass
    none = np.zeros((0, 32), np.uint8)
    return Sketch(content.digests().sha256, UNREADABLE, 0, 0, none, none, none[:, 0], none[:, 0])


def of_picture(decoded: ImageLuma) -> Sketch:
    """Sketch a picture, with all that it may have been before an edit."""
    found = decoded.fingerprint
    forms = [found.pdq, *([found.upright] if found.upright else []), *(one.pdq for one in found.shown)]
    own = [one.bits for one in forms if one.quality >= MIN_QUALITY and not is_generic(one.hex)]
    views, radius, code = np.zeros((0, 32), np.uint8), np.zeros(0, np.uint8), np.zeros(0, np.uint8)
    if found.pdq.quality >= MIN_QUALITY:
        seen = views_of(decoded.luma, whole=found.pdq, size=(found.width, found.height))
        rows = np.flatnonzero(seen.radius >= 0)
        views, radius = seen.hash[rows], seen.radius[rows].astype(np.uint8)
        code = (rows % CUT + np.where(rows >= CUT, CUT, 0)).astype(np.uint8)
    stamp = _stamp(decoded.luma)
    return Sketch(found.sha256, IMAGE, found.width, found.height, _stacked(own), views, radius, code, stamp)


def of_hex(text: str) -> Sketch:
    """What can be looked up by 64 digits alone, be they a SHA-256 or a PDQ."""
    none = np.zeros((0, 32), np.uint8)
    own = np.frombuffer(bytes.fromhex(text), np.uint8).reshape(1, 32)
    return Sketch(text, IMAGE, 0, 0, own, none, none[:, 0], none[:, 0])


def _of_film(content: Held) -> Sketch:
    seen = look(
        content,
        max_side=_STILL,
        still_side=_STILL,
        most=_STILLS,
        seconds=decoding.QUICK,
        sandbox=decoding.sandbox(),
    )
    hashed = [pdq_from_array(np.ascontiguousarray(still)) for still in seen.luma]
    own = [one.bits for one in hashed if one.quality >= MIN_QUALITY and not is_generic(one.hex)]
    none = np.zeros((0, 32), np.uint8)
    stamp = _stamp(max(seen.luma, key=lambda still: float(still.std()))) if len(seen.luma) else b""
    sha256 = seen.digests.sha256
    return Sketch(sha256, VIDEO, seen.width, seen.height, _stacked(own), none, none[:, 0], none[:, 0], stamp)


def _stacked(rows: list[Hashes]) -> Hashes:
    return np.stack(rows) if rows else np.zeros((0, 32), np.uint8)


def _stamp(luma: npt.NDArray[np.uint8]) -> bytes:
    """No decoder runs here: the luma comes from the sandbox."""
    small = Image.fromarray(luma)
    small.thumbnail((_STAMP, _STAMP))
    out = io.BytesIO()
    small.filter(ImageFilter.GaussianBlur(_BLUR)).save(out, "JPEG", quality=70)
    return out.getvalue()
