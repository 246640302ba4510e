"""The page and the picture that `benchmarks.robustness` makes."""

from __future__ import annotations

import math
import os
import platform
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from benchmarks.edits import SUITE
from benchmarks.false_page import with_paragraph
from benchmarks.further_edits import FURTHER
from benchmarks.held_out import HELD_OUT
from benchmarks.our_edits import OURS
from benchmarks.rates import interval
from benchmarks.tallies import Bench, Table
from disrupt.matching.derived import MOST
from disrupt.matching.guessing.plans import BUDGET, POOR_RADIUS, RADIUS, RICH, Level
from disrupt.matching.views import views_of

DOCS = Path(__file__).resolve().parents[1] / "docs"
EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
PICTURE = "robustness-edits.jpg"
_TITLES = {
    "suite": "The AugLy suite",
    "ours": "Edits of our own kind",
    "further": "Crops, covers, grids, screenshots",
    "held out": "Held-out edits",
}
_NOTES = {
    "suite": "The views were made with these edits in mind, on other photographs of the same collection.",
    "ours": "Some were looked at while the views were made, and one view was made for the negative.",
    "further": "The guesses at crops, the search for covers and for rectangles were made with these in mind.",
    "held out": (
        "Written after the views were final (`benchmarks/held_out.py`). An edit that anything is "
        "changed for leaves this list: one did, the negative, which is among our own now."
    ),
}
_TIME_TARGETS: dict[Level, float] = {"fast": 2.0, "standard": 10.0, "thorough": 60.0}


_VIEWS = """\
A view is one guess at what was done to the upload: a rectangle bounded by steps or margins (a border, a
letterbox, a screenshot, a cell of a collage), the upright picture behind a leaning one, the upload with
its edges going on and fading (a crop undone), turned back, its negative, a window of it, or the upload
with covers and bands of one tone filled in. Each is hashed in its eight mirrorings and quarter turns, which
come from one transform. Within 31 bits of the upload as it is, mirrored or turned, every entry is found,
always; of 1,851 pairs of another view and its entry none was missed. Further off an entry is a candidate:
the nearest few are *placed*: the view is moved, a side or a corner at a time, to where it fits that entry
best, and counts if it then lies within the radius. Bank entries stay standard PDQ. A pair
within 31 bits is reported as *match*, one further as *probable*, for a human to look at; `disrupt match
--radius 31` reports the former alone. `needs_review` says in one word what a platform must know: true for a
probable match, and for any match with an entry whose `origin` is `declared` (made on the person's own device;
nobody has seen the content). A person looks at the upload before it is removed.

Looking up costs what the index costs. An upload has eight queries a view (a guess at a crop has two, as it
is and mirrored); but for the whole upload only those two are wide. A wide query reads, for each word of
the hash, the buckets of the likeliest changes of its least sure bits (224 to 608 in sum, most of them of the
words of low frequencies; all within 58 bits would be 8,352), so that a candidate is missed only where each of
the sixteen words has changed in another way or its neighbour is too far off; where there are at most 16,384
entries, all of them are compared. The photographs edited here are every second one of the collection;
everything was tuned by the others."""


def page(bench: Bench, tables: dict[str, Table], levels: list[Level], augly: bool, limit: int) -> str:
    """The whole page, in Markdown."""
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in ("numpy", "numba", "pillow"))
    made = "AugLy 1.0.0" if augly else "our own copies of AugLy's edits (`benchmarks/edits.py`)"
    made_on = (
        f"Made by `make robustness` on {datetime.now(UTC):%Y-%m-%d}: {platform.machine()}, Python "
        f"{platform.python_version()}, {versions}; one thread. "
        f"{int(bench.usable.sum())} photographs are banked, "
        f"and the published PDQ of {bench.strangers} other pictures; "
        f"{limit} of them are edited, by {made}, and looked up."
    )
    how = (
        "*plain* is what most platforms run: the PDQ of the upload as it is, within 31 bits. The others "
        "give what is found at each level within the level's radius and, after the stroke, within 31 bits, "
        "at which a platform may act without a human. *thorough + derived* is with derived entries banked "
        f"(at most {MOST} a picture; off by default, see [the decision](adr/0004-derived-entries.md))."
    )
    parts = [
        "# Finding altered copies",
        made_on,
        f"![What each edit looks like]({PICTURE})",
        how,
        _levels(levels),
        _VIEWS,
    ]
    for name, table in tables.items():
        parts += [f"## {_TITLES[name]}", _NOTES[name], _table(table, levels)]
    parts += ["## False matches", _false(tables, levels), "## Time", _times(levels)]
    return "\n\n".join(parts) + "\n"


def _levels(levels: list[Level]) -> str:
    lines = ["| level | views at most | radius |", "|---|---|---|"]
    return "\n".join(lines + [f"| {level} | {BUDGET[level]} | {RADIUS[level]} |" for level in levels])


def _table(table: Table, levels: list[Level]) -> str:
    names: list[str] = [level for level in levels if level != "thorough"]
    names += ["thorough", "thorough + derived"] if "thorough" in levels else []
    lines = ["| edit | plain | " + " | ".join(names) + " |", "|---|---" + "|---" * len(names) + "|"]
    sums: NDArray[np.float64] | float = 0.0
    for edit, row in table.items():
        first = row[levels[0]]
        figures = [first.plain / first.uploads]
        for level in levels:
            if level == "thorough":
                figures += [row[level].stored / row[level].uploads, math.nan]
            figures += [row[level].found / row[level].uploads, row[level].matched / row[level].uploads]
        sums = sums + np.array(figures)
        lines.append(_line(edit, figures))
    return "\n".join([*lines, _line("**mean**", (np.asarray(sums) / max(1, len(table))).tolist())])


def _line(name: str, figures: list[float]) -> str:
    pairs = [
        f"{found:.2f}" + ("" if math.isnan(matched) else f" / {matched:.2f}")
        for found, matched in zip(figures[1::2], figures[2::2], strict=True)
    ]
    return f"| {name} | {figures[0]:.2f} | " + " | ".join(pairs) + " |"


def _false(tables: dict[str, Table], levels: list[Level]) -> str:
    what = (
        "Every upload against the entries of every other picture; a pair counts once, whichever view brings "
        f"it. Views of a quality under {RICH} have a radius of {POOR_RADIUS}. The thorough level is counted "
        "with the photographs' derived entries banked as well, up to 14 for each."
    )
    lines = [what, "| level | pairs | within 31 bits | within the radius |\n|---|---|---|---|"]
    for level in levels:
        rows = [row[level] for table in tables.values() for row in table.values()]
        pairs = sum(row.pairs for row in rows)
        near, far = sum(row.false_matches for row in rows), sum(row.false_probables for row in rows)
        lines[1] += f"\n| {level} | {pairs:,} | {_rate(near, pairs)} | {_rate(far, pairs)} |"
    return "\n\n".join(lines)


def _rate(events: int, trials: int) -> str:
    low, high = interval(events, trials)
    return f"{events}: {low:.1e} to {high:.1e} (95 %)"


def _times(levels: list[Level]) -> str:
    upload = np.asarray(example_pictures()[0].resize((1155, 866)))
    what = (
        "Decoded pixels of one megapixel to all views and their hashes, in milliseconds of processor "
        "time, of 50 runs. On a shared machine the fastest is the figure of the program, the median that of "
        "the moment: "
        f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f}."
    )
    lines = [what, ""]
    lines += ["| level | median | fastest | target | views |", "|---|---|---|---|---|"]
    for level in levels:
        times = []
        views_of(upload, level)
        for _ in range(50):
            begun = process_time()
            views_of(upload, level)
            times.append(1000 * (process_time() - begun))
        views, target = len(views_of(upload, level)) // 8, _TIME_TARGETS[level]
        lines.append(f"| {level} | {median(times):.1f} | {min(times):.1f} | {target:.0f} | {views} |")
    return "\n".join(lines)


def example_pictures() -> list[Image.Image]:
    """Freely licensed photographs of `examples/`, the cat first; gradients where there are none."""
    paths = (
        sorted((p for p in EXAMPLES.glob("*.jpg")), key=lambda p: (p.stem != "cat", p.name))
        if EXAMPLES.is_dir()
        else []
    )
    found = [Image.open(path).convert("RGB") for path in paths[:9]]
    made = [
        ImageOps.colorize(Image.radial_gradient("L").resize((640, 440)), (k * 20, 40, 90), (250, 220, k * 25))
        for k in range(9)
    ]
    return (found + made)[:9]


def contact_sheet() -> Image.Image:
    """One photograph under every edit, with the edit's name."""
    picture, *others = [ImageOps.contain(p, (640, 480)) for p in example_pictures()]
    edits = {**SUITE, **OURS, **FURTHER, **HELD_OUT}
    columns, cell = 10, (150, 138)
    sheet = Image.new("RGB", (columns * cell[0], -(-len(edits) // columns) * cell[1]), "white")
    pen = ImageDraw.Draw(sheet)
    for place, (name, edit) in enumerate(edits.items()):
        shown = edit(picture, others, np.random.default_rng(7)).convert("RGB")
        shown.thumbnail((142, 106))
        x, y = place % columns * cell[0], place // columns * cell[1]
        sheet.paste(shown, (x + (cell[0] - shown.width) // 2, y + 4 + (106 - shown.height) // 2))
        pen.text((x + 4, y + 114), name[:26], fill="black")
    return sheet


def write(text: str) -> None:
    """docs/robustness.md and its picture."""
    DOCS.mkdir(exist_ok=True)
    (DOCS / "robustness.md").write_text(with_paragraph(text))
    contact_sheet().save(DOCS / PICTURE, quality=82, optimize=True)
