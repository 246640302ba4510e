"""What it costs to move a picture's PDQ on purpose: away from its entry, or onto another picture's.

    python -m benchmarks.evasion [--photos FOLDER] [--limit N] [--write]

PDQ is linear up to the median: the 256 coefficients are A Y B of the luma Y. The least change of Y (in the
sum of squares) that moves the coefficients by D is pinv(A) D pinv(B); which bits are cheapest is read off how
far each coefficient is from the median. That is a bound from above: an attacker may know something better.
`--write` makes docs/evasion.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from statistics import median
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.robustness import default_photos, photos_in
from benchmarks.robustness_page import DOCS, EXAMPLES
from benchmarks.tallies import Entries
from disrupt.fingerprint import pdq
from disrupt.fingerprint._hashing._weights import DCT, taps
from disrupt.matching import Bank
from disrupt.matching.guessing import warps
from disrupt.matching.guessing.plans import Level
from disrupt.matching.lookup import find_views
from disrupt.matching.views import MIN_QUALITY, views_of

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]

AWAY = (32, 60, 100, 128)
"""Bits from the entry that an attacker wants to be."""
NEAR = 31
LEVELS: tuple[Level, ...] = ("fast", "standard", "thorough")
_SECRET = 24
"""Windows that nobody but the matcher knows: each side moved by up to a twenty-fifth."""
_MARGINS = (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
"""How far past the median a coefficient is put: rounding to whole grey levels needs some."""
_STURDY = 16.0
"""The least of a change that is to outlive a look through other windows."""


@dataclass(frozen=True)
class Changed:
    """A changed picture, how many bits its hash is from the one that counts, and how much one sees of it."""

    picture: U8
    distance: int
    psnr: float
    ssim: float


def _axis(length: int) -> F64:
    """(16, length): PDQ's blur, decimation and cosines along one axis."""
    rows = taps(length)
    matrix = np.zeros((64, length))
    for row, (start, size) in enumerate(zip(rows.start.tolist(), rows.size.tolist(), strict=True)):
        matrix[row, start : start + size] = rows.weight[row, :size]
    return np.asarray(DCT, np.float64) @ matrix


def _bits(value: U8) -> NDArray[np.bool_]:
    """(16, 16) as the coefficients lie: the last one is the first bit."""
    return np.unpackbits(value)[::-1].reshape(16, 16).astype(np.bool_)


def ssim(one: U8, other: U8, side: int = 8) -> float:
    """Structural similarity, mean over windows. Source: Wang et al., IEEE TIP 13 (2004), uniform windows."""

    def mean(values: F64) -> F64:
        total = np.pad(values.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
        sums = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
        return np.asarray(sums / side**2)

    x, y = one.astype(np.float64), other.astype(np.float64)
    mx, my = mean(x), mean(y)
    vx, vy, both = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return float((((2 * mx * my + c1) * (2 * both + c2)) / ((mx**2 + my**2 + c1) * (vx + vy + c2))).mean())


def moved(
    picture: U8, wanted: U8, reference: U8, bits: int, near: bool, least: float = 0.0
) -> Changed | None:
    """The grey picture with the cheapest of the bits in which its hash is to become `wanted` turned over.

    Until it is `bits` from `reference` at least, or at most if `near`; None where that cannot be reached.
    `least`: how far past the median each coefficient is to lie at least.
    """
    rows, columns = _axis(picture.shape[0]), _axis(picture.shape[1])
    back_rows, back_columns = np.linalg.pinv(rows), np.linalg.pinv(columns)
    own = rows @ picture.astype(np.float64) @ columns.T
    middle = float(np.sort(own.ravel())[127:129].mean())
    target = _bits(wanted)
    turn = np.argwhere(_bits(pdq.pdq_from_array(picture).bits) != target)
    price = np.abs(own - middle) * np.sqrt((back_rows**2).sum(0)[:, None] * (back_columns**2).sum(0)[None])
    # As many up as down, so that the median stays where it is.
    groups = [
        sorted(
            (one for one in turn.tolist() if target[one[0], one[1]] == up),
            key=lambda one: price[one[0], one[1]],
        )
        for up in (True, False)
    ]
    pairs = min(map(len, groups))
    start = max(0, bits // 2 if not near else (len(turn) - bits) // 2 - 2)
    for count in range(start, pairs + 1, 2):
        chosen = [*groups[0][:count], *groups[1][:count]]
        for margin in (one for one in _MARGINS if one >= least):
            change = np.zeros((16, 16))
            for row, column in chosen:
                side = margin if target[row, column] else -margin
                change[row, column] = middle + side - own[row, column]
            out = (picture + back_rows @ change @ back_columns.T).round().clip(0, 255).astype(np.uint8)
            distance = int(np.bitwise_count(pdq.pdq_from_array(out).bits ^ reference).sum())
            if distance <= bits if near else distance >= bits:
                error = float(((out.astype(np.float64) - picture) ** 2).mean())
                psnr = 10 * np.log10(255**2 / max(error, 1e-9))
                return Changed(out, distance, float(psnr), ssim(picture, out))
    return None


def evaded(picture: U8, bits: int, least: float = 0.0) -> Changed | None:
    """A grey picture (H, W) that is at least so many bits from what it was, changed as little as we can."""
    own = pdq.pdq_from_array(picture).bits
    return moved(picture, ~own, own, bits, near=False, least=least)


def poisoned(picture: U8, banked: U8) -> Changed | None:
    """A lawful grey picture that a platform would take for the banked hash."""
    return moved(picture, banked, banked, NEAR, near=True)


def _secretly(picture: U8, own: U8, rng: np.random.Generator) -> bool:
    """Whether one of some random windows comes within a picture's radius of the entry."""
    boxes = np.array([0.0, 0.0, 1.0, 1.0]) + rng.uniform(-0.04, 0.04, (_SECRET, 4))
    buffers = np.empty((_SECRET, 64, 64), np.float32)
    warps.sample_boxes(warps.working_picture(picture), boxes, buffers)
    hashes, _ = pdq.hash_buffers(buffers)
    return bool(np.bitwise_count(hashes[:, 0] ^ own).sum(1).min() <= 58)


def _read(path: Path) -> U8:
    with Image.open(path) as opened:
        grey = opened.convert("L")
        grey.thumbnail((640, 640), Image.Resampling.LANCZOS)
        return np.asarray(grey)


def page(paths: list[Path], limit: int) -> str:
    """docs/evasion.md."""
    every = [_read(path) for path in paths]
    prints = [pdq.pdq_from_array(picture) for picture in every]
    usable = [number for number, one in enumerate(prints) if one.quality >= MIN_QUALITY]
    entries = Entries(np.array([prints[number].bits for number in usable]), np.array(usable))
    chosen = [usable[int(k)] for k in np.linspace(0, len(usable) - 1, min(limit, len(usable)))]
    rng = np.random.default_rng(11)
    lines = []
    for bits, least in product(AWAY, (0.0, _STURDY)):
        made = [(number, evaded(every[number], bits, least)) for number in chosen]
        done = [(number, one) for number, one in made if one]
        found = [
            sum(
                str(number)
                in {m.entry for m in find_views(views_of(one.picture, level), cast("Bank", entries))}
                for number, one in done
            )
            for level in LEVELS
        ]
        secret = sum(_secretly(one.picture, prints[number].bits, rng) for number, one in done)
        shares = " | ".join(f"{count / max(1, len(done)):.2f}" for count in (*found, secret))
        how = "well past" if least else "just past"
        lines.append(
            f"| {bits}, {how} | {len(done)} of {len(made)} | {_seen(one for _, one in done)} | {shares} |"
        )
    pairs = [(number, chosen[(place + 1) % len(chosen)]) for place, number in enumerate(chosen)]
    hits = [one for one in (poisoned(every[a], prints[b].bits) for a, b in pairs) if one]
    return _PAGE.format(
        count=len(chosen),
        banked=len(usable),
        away="\n".join(lines),
        near=f"| {len(hits)} of {len(pairs)} | {_seen(hits)} |",
        secret=_SECRET,
    )


def _seen(changed: Iterable[Changed]) -> str:
    every = list(changed)
    if not every:
        return "- | -"
    psnr, likeness = [one.psnr for one in every], [one.ssim for one in every]
    return f"{median(psnr):.1f} ({min(psnr):.1f} to {max(psnr):.1f}) | {median(likeness):.3f}"


_PAGE = """\
# The price of evasion

Made by `python -m benchmarks.evasion --write`: {count} photographs, {banked} banked, in grey at 640 pixels.

PDQ was made against carelessness, not against somebody who knows it. Its 256 coefficients are linear in the
pixels, and a bit says on which side of their median a coefficient lies. So the least change that turns over
chosen bits can be written down: that is done here, by the cheapest bits first. What it costs is a bound
from above; whoever optimises further pays less.

## Away from one's own entry

How much a picture must be changed to be at least so many bits from its own hash: the peak signal-to-noise
ratio in decibels (median, and from to; above 40 nobody sees it, at 30 one does beside the original) and the
structural similarity. Then which part of those changed pictures is found all the same, at each level, and
by {secret} secret windows (each side moved by up to a twenty-fifth, anew for each upload, within 58 bits).

| bits | reached | decibels | similarity | fast | standard | thorough | secret windows |
|---|---|---|---|---|---|---|---|
{away}

*Just past*: each coefficient ends just beyond the median, which costs least and undoes itself as soon as the
picture is looked at through another window. *Well past*: sixteen units beyond it, as an attacker would who
knows that the matcher looks through windows. Plain PDQ, within 31 bits, finds none of these.

## Onto another picture's entry

How much a lawful picture must be changed to be within 31 bits of another one's hash: what poisoning the
list, or having somebody's upload blocked, costs.

| reached | decibels | similarity |
|---|---|---|
{near}

Whoever looks at such a picture sees the lawful one, and hardly sees the change: only a person can tell, one
more reason why nothing goes by a match with an entry that nobody has looked at, and why there is a negative
bank ([threat model](threat-model.md)).
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.evasion", description=__doc__)
    photos = default_photos()
    parser.add_argument("--photos", type=Path, default=photos if photos.is_dir() else EXAMPLES)
    parser.add_argument("--limit", type=int, default=24, help="photographs that are changed (%(default)s)")
    parser.add_argument("--write", action="store_true", help="make docs/evasion.md")
    args = parser.parse_args()
    text = page(photos_in(args.photos), args.limit)
    print(text)
    if args.write:
        (DOCS / "evasion.md").write_text(text)


if __name__ == "__main__":
    main()
