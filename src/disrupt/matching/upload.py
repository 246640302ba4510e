"""Look an uploaded file up in a bank, whether it is a picture, an animated picture or a video."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import numpy as np

from disrupt.fingerprint import ImageFingerprint, MovingPicture, VideoFingerprint, image_luma, stills
from disrupt.fingerprint.sandbox import Sandbox
from disrupt.fingerprint.sniff import HEAD, sniff
from disrupt.matching.index import RADIUS as ACT
from disrupt.matching.lookup import Findings, Match, best_of, exact_matches, find_decoded, match_of
from disrupt.matching.plans import Level
from disrupt.matching.store import Bank
from disrupt.matching.video import FramePair, segments
from disrupt.matching.views import AS_IT_IS, MIN_QUALITY, views_of

FRAME_LEVEL: dict[Level, Level] = {"fast": "fast", "standard": "fast", "thorough": "standard"}
"""What is spent on each frame of a video, of which there are hundreds."""

FRAME_RADIUS = 44
"""The largest for a view of one: hundreds of frames are hundreds of chances for a false match."""


def find_file(
    path: str | os.PathLike[str],
    bank: Bank,
    *,
    level: Level = "standard",
    radius: int | None = None,
    sandbox: Sandbox | None = None,
) -> Findings:
    """Look up a file. Raises what `disrupt.fingerprint.fingerprint_file` does."""
    if _is_video(path):
        return find_moving(stills(path, sandbox=sandbox), bank, level=level, radius=radius)
    decoded = image_luma(path, sandbox=sandbox)
    found = find_decoded(decoded, bank, level=level, radius=radius)
    if not any(note.startswith("animated") for note in decoded.fingerprint.notes):
        return found
    moving = find_moving(stills(path, sandbox=sandbox), bank, level=level, radius=radius)
    return Findings(best_of((*moving, *found)), found.quality, found.size, found.refused and moving.refused)


def _is_video(path: str | os.PathLike[str]) -> bool:
    try:
        # A named pipe would wait for its writer; whoever decodes it says what is wrong.
        if not Path(path).is_file():
            return False
        with Path(path).open("rb") as file:
            return sniff(file.read(HEAD)) == "video"
    except OSError:
        return False


def find_moving(
    film: MovingPicture, bank: Bank, *, level: Level = "standard", radius: int | None = None
) -> Findings:
    """Look up every still of a moving picture in its views, and every hashed frame of a video as it is."""
    by_entry: dict[str, list[Match]] = defaultdict(list)
    for match in (*_as_they_are(film.fingerprint, bank, radius), *_viewed(film, bank, level, radius)):
        by_entry[match.entry].append(match)
    strung = []
    for matches in by_entry.values():
        pairs = [FramePair(m.second or 0.0, m.banked, m.distance) for m in matches]
        strung.append(replace(best_of(matches)[0], segments=segments(pairs)))
    quality, size = _quality(film.fingerprint), (film.fingerprint.width, film.fingerprint.height)
    flat = f"no frame has a quality of {MIN_QUALITY}: too flat, too blurred or too small to be matched"
    refused = flat if quality < MIN_QUALITY and not strung else None
    return Findings(best_of((*exact_matches(film.fingerprint, bank), *strung)), quality, size, refused)


def _quality(fingerprint: ImageFingerprint | VideoFingerprint) -> int:
    if isinstance(fingerprint, VideoFingerprint):
        return max((frame.quality for frame in fingerprint.vpdq), default=0)
    return fingerprint.pdq.quality


def _as_they_are(
    fingerprint: ImageFingerprint | VideoFingerprint, bank: Bank, radius: int | None
) -> list[Match]:
    """The video's own vPDQ against the bank: all of its frames, at PDQ's own radius."""
    frames = fingerprint.vpdq if isinstance(fingerprint, VideoFingerprint) else ()
    frames = tuple(frame for frame in frames if frame.quality >= MIN_QUALITY)
    if not frames:
        return []
    box = (0, 0, fingerprint.width, fingerprint.height)
    hits = bank.query_pdq(np.array([f.bits for f in frames]), ACT if radius is None else min(ACT, radius))
    return [
        Match(
            hit.entry.id,
            hit.distance,
            AS_IT_IS,
            hit.entry.category,
            "match",
            box,
            hit.role,
            hit.hex,
            t,
            hit.timestamp,
            origin=hit.entry.origin,
        )
        for hit in hits
        for t in [frames[hit.query].timestamp]
    ]


def _viewed(film: MovingPicture, bank: Bank, level: Level, radius: int | None) -> list[Match]:
    size = film.fingerprint.width, film.fingerprint.height
    found: list[Match] = []
    for second, luma in zip(film.seconds, film.luma, strict=True):
        views = views_of(luma, FRAME_LEVEL[level], size=size)
        limit = np.minimum(views.radius, FRAME_RADIUS if radius is None else min(FRAME_RADIUS, radius))
        rows = np.flatnonzero(limit >= 0)
        if len(rows):
            hits = bank.query_pdq(views.hash[rows], limit[rows])
            found += [replace(match_of(hit, views, int(rows[hit.query])), second=second) for hit in hits]
    return found
