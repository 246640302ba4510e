"""Whether a deposited content is in the bank already, said before anything is shown: fewer exposures.

Exact SHA-256, or a PDQ within 31 bits (of 256) of an active entry: of the picture as it is or in one of its
views (mirrored, turned, its border or its crop undone: disrupt.matching), or of enough of a film's stills.
The bank's hashes are kept in memory and follow its sequence of changes.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.fingerprint.types import ImageFingerprint, VideoFingerprint
from disrupt.hotline.bank import in_memory
from disrupt.hotline.bank import queries as bank
from disrupt.hotline.bank.models import BankEntry, EntryState
from disrupt.hotline.processing.sketching import UNREADABLE, VIDEO, Sketch, how
from disrupt.matching.views import AS_IT_IS, MIN_QUALITY, Views

RADIUS = in_memory.RADIUS
_FEATURES = 50
FEWEST_STILLS, STILLS_SHARE = in_memory.FEWEST_STILLS, in_memory.STILLS_SHARE


@dataclass(frozen=True)
class Known:
    """An active entry that answers to the content; distance 0 and `exact` for the very same bytes.

    `how`: the view of the picture that was recognised, "" for the picture as it is; `stills`: of a film, how
    many of its stills were.
    """

    entry: BankEntry
    exact: bool
    distance: int
    how: str = ""
    stills: int = 0


_Pdqs = in_memory.Pdqs
_pdqs = in_memory.Pdqs(bank.ours)


def by_digest(sha256: str, without: uuid.UUID | None = None) -> Known | None:
    """An active entry (but `without`) of the very same bytes; one that an analyst examined comes first."""
    entries = bank.ours().filter(sha256=sha256)
    if without is not None:
        entries = entries.exclude(pk=without)
    entry = entries.order_by("-origin").first()
    return Known(entry, exact=True, distance=0) if entry else None


def by_prints(found: ImageFingerprint | VideoFingerprint) -> Known | None:
    """An active entry that answers to these fingerprints."""
    exact = by_digest(found.sha256)
    if exact or isinstance(found, VideoFingerprint):
        return exact
    forms = [found.pdq, *([found.upright] if found.upright else []), *(one.pdq for one in found.shown)]
    near = [known for one in forms if one.quality >= _FEATURES and (known := by_pdq(one.bits))]
    return min(near, key=lambda known: known.distance, default=None)


def by_pdq(bits: npt.NDArray[np.uint8], without: uuid.UUID | None = None) -> Known | None:
    """The active entry (but `without`) with the nearest PDQ within RADIUS; `bits` is uint8 (32,)."""
    nearest = _pdqs.nearest(bits, without)
    if nearest is None:
        return None
    entry = BankEntry.objects.filter(pk=nearest[0], state=EntryState.ACTIVE).first()
    return Known(entry, exact=False, distance=nearest[1]) if entry else None


def by_views(views: Views) -> Known | None:
    """The active entry that a picture answers to once an edit is undone."""
    found = _pdqs.of_views(views.hash, views.radius)
    entry = _active(found[0]) if found else None
    if found is None or entry is None:
        return None
    name = views.name[found[2]]
    return Known(entry, exact=False, distance=found[1], how="" if name == AS_IT_IS else name)


def by_sketch(sketch: Sketch) -> Known | None:
    """The active entry that a file answers to, by what was sketched of it: nothing is decoded."""
    exact = by_digest(sketch.sha256)
    if exact or sketch.kind == UNREADABLE:
        return exact
    if sketch.kind == VIDEO:
        return _of_stills(list(sketch.own))
    near = [known for one in sketch.own if (known := by_pdq(one))]
    if near:
        return min(near, key=lambda known: known.distance)
    found = _pdqs.of_views(sketch.views, sketch.radius)
    entry = _active(found[0]) if found else None
    if found is None or entry is None:
        return None
    return Known(entry, exact=False, distance=found[1], how=how(int(sketch.code[found[2]])))


def by_stills(stills: npt.NDArray[np.uint8]) -> Known | None:
    """The active entry of a film of which these are stills, uint8 (N, side, side)."""
    hashed = [pdq_from_array(np.ascontiguousarray(still)) for still in stills]
    return _of_stills([one.bits for one in hashed if one.quality >= MIN_QUALITY])


def _of_stills(good: list[npt.NDArray[np.uint8]]) -> Known | None:
    found = _pdqs.of_stills(np.stack(good)) if len(good) >= FEWEST_STILLS else None
    entry = _active(found[0]) if found else None
    if found is None or entry is None:
        return None
    return Known(entry, exact=False, distance=0, stills=found[1])


def _active(entry_id: uuid.UUID) -> BankEntry | None:
    return BankEntry.objects.filter(pk=entry_id, state=EntryState.ACTIVE).first()
