"""The page about other ways of recognising copies: what each finds at the same rate of false matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers.ways import Upload, Way
from benchmarks.tallies import Bench

DOCS = Path(__file__).resolve().parents[2] / "docs"
_RATE = 1e-5
_GROUPS = {
    "deep crops (half to three quarters)": ("crop 50 %", "crop 70 % off centre", "crop 75 %, off centre"),
    "other crops": ("crop 80 %", "crop 85 %, off centre", "crop to another shape", "square, off centre"),
    "mirrored or turned": ("mirrored", "upside down", "turned 90", "turned 180", "turned 10"),
    "collages, grids and insets": ("collage 2x2", "collage 3x3", "grid 2x3", "inset anywhere"),
    "screenshots": ("phone screenshot", "feed screenshot", "gallery screenshot", "chat bubble"),
    "covered": ("stripes", "face covered", "two discs", "a box over it", "upright bars"),
    "tone, noise, compression": ("quality 10", "brightness 1.6", "halftone", "negative", "painted"),
}

_INTRODUCTION = """\
# Other ways of recognising copies

Made by `python -m benchmarks.peers --write` on {day}: {banked} photographs are banked; {edited} of them are
edited in {edits} ways (those of [robustness.md](robustness.md)), written as JPEG of 640 pixels, and looked up
by every way. Nothing was tuned by the photographs that are edited; the edits are ours, and our views were
made with most of them in mind, so this page is kinder to us than a stranger's would be.

*Found*: the copy's own photograph, at the limit beyond which not one in {rate:,.0f} pairs of unlike
pictures lies (for each way its own: PDQ alone may so be further off than the 31 bits of a platform). *uAP*:
the average precision over all pairs, best first, as in the competition DISC21. Milliseconds are of
processor time, from decoded pixels to what is looked up, for ours with the look-up; one thread. Bytes: what
a partner is given for each picture."""

_VERDICT = """\
## What to make of it

- **Where SSCD wins**: crops. One vector of the whole picture finds every crop here, down to half of the
  sides; our standard level finds about half of the deep ones, and only derived entries, which tell more
  about the picture and are off by default ([the decision](adr/0004-derived-entries.md)), find the rest.
  By average precision it is ahead of our standard level.
- **Where ours do**: a picture among others (collages, screenshots), because views look for it there; SSCD
  is asked about the whole upload here, and would gain by windows too, at its cost for each.
- **What it costs**: a network is run for each upload, and a vector has 64 times the bytes of a hash and
  needs an index of vectors. None of the protocols that are spoken here carries such vectors.
- **What it reveals** was not measured. A PDQ tells where a picture is light and dark ([how
  much](adr/0004-derived-entries.md)); a vector was learnt to order pictures by what they show, so a list
  of vectors says more to whoever gets hold of it.
- NeuralHash and pHash are made for copies that are hardly changed, and find those.

SSCD's weights are those of `sscd_disc_mixup` in eight bits, and a small network that was taught by it; on
pictures stretched to 320 by 320, whether mirrored or not is not tried. Three photographs are few: a
figure here can be several hundredths off."""


def truths(uploads: Sequence[Upload], total: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which pairs are the copy and its own photograph, and which are of unlike pictures."""
    own = np.zeros((len(uploads), total), np.bool_)
    unlike = np.ones((len(uploads), total), np.bool_)
    for row, upload in enumerate(uploads):
        own[row, upload.number] = True
        unlike[row, list(upload.beside(total))] = False
    return own, unlike


def limit_of(alike: NDArray[np.float32], unlike: NDArray[np.bool_], rate: float = _RATE) -> float:
    """What a pair must exceed, so that of unlike pairs at most that part does."""
    scores = np.sort(alike[unlike])[::-1]
    return float(scores[int(rate * len(scores))])


def precision(alike: NDArray[np.float32], own: NDArray[np.bool_], unlike: NDArray[np.bool_]) -> float:
    """Average precision over all pairs; of pairs that are equally alike the unlike ones come first."""
    counted = own | unlike
    scores, right = alike[counted], own[counted]
    order = np.lexsort((right, -scores))
    hits = np.cumsum(right[order])
    reported = scores[order] > -256
    places = np.flatnonzero(right[order] & reported)
    return float((hits[places] / (places + 1)).sum() / own.sum())


def page(bench: Bench, uploads: Sequence[Upload], ways: Sequence[Way]) -> str:
    """The whole page, in Markdown."""
    own, unlike = truths(uploads, len(bench.paths))
    usable = np.asarray(bench.usable)
    unlike &= usable[None]
    edits = np.array([upload.edit for upload in uploads])
    head = _INTRODUCTION.format(
        day=f"{datetime.now(UTC):%Y-%m-%d}",
        banked=int(usable.sum()),
        edited=len({upload.number for upload in uploads}),
        edits=len(set(edits.tolist())),
        rate=1 / _RATE,
    )
    lines = ["| way | found | uAP | ms | bytes |", "|---|---|---|---|---|"]
    found = {}
    for way in ways:
        limit = limit_of(way.alike, unlike)
        found[way.name] = (way.alike > max(limit, -256))[own]
        uap = precision(way.alike, own, unlike)
        lines.append(
            f"| {way.name} | {found[way.name].mean():.3f} | {uap:.3f} | {way.milliseconds:.1f} | {way.size} |"
        )
    table = ["| edits | " + " | ".join(found) + " |", "|---" * (1 + len(found)) + "|"]
    for name, chosen in _GROUPS.items():
        rows = np.isin(edits, chosen)
        table.append(f"| {name} | " + " | ".join(f"{one[rows].mean():.2f}" for one in found.values()) + " |")
    pairs = f"{int(unlike.sum()):,} pairs of unlike pictures, {len(uploads):,} copies."
    return "\n\n".join([head, pairs, "\n".join(lines), "\n".join(table), _VERDICT]) + "\n"


def write(text: str) -> None:
    """docs/peers.md."""
    (DOCS / "peers.md").write_text(text)
