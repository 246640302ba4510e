"""What one upload costs from its file to its matches, at every level, beside `tx` on the same hashes."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from benchmarks.report import Row, medians
from benchmarks.tallies import Entries
from disrupt.fingerprint import image_luma
from disrupt.matching import Bank
from disrupt.matching.guessing.plans import BUDGET, Level
from disrupt.matching.lookup import find_views
from disrupt.matching.views import views_of

ENTRIES = 1_000_000
TARGETS: dict[Level, float] = {"gate": 0.2, "fast": 0.5, "standard": 1.0, "thorough": 5.0}
"""What a look-up may cost at most, in units of `tx`'s own."""
_ROUNDS: dict[Level, int] = {"gate": 15, "fast": 9, "standard": 7, "thorough": 3}

Hashes = NDArray[np.uint8]


def photograph(side: int = 1000) -> bytes:
    """A JPEG of a megapixel, with detail at every frequency that PDQ looks at."""
    small = np.random.default_rng(5).integers(30, 226, (40, 44, 3), dtype=np.uint8)
    image = Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC)
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=85)
    return out.getvalue()


def ours(content: bytes, entries: Entries, level: Level) -> object:
    """Decode, make the views, look all of them up."""
    decoded = image_luma(content, trusted=True)
    return find_views(views_of(decoded.luma, level, whole=decoded.fingerprint.pdq), cast("Bank", entries))


def of_tx(hashes: Hashes) -> Callable[[bytes], object]:
    """`threatexchange`'s own signal type: decode and hash, then its index."""
    from threatexchange.signal_type.pdq.signal import PdqSignal

    listed = [(one.tobytes().hex(), number) for number, one in enumerate(hashes)]
    index = PdqSignal.get_index_cls().build(listed)
    return lambda content: index.query(PdqSignal.hash_from_bytes(content))


def run() -> list[Row]:
    """One row a level."""
    hashes = np.random.default_rng(1).integers(0, 256, (ENTRIES, 32), dtype=np.uint8)
    content = photograph()
    entries = Entries(hashes, np.arange(len(hashes)))
    theirs = partial(of_tx(hashes), content)
    rows = []
    for level, target in TARGETS.items():
        spent, peer = medians(partial(ours, content, entries, level), theirs, rounds=_ROUNDS[level])
        ratio = spent / peer
        rows.append(
            Row(
                f"a photograph of a megapixel, {level} ({BUDGET[level]} views), {ENTRIES:,} entries",
                "tx (hash and index)",
                f"<= {target:g}x",
                ratio,
                "x the time of the peer",
                ratio <= target,
                f"{1e3 * spent:.1f} ms; peer {1e3 * peer:.1f} ms",
            )
        )
    return rows
