"""Look a picture up in a bank, as it is and as what it may have been before an edit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint import ImageFingerprint, ImageLuma, VideoFingerprint, image_luma
from disrupt.fingerprint.digest import Digests
from disrupt.fingerprint.sandbox import Sandbox
from disrupt.fingerprint.source import Source
from disrupt.matching._index._likely import Likely, ranked_bits
from disrupt.matching.entries import UNSEEN, Origin
from disrupt.matching.guessing.placing import Taken, placed
from disrupt.matching.guessing.plans import (
    FAR,
    FAR_RADIUS,
    LIGHT,
    NARROW_RADIUS,
    POOR_RADIUS,
    POOR_REACH,
    REACH,
    Level,
)
from disrupt.matching.index import RADIUS as ACT
from disrupt.matching.ordinary.likeness import WARY, likeness_of
from disrupt.matching.store import Bank, BankMatch
from disrupt.matching.video import Segment
from disrupt.matching.views import MIN_QUALITY, ORIENTATIONS, Views, views_of

Certainty = Literal["match", "probable"]
Action = Literal["block", "review", "none"]

SHA256 = "sha256"
"""The view's name where the bytes themselves are banked."""

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Match:
    """A banked content found in an upload, through its best view.

    `certainty`: match (the same bytes, or within 31 bits: PDQ's own figure for acting without a human) or
    probable (further, within the view's radius: for a human to look at). `box`: left, top, right, bottom in
    pixels of the upload. `role` and `hex`: which of the entry's hashes. `second`: of the upload, if it moves;
    `banked`: of the banked video; `segments`: which seconds of the one are which of the other. `origin`: who
    vouches for the entry; nobody has seen what is declared, also when it matches to the bit.
    """

    entry: str
    distance: int
    view: str
    category: str
    certainty: Certainty
    box: Box | None = None
    role: str = "stored"
    hex: str = ""
    second: float | None = None
    banked: float | None = None
    segments: tuple[Segment, ...] = ()
    # Whoever forgets to say has it looked at.
    origin: Origin = "declared"
    # Filled in by `look_up`: the bank's name, and what the platform wrote on the entry.
    bank: str = ""
    label: str = ""

    @property
    def needs_review(self) -> bool:
        """Whether a person must look before anything is removed: only probable, or of an unseen entry."""
        return self.certainty != "match" or self.origin in UNSEEN

    @property
    def action(self) -> Action:
        """What the facts beside it allow: block without a human, or review by one."""
        return "review" if self.needs_review else "block"


@dataclass(frozen=True, slots=True)
class Findings:
    """Matches, one an entry, best first. `refused` says why the picture could not be looked up, if so.

    `quality` is the upload's own (of a video: of its best frame), `size` its width and height in pixels.
    """

    matches: tuple[Match, ...]
    quality: int
    size: tuple[int, int]
    refused: str | None = None

    @property
    def action(self) -> Action:
        """The strongest action of any match; none where there is no match."""
        actions = {match.action for match in self.matches}
        return "block" if "block" in actions else "review" if actions else "none"

    def __iter__(self) -> Iterator[Match]:
        return iter(self.matches)

    def __len__(self) -> int:
        return len(self.matches)


def find(
    picture: NDArray[np.uint8] | Source,
    bank: Bank,
    *,
    level: Level = "standard",
    radius: int | None = None,
    threads: int = 1,
    sandbox: Sandbox | None = None,
) -> Findings:
    """Look up pixels, uint8 (H, W) or (H, W, 3), or a picture file given as a path, bytes or binary file.

    `radius` lowers every view's own radius to at most that. Raises BadPicture for an array that is none, and
    for a file what `disrupt.fingerprint.fingerprint_image` raises.
    """
    if isinstance(picture, np.ndarray):
        return find_views(views_of(picture, level), bank, radius=radius, threads=threads)
    decoded = image_luma(picture, sandbox=sandbox)
    return find_decoded(decoded, bank, level=level, radius=radius, threads=threads)


def find_decoded(
    decoded: ImageLuma, bank: Bank, *, level: Level, radius: int | None = None, threads: int = 1
) -> Findings:
    """Look up a picture that the sandbox has decoded."""
    fingerprint = decoded.fingerprint
    size = fingerprint.width, fingerprint.height
    views = views_of(decoded.luma, level, whole=fingerprint.pdq, size=size)
    found = find_views(views, bank, radius=radius, threads=threads)
    matches, quality, refused = [*found], found.quality, found.refused
    for form, luma in decoded.forms:
        other = find_views(views_of(luma, level, size=size), bank, radius=radius, threads=threads)
        matches += [replace(match, view=f"{form}, {match.view}") for match in other]
        quality, refused = max(quality, other.quality), refused and other.refused
    return Findings(best_of((*exact_matches(fingerprint, bank), *matches)), quality, size, refused)


def exact_matches(fingerprint: ImageFingerprint | VideoFingerprint, bank: Bank) -> tuple[Match, ...]:
    """The entries of the very same bytes."""
    return same_bytes(fingerprint, bank, (0, 0, fingerprint.width, fingerprint.height))


def same_bytes(
    digests: ImageFingerprint | VideoFingerprint | Digests, bank: Bank, whole: Box | None = None
) -> tuple[Match, ...]:
    """The entries of the very same bytes, whether or not they can be decoded."""
    entries = bank.find_digest(sha256=digests.sha256, md5=digests.md5)
    return tuple(
        Match(entry.id, 0, SHA256, entry.category, "match", whole, origin=entry.origin) for entry in entries
    )


def find_views(views: Views, bank: Bank, *, radius: int | None = None, threads: int = 1) -> Findings:
    """Look up views that are hashed already."""
    quality, size = int(views.quality[0]), (int(views.box[0, 2]), int(views.box[0, 3]))
    limit = views.radius if radius is None else np.minimum(views.radius, radius)
    rows = np.flatnonzero(limit >= 0)
    if not len(rows):
        why = f"quality {quality} is under {MIN_QUALITY}: too flat, too blurred or too small to be matched"
        return Findings((), quality, size, why)
    return Findings(best_of(matches_of(views, limit, bank, threads=threads)), quality, size)


def matches_of(views: Views, limit: NDArray[np.int16], bank: Bank, *, threads: int = 1) -> list[Match]:
    """Everything within each view's `limit` (V,); where that is negative, the view is left out.

    Up to ACT this is exact for the upload as it is, mirrored and turned, and where nothing is known but
    hashes. What other views come near to is found as `Bank.near_pdq` does: of what is further than ACT the
    nearest few are placed.
    """
    number = np.arange(len(limit))
    exactly = (limit >= 0) & ((limit <= ACT) | (number < len(ORIENTATIONS)) | (views.taken is None))
    rows = np.flatnonzero(exactly)
    exact = limit[rows] if views.taken is None else np.minimum(limit[rows], ACT)
    hits = bank.query_pdq(views.hash[rows], exact, threads=threads)
    found = [match_of(hit, views, int(rows[hit.query])) for hit in hits]
    if views.taken is not None:
        found += _near(views, views.taken, limit, bank)
    return found


def _near(views: Views, taken: Taken, limit: NDArray[np.int16], bank: Bank) -> Iterator[Match]:
    """What views that count further than ACT come near to, placed where it fits; within their radii."""
    rows = np.flatnonzero(limit > ACT)
    if not len(rows):
        return
    likely = Likely(ranked_bits(taken.coefficients[rows // 8], rows % 8), taken.ways[rows // 8])
    reach = np.where(limit[rows] > POOR_RADIUS, REACH, POOR_REACH)
    for hit in bank.near_pdq(views.hash[rows], reach, likely, most=taken.most):
        row = int(rows[hit.query])
        match, weight = match_of(hit, views, row), 0.0
        if hit.distance > ACT:
            match, weight = _placed(match, views, taken, row)
        most = int(limit[row]) if hit.distance <= FAR else min(int(limit[row]), FAR_RADIUS)
        if match.distance > most:
            continue
        if match.distance <= NARROW_RADIUS or (weight <= LIGHT and likeness_of(match.hex) < WARY):
            yield match


def _placed(match: Match, views: Views, taken: Taken, row: int) -> tuple[Match, float]:
    """The same through its view moved to where it fits, if that is nearer; and what its other bits weigh."""
    entry = np.frombuffer(bytes.fromhex(match.hex), np.uint8)
    spot = placed(taken, row // 8, row % 8, entry)
    if spot.distance >= match.distance:
        return match, spot.weight
    width, height = views.box[0, 2:].tolist()
    left, top, right, bottom = spot.box
    box = round(left * width), round(top * height), round(right * width), round(bottom * height)
    certainty = certainty_of(spot.distance)
    view = f"{match.view}, placed"
    return replace(match, distance=spot.distance, view=view, certainty=certainty, box=box), spot.weight


def certainty_of(distance: int) -> Certainty:
    """What a distance in bits allows to say."""
    return "match" if distance <= ACT else "probable"


def match_of(hit: BankMatch, views: Views, row: int) -> Match:
    """What the bank found for a row of `views`, in words."""
    left, top, right, bottom = (round(side) for side in views.box[row].tolist())
    return Match(
        hit.entry.id,
        hit.distance,
        views.name[row],
        hit.entry.category,
        certainty_of(hit.distance),
        (left, top, right, bottom),
        hit.role,
        hit.hex,
        banked=hit.timestamp,
        origin=hit.entry.origin,
    )


def best_of(matches: Iterable[Match]) -> tuple[Match, ...]:
    """The closest match of each entry, the closest entry first."""
    best: dict[str, Match] = {}
    for match in sorted(matches, key=lambda m: (m.distance, m.view != SHA256, m.entry)):
        best.setdefault(match.entry, match)
    return tuple(best.values())
