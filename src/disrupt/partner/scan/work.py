"""One file of a scan: looked up, and its fingerprints made where they are to be kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint import (
    FingerprintError,
    Held,
    Sandbox,
    VideoFingerprint,
    fingerprint_file,
    image_luma,
)
from disrupt.fingerprint.pdq import pdq_dihedral_from_array
from disrupt.fingerprint.source import Source
from disrupt.fingerprint.tasks import Sampling
from disrupt.matching import MINIMUM_QUALITY, Bank, Findings, look_up
from disrupt.matching.guessing.plans import Level
from disrupt.matching.health import State
from disrupt.matching.lookup import find_decoded
from disrupt.matching.several import Several
from disrupt.matching.upload import is_video
from disrupt.partner.answers import as_json, error_as_json, recognised
from disrupt.partner.scan.opening import is_elsewhere, opened

Hashes = NDArray[np.uint8]
NONE: Hashes = np.zeros((0, 32), np.uint8)
NOTHING = Findings((), 0, (0, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """What became of one file: findings or an error, and its fingerprints, uint8 (N, 32).

    `same`: of what could not be decoded and is no file here, the entries of the very same bytes.
    """

    outcome: Findings | FingerprintError
    same: Findings | None = None
    prints: Hashes = field(default_factory=lambda: NONE)


@dataclass(frozen=True)
class Work:
    """How each file is looked up."""

    banks: Mapping[str, Bank]
    level: Level
    radius: int | None
    sampling: Sampling
    keep: bool
    sandbox: Sandbox

    def __call__(self, name: str) -> Done:
        """Look a file up; never raises for what the file is. Raises SourceGone, NotInstalled."""
        try:
            with opened(name) as source:
                try:
                    return self._kept(source) if self.keep else Done(self._look_up(source))
                except FingerprintError as error:
                    same = recognised(source.digests(), self.banks) if isinstance(source, Held) else None
                    return Done(error, same)
        except FingerprintError as error:  # it could not even be opened
            return Done(error, NOTHING if is_elsewhere(name) else None)

    def row(self, name: str, done: Done, state: State) -> dict[str, Any]:
        """What is written of it in the file of results; `state` is that of the banks."""
        several = len(self.banks) > 1
        if isinstance(done.outcome, FingerprintError):
            return error_as_json(name, done.outcome, self.banks, True, state, several, done.same)
        return as_json(name, done.outcome, explain=True, state=state, banked=several)

    def _look_up(self, source: Source) -> Findings:
        return look_up(
            *(source, self.banks),
            level=self.level,
            radius=self.radius,
            sampling=self.sampling,
            sandbox=self.sandbox,
        )

    def _kept(self, path: Source) -> Done:
        """A picture is decoded once for both; a film twice, its kept prints always being of every second."""
        if is_video(path):
            film = fingerprint_file(path, sandbox=self.sandbox)
            frames = film.every_frame if isinstance(film, VideoFingerprint) else ()
            good = {frame.hex: frame.bits for frame in frames if frame.quality >= MINIMUM_QUALITY}
            return Done(self._look_up(path), prints=np.array([*good.values()], np.uint8).reshape(-1, 32))
        decoded = image_luma(path, sandbox=self.sandbox)
        hashes = [one.pdq.bits for one in decoded.fingerprint.shown]
        if decoded.fingerprint.pdq.quality >= MINIMUM_QUALITY:
            eight = pdq_dihedral_from_array(decoded.luma)
            hashes = [decoded.fingerprint.pdq.bits, *(one.bits for one in eight[1:]), *hashes]
        prints = np.array(hashes, np.uint8).reshape(-1, 32)
        if any(note.startswith("animated") for note in decoded.fingerprint.notes):
            return Done(self._look_up(path), prints=prints)
        several = Several(self.banks)
        found = find_decoded(decoded, cast("Bank", several), level=self.level, radius=self.radius)
        return Done(several.told_apart(found, None), prints=prints)
