"""Look an uploaded file up in a bank, whether it is a picture, an animated picture or a video."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from disrupt.fingerprint import Held, ImageFingerprint, MovingPicture, VideoFingerprint, image_luma, stills
from disrupt.fingerprint.sandbox import Sandbox
from disrupt.fingerprint.sniff import HEAD, sniff
from disrupt.fingerprint.source import Source
from disrupt.fingerprint.tasks import Sampling
from disrupt.matching.guessing.plans import Level
from disrupt.matching.index import RADIUS as ACT
from disrupt.matching.lookup import (
    Box,
    Findings,
    Match,
    best_of,
    certainty_of,
    exact_matches,
    find_decoded,
    matches_of,
)
from disrupt.matching.store import Bank, BankMatch
from disrupt.matching.video import FramePair, in_step, segments
from disrupt.matching.views import AS_IT_IS, MIN_QUALITY, views_of

FRAME_LEVEL: dict[Level, Level] = {"gate": "gate", "fast": "fast", "standard": "fast", "thorough": "standard"}
"""What is spent on each frame of a video, of which there are hundreds."""

CLOSE_LEVEL: dict[Level, Level] = {**FRAME_LEVEL, "standard": "standard"}
"""What is spent on the few that are looked at as closely as a picture is."""

CLOSELY = 16
"""How many of a film's stills that are: all of them, where they are no more; else as many, spread evenly."""

FRAME_RADIUS, CLOSE_RADIUS = 50, 58
"""The largest for a view of one: hundreds of frames are hundreds of chances for a false match."""

FEW, SHORT = 5, 30.0
"""Key frames, and seconds: a film of fewer of both is looked up every second, whatever was asked."""

FRAME_IN_STEP, IN_STEP = 56, 48
"""The largest for views, and for frames as they are, where another frame in step bears it out."""


def find_file(
    source: Source,
    bank: Bank,
    *,
    level: Level = "standard",
    radius: int | None = None,
    sampling: Sampling = "keyframes",
    trusted: bool = False,
    sandbox: Sandbox | None = None,
) -> Findings:
    """Look up a file given as a path, bytes or a seekable binary file.

    `sampling` says which frames of a video count: "seconds" all that `fingerprint_video` hashes; "keyframes"
    those that stand on their own, and all seconds where one of these comes near to an entry, or where a short
    film has few of them.

    Raises what `disrupt.fingerprint.fingerprint_file` does.
    """
    if is_video(source):
        seen: list[Match] = []
        if sampling == "keyframes":
            film = stills(source, sampling=sampling, trusted=trusted, sandbox=sandbox)
            if not _too_few(film.fingerprint):
                seen, near = _looked(film, bank, level, radius)
                if not near:
                    return _findings(film.fingerprint, bank, seen)
        film = stills(source, trusted=trusted, sandbox=sandbox)
        return _findings(film.fingerprint, bank, [*seen, *_looked(film, bank, level, radius)[0]])
    decoded = image_luma(source, trusted=trusted, sandbox=sandbox)
    found = find_decoded(decoded, bank, level=level, radius=radius)
    if not any(note.startswith("animated") for note in decoded.fingerprint.notes):
        return found
    film = stills(source, trusted=trusted, sandbox=sandbox)
    moving = find_moving(film, bank, level=level, radius=radius)
    return Findings(best_of((*moving, *found)), found.quality, found.size, found.refused and moving.refused)


def is_video(source: Source) -> bool:
    """Whether the first bytes are a film's; what cannot be read is none, and whoever decodes it says why."""
    if isinstance(source, bytes | bytearray | memoryview):
        return sniff(bytes(memoryview(source).cast("B")[:HEAD])) == "video"
    if isinstance(source, Held):
        return source.kind == "video"
    if not isinstance(source, str | os.PathLike):
        source.seek(0)
        return sniff(source.read(HEAD)) == "video"
    try:
        # A named pipe would wait for its writer; whoever decodes it says what is wrong.
        if not Path(source).is_file():
            return False
        with Path(source).open("rb") as file:
            return sniff(file.read(HEAD)) == "video"
    except OSError:
        return False


def _too_few(film: ImageFingerprint | VideoFingerprint) -> bool:
    """Whether key frames are too few to find an edited film by, and taking a frame a second costs little."""
    return isinstance(film, VideoFingerprint) and len(film.vpdq) < FEW and film.duration <= SHORT


def find_video(film: VideoFingerprint, bank: Bank, *, radius: int | None = None) -> Findings:
    """Look up a video by its fingerprint alone: no pixels, so no views; edits of its frames go unseen."""
    return _findings(film, bank, _believed(_whole_frames(film, bank, radius), ACT))


def find_moving(
    film: MovingPicture, bank: Bank, *, level: Level = "standard", radius: int | None = None
) -> Findings:
    """Look up every still of a moving picture in its views, and every hashed frame of a video as it is."""
    return _findings(film.fingerprint, bank, _looked(film, bank, level, radius)[0])


def _looked(film: MovingPicture, bank: Bank, level: Level, radius: int | None) -> tuple[list[Match], bool]:
    """What its stills and frames show, and whether anything came near at all, to be believed or not."""
    whole = _whole_frames(film.fingerprint, bank, radius)
    viewed, closely = _viewed(film, bank, level, radius)
    believed = [*_believed(whole, ACT), *_believed([*viewed, *closely], FRAME_RADIUS), *closely]
    return believed, bool(whole or viewed or closely)


def _findings(
    fingerprint: ImageFingerprint | VideoFingerprint, bank: Bank, found: Iterable[Match]
) -> Findings:
    strung = [
        replace(best_of(matches)[0], segments=segments(map(_pair, matches)))
        for matches in _by_entry(found).values()
    ]
    quality, size = _quality(fingerprint), (fingerprint.width, fingerprint.height)
    flat = f"no frame has a quality of {MIN_QUALITY}: too flat, too blurred or too small to be matched"
    refused = flat if quality < MIN_QUALITY and not strung else None
    return Findings(best_of((*exact_matches(fingerprint, bank), *strung)), quality, size, refused)


def _by_entry(found: Iterable[Match]) -> dict[str, list[Match]]:
    by_entry: dict[str, list[Match]] = defaultdict(list)
    for match in found:
        by_entry[match.entry].append(match)
    return by_entry


def _pair(match: Match) -> FramePair:
    return FramePair(match.second or 0.0, match.banked, match.distance)


def _quality(fingerprint: ImageFingerprint | VideoFingerprint) -> int:
    if isinstance(fingerprint, VideoFingerprint):
        return max((frame.quality for frame in fingerprint.every_frame), default=0)
    return fingerprint.pdq.quality


def _whole_frames(
    fingerprint: ImageFingerprint | VideoFingerprint, bank: Bank, radius: int | None
) -> list[Match]:
    """The video's own vPDQ within IN_STEP, its frames as they are."""
    frames = fingerprint.every_frame if isinstance(fingerprint, VideoFingerprint) else ()
    frames = tuple(frame for frame in frames if frame.quality >= MIN_QUALITY)
    if not frames:
        return []
    hits = bank.query_pdq(
        np.array([f.bits for f in frames]), IN_STEP if radius is None else min(IN_STEP, radius)
    )
    box = (0, 0, fingerprint.width, fingerprint.height)
    return [_whole(hit, frames[hit.query].timestamp, box) for hit in hits]


def _believed(found: Iterable[Match], alone: int) -> list[Match]:
    """Those within `alone` bits, and those further that are in step with another of the same entry."""
    believed: list[Match] = []
    for matches in _by_entry(found).values():
        good = in_step(map(_pair, matches), alone)
        believed += [match for match in matches if _pair(match) in good]
    return believed


def _whole(hit: BankMatch, second: float, box: Box) -> Match:
    return Match(
        hit.entry.id,
        hit.distance,
        AS_IT_IS,
        hit.entry.category,
        certainty_of(hit.distance),
        box,
        hit.role,
        hit.hex,
        second,
        hit.timestamp,
        origin=hit.entry.origin,
    )


def _viewed(
    film: MovingPicture, bank: Bank, level: Level, radius: int | None
) -> tuple[list[Match], list[Match]]:
    """What the views of its stills come near to: of all of them, and of those looked at closely."""
    size = film.fingerprint.width, film.fingerprint.height
    count = len(film.seconds)
    chosen = set(np.linspace(0, count - 1, min(count, CLOSELY)).round().astype(int).tolist())
    viewed: list[Match] = []
    closely: list[Match] = []
    for number, (second, luma) in enumerate(zip(film.seconds, film.luma, strict=True)):
        near = number in chosen
        views = views_of(luma, (CLOSE_LEVEL if near else FRAME_LEVEL)[level], size=size)
        most = CLOSE_RADIUS if near else FRAME_IN_STEP
        limit = np.minimum(views.radius, np.int16(most if radius is None else min(most, radius)))
        found = [replace(match, second=second) for match in matches_of(views, limit, bank)]
        (closely if near else viewed).extend(found)
    return viewed, closely
