"""Recall and cost of each way of asking (`python -m benchmarks.private`): pictures and edits made in code."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from math import comb

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw
from tests.matching.pictures import photo
from voprf import ristretto

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.protocol.private.bands import ASKED, EXACT, NEAR, bands_of, questions

U8 = NDArray[np.uint8]
PICTURES = 60


def jpeg(pixels: U8, quality: int) -> U8:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", quality=quality)
    return np.asarray(Image.open(out))


def resized(pixels: U8, scale: float) -> U8:
    height, width = pixels.shape[:2]
    return np.asarray(Image.fromarray(pixels).resize((round(width * scale), round(height * scale))))


def captioned(pixels: U8) -> U8:
    picture = Image.fromarray(pixels)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, pixels.shape[0] - 40, pixels.shape[1], pixels.shape[0]), fill=(0, 0, 0))
    return np.asarray(picture)


def brighter(pixels: U8) -> U8:
    return (pixels.astype(np.float32) * 1.2 + 10).clip(0, 255).astype(np.uint8)


def cropped(pixels: U8) -> U8:
    return np.ascontiguousarray(pixels[5:-5, 6:-6])


EDITS: dict[str, Callable[[U8], U8]] = {
    "JPEG 90": lambda p: jpeg(p, 90),
    "JPEG 70": lambda p: jpeg(p, 70),
    "JPEG 30": lambda p: jpeg(p, 30),
    "half the size": lambda p: resized(p, 0.5),
    "a quarter, JPEG 60": lambda p: jpeg(resized(p, 0.25), 60),
    "brighter": brighter,
    "2 % cropped": cropped,
    "a bar below": captioned,
}


def bits_of(pixels: U8) -> bytes:
    return pdq_from_array(pixels).bits.tobytes()


def distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()


WAYS: dict[str, Callable[[bytes, bytes], bool]] = {
    "the same hash": lambda a, b: a == b,
    "bucket of 16 bits": lambda a, b: a[:2] == b[:2] and distance(a, b) <= 31,
    "private, 3": lambda a, b: bool(set(questions(a, EXACT)) & set(bands_of(b))),
    "private, 7": lambda a, b: bool(set(questions(a, NEAR)) & set(bands_of(b))),
    "plain, 31": lambda a, b: distance(a, b) <= 31,
}


def recall() -> None:
    originals = [photo(seed) for seed in range(PICTURES)]
    banked = [bits_of(one) for one in originals]
    print("| edit | " + " | ".join(WAYS) + " | bits apart, median |")
    for name, edit in EDITS.items():
        asked = [bits_of(edit(one)) for one in originals]
        pairs = list(zip(asked, banked, strict=True))
        shares = [sum(way(a, b) for a, b in pairs) / PICTURES for way in WAYS.values()]
        apart = float(np.median([distance(a, b) for a, b in pairs]))
        print(f"| {name} | " + " | ".join(f"{share:.0%}" for share in shares) + f" | {apart:.0f} |")


def processor(work: Callable[[], object], count: int) -> float:
    """Microseconds for each of `count`."""
    began = time.process_time()
    work()
    return (time.process_time() - began) / count * 1e6


def cost() -> None:
    server = ristretto.Evaluator(b"k" * 32)
    texts = [b"%d" % n for n in range(520)]
    blind = processor(lambda: [ristretto.Client.blind(one) for one in texts], len(texts))
    clients, inputs = zip(*map(ristretto.Client.blind, texts), strict=True)
    evaluate = processor(lambda: server.evaluate_batch(inputs), len(texts))
    told = server.evaluate_batch(inputs)
    finalize = processor(
        lambda: ristretto.Client.finalize_batch(clients, told, server.public_key), len(texts)
    )
    print(f"a question: blinded {blind:.0f} us, evaluated {evaluate:.0f} us, read {finalize:.0f} us")
    for words, flips, name in ((4, 0, ""), (4, 1, ""), (8, 3, "32-bit words"), (16, 1, "16-bit words")):
        count = words * sum(comb(256 // words, n) for n in range(flips + 1))
        radius = words * (flips + 1) - 1
        print(
            f"radius {radius} {name}: {count:,} questions, {count * evaluate / 1e3:,.1f} ms of the exchange, "
            f"{count * (blind + finalize) / 1e3:,.1f} ms of the asker, {count * 64 / 1e3:,.1f} KB"
        )
    assert ASKED == {EXACT: 4, NEAR: 260}


if __name__ == "__main__":
    recall()
    cost()
