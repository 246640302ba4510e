"""A whole bank of ten million: made, opened, changed, and photographs looked up in it at every level."""

from __future__ import annotations

import io
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.filling.__main__ import filled, kept_up
from benchmarks.lookups import ours
from benchmarks.report import Row, skipped
from benchmarks.robustness import default_photos, photos_in
from disrupt.matching import Bank, warm_up
from disrupt.matching.guessing.plans import BUDGET, Level
from disrupt.protocol.columns._warm import warm_columns

ENTRIES = 10_000_000
_BATCHES = 100
TARGETS: dict[Level, float | None] = {"gate": None, "fast": 10.0, "standard": 40.0, "thorough": None}
"""Milliseconds that half of the uploads may take at most."""
UPLOADS: dict[Level, int] = {"gate": 100, "fast": 100, "standard": 100, "thorough": 30}


def megapixels(folder: Path, count: int) -> list[bytes]:
    """Photographs of the folder, from all over it, each as a JPEG of about a megapixel."""
    paths = photos_in(folder)
    chosen, made = paths[:: max(1, len(paths) // count)][:count], []
    for path in chosen:
        with Image.open(path) as opened:
            picture = opened.convert("RGB")
        by = (1e6 / (picture.width * picture.height)) ** 0.5
        out = io.BytesIO()
        picture.resize((round(picture.width * by), round(picture.height * by))).save(out, "JPEG", quality=85)
        made.append(out.getvalue())
    return made


def spent(uploads: list[bytes], bank: Any, level: Level) -> NDArray[np.float64]:
    """Milliseconds of the processor that each upload takes from its bytes to its matches."""
    ours(uploads[0], bank, level)
    times = []
    for content in uploads[: UPLOADS[level]]:
        began = time.process_time()
        ours(content, bank, level)
        times.append(1e3 * (time.process_time() - began))
    return np.array(times)


def look_ups(uploads: list[bytes], bank: Any, entries: int) -> list[Row]:
    """One row a level, with the distribution over the uploads."""
    rows = []
    for level, target in TARGETS.items():
        times = spent(uploads, bank, level)
        half, most, nearly_all = (float(np.percentile(times, part)) for part in (50, 90, 99))
        rows.append(
            Row(
                f"a photograph of a megapixel, {level} ({BUDGET[level]} views), {entries:,} entries",
                "-",
                f"<= {target:g} ms" if target else "",
                half,
                "ms, half of them",
                half <= target if target else None,
                f"p90 {most:.1f}, p99 {nearly_all:.1f} ms; {len(times)} photographs",
            )
        )
    return rows


def run(entries: int = ENTRIES) -> list[Row]:
    """The bank, then the look-ups."""
    folder = default_photos()
    if not folder.is_dir():
        return [skipped("a whole bank", "-", "", "the reference photographs are not here")]
    uploads = megapixels(folder, max(UPLOADS.values()))
    warm_columns()
    warm_up()
    with tempfile.TemporaryDirectory() as made:
        place = Path(made, "bank")
        said = filled(place, entries)
        rows = [
            Row(
                *("a bank made of a feed's pages, their leaves added up", "-", ""),
                float(said["of a processor"]),
                "s",
                None,
                f"{said['entries']:,} entries; {said['own memory at the peak, MB']} MB of memory of its own",
            )
        ]
        nobody: NDArray[np.uint8] = np.zeros((1, 32), np.uint8)
        began = time.perf_counter()
        bank = Bank.open(place)
        bank.query_pdq(nobody, 31)
        opened = 1e3 * (time.perf_counter() - began)
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        note = f"mapped; {size / entries:.0f} bytes an entry"
        rows.append(Row("that bank opened, and a query answered", "-", "", opened, "ms", None, note))
        rows += look_ups(uploads, bank, entries)
        told = kept_up(place, _BATCHES)
        note = (
            f"the longest {told['a batch, longest, ms']} ms; taken in beside by a reader in"
            f" {told['a change taken in, longest, ms']} ms at most"
        )
        half = float(told["a batch, half of them, ms"])
        rows.append(
            Row(
                *("100 additions and 10 withdrawals written to it", "-", "", half),
                *("ms, half of them", None, note),
            )
        )
    return rows
