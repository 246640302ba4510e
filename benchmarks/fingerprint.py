"""Fingerprints side by side with the peers; run `python -m benchmarks.fingerprint`.

One thread, medians of calls that take turns, ratios within one run.
"""

from __future__ import annotations

import importlib.util
import io
import os
import sys
import time
from functools import cache, partial
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import numpy.typing as npt
from PIL import Image

from benchmarks.report import Row, medians, render, skipped
from disrupt.fingerprint import Sandbox, fingerprint_image
from disrupt.fingerprint.decode import decode_image
from disrupt.fingerprint.digest import digest_bytes
from disrupt.fingerprint.limits import DEFAULT
from disrupt.fingerprint.operations import perform
from disrupt.fingerprint.pdq import pdq_dihedral_from_array, pdq_from_array
from disrupt.fingerprint.tasks import Task

REFERENCE = Path(os.environ.get("DISRUPT_REFERENCE", Path(__file__).parents[2] / "shared" / "reference"))
U8 = npt.NDArray[np.uint8]
_LOSSY_OR_NOT: tuple[tuple[str, dict[str, Any]], ...] = (("PNG", {}), ("WEBP", {"quality": 85}))
SIZES = (("512x512", 512, 512, 41), ("2 MP", 1200, 1600, 11), ("12 MP", 3000, 4000, 7))


@cache
def photograph(height: int, width: int) -> U8:
    """A photograph of 12 MP made smaller to that size; where there is none, shapes with grain, which are
    harder: grain costs a JPEG decoder more than all else."""
    path = REFERENCE / "pdq" / "exif" / "exif-rotn-6.jpg"
    if path.exists():
        image = Image.open(path).convert("RGB")
        return np.asarray(image.resize((width, height), Image.Resampling.LANCZOS))
    rng = np.random.default_rng(0)
    shapes = Image.fromarray(rng.integers(0, 256, (90, 120, 3), dtype=np.uint8))
    pixels = np.asarray(shapes.resize((width, height), Image.Resampling.BICUBIC)).astype(np.int16)
    grain = rng.integers(-2, 3, pixels.shape, dtype=np.int16)
    return (pixels + grain).clip(0, 255).astype(np.uint8)


def encoded(pixels: U8, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def at_least(what: str, peer: str, target: float | None, ratio: float, note: str, sound: bool = True) -> Row:
    """A row for "so many times faster"; `sound` is False where the results differ."""
    text = f">= {target:g}x" if target else "-"
    return Row(what, peer, text, ratio, "x faster", (ratio >= target and sound) if target else None, note)


def at_most(what: str, peer: str, target: float | None, ratio: float, note: str) -> Row:
    """A row for "no more than so many times the time"."""
    text = f"<= {target:g}x" if target else "-"
    return Row(what, peer, text, ratio, "x the time", ratio <= target if target else None, note)


def pdqhash_of(pixels: U8) -> str | None:
    """The peer's hash, None where it is not installed."""
    if importlib.util.find_spec("pdqhash") is None:
        return None
    import pdqhash

    return np.packbits(pdqhash.compute(pixels)[0].astype(np.uint8)).tobytes().hex()


def array_rows() -> list[Row]:
    """PDQ of an array against the peer, and all eight forms against one."""
    rows = []
    for name, height, width, rounds in SIZES:
        pixels = photograph(height, width)
        what, target = f"PDQ of an RGB array, {name}", {"512x512": 60.0, "12 MP": 150.0}.get(name)
        expected = pdqhash_of(pixels)
        if expected is None:
            rows.append(skipped(what, "pdqhash.compute", f">= {target}x", "pdqhash is not installed"))
        else:
            theirs = medians(partial(pdqhash_of, pixels), rounds=rounds)[0]
            ours = medians(partial(pdq_from_array, pixels), rounds=5 * rounds)[0]
            same = pdq_from_array(pixels).hex == expected
            read = medians(pixels.reshape(-1).view(np.uint64).sum, rounds=5 * rounds)[0]
            note = f"{theirs * 1e3:.2f} / {ours * 1e3:.3f} ms, {'same bits' if same else 'other bits'}"
            note += f"; to add its words up, which is to read them, takes {read * 1e3:.3f} ms"
            rows.append(at_least(what, "pdqhash.compute", target, theirs / ours, note, same))
        one, eight = medians(
            partial(pdq_from_array, pixels), partial(pdq_dihedral_from_array, pixels), rounds=9 * rounds
        )
        note = f"{one * 1e3:.3f} / {eight * 1e3:.3f} ms"
        rows.append(at_most(f"eight dihedral hashes, {name}", "one hash", 1.3, eight / one, note))
    return rows


def _ours(data: bytes) -> str:
    picture = decode_image(data, DEFAULT)
    return pdq_from_array(picture.pixels, exact=not picture.rounded).hex


def _pillow(data: bytes) -> U8:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def _peer(data: bytes) -> str | None:
    return pdqhash_of(_pillow(data))


def _decode(data: bytes) -> None:
    Image.open(io.BytesIO(data)).load()


def jpeg_rows() -> list[Row]:
    """JPEG file to PDQ, against Pillow with the peer, and against the bare grey decoder."""
    import simplejpeg

    rows = []
    for name, height, width, rounds in SIZES:
        data = encoded(photograph(height, width), "JPEG", quality=88)
        target = 15.0 if name == "12 MP" else 10.0
        what, peer = f"JPEG file to PDQ, {name}", "Pillow + pdqhash.compute"
        ours, bare = medians(
            partial(_ours, data),
            partial(simplejpeg.decode_jpeg, data, colorspace="GRAY"),
            rounds=3 * rounds,
        )
        if pdqhash_of(_pillow(data)) is None:
            rows.append(skipped(what, peer, f">= {target:g}x", "pdqhash is not installed"))
        else:
            theirs = medians(partial(_peer, data), rounds=rounds)[0]
            apart = (int(_ours(data), 16) ^ int(pdqhash_of(_pillow(data)) or "0", 16)).bit_count()
            note = f"{theirs * 1e3:.1f} / {ours * 1e3:.2f} ms, {len(data) >> 10} KiB, {apart} bits apart"
            note += f"; the bare decoder is {theirs / bare:.1f}x faster"
            rows.append(at_least(what, peer, target, theirs / ours, note))
        note = f"{bare * 1e3:.2f} / {ours * 1e3:.2f} ms"
        rows.append(at_most(what, "simplejpeg, grey plane only", 1.25, ours / bare, note))
    return rows


def other_rows() -> list[Row]:
    """PNG and WebP files to PDQ, against the bare decoder and against Pillow with the peer."""
    rows = []
    for name, height, width, rounds in SIZES[:2]:
        for kind, options in _LOSSY_OR_NOT:
            data = encoded(photograph(height, width), kind, **options)
            ours, bare = medians(partial(_ours, data), partial(_decode, data), rounds=rounds)
            note = f"{bare * 1e3:.2f} / {ours * 1e3:.2f} ms"
            rows.append(at_most(f"{kind} file to PDQ, {name}", "Pillow decode only", 1.25, ours / bare, note))
            if pdqhash_of(_pillow(data)) is not None:
                theirs = medians(partial(_peer, data), rounds=rounds)[0]
                peer = "Pillow + pdqhash.compute"
                rows.append(at_least(f"{kind} file to PDQ, {name}", peer, None, theirs / ours, ""))
    return rows


def sandbox_rows() -> list[Row]:
    """What the sandbox adds to one picture when it is warm, digests included on both sides."""
    rows = []
    with Sandbox(workers=1) as sandbox:
        for name, height, width, rounds in SIZES:
            data = encoded(photograph(height, width), "JPEG", quality=88)

            def bare(d: bytes = data) -> object:
                return perform(Task("image"), io.BytesIO(d), DEFAULT), digest_bytes(d)

            held, free = medians(
                partial(fingerprint_image, data, sandbox=sandbox),
                bare,
                rounds=5 * rounds,
                clock=time.perf_counter,
            )
            extra = (held - free) * 1e3
            note = f"{free * 1e3:.2f} ms without, {held * 1e3:.2f} ms within (digests run beside it)"
            rows.append(
                Row(f"sandbox, JPEG {name}", "unsandboxed", "<= 2 ms more", extra, "ms", extra <= 2.0, note)
            )
    return rows


def run() -> list[Row]:
    """Every row; a part whose peer is absent says so."""
    rows: list[Row] = []
    for part in (array_rows, jpeg_rows, other_rows, sandbox_rows):
        print(f"{part.__name__} ...", file=sys.stderr)
        rows += part()
    return rows


if __name__ == "__main__":
    print(render("Fingerprints", run()))
