"""The bank's only door: what every offer goes through, whichever way it came in.

Generic fingerprints, those that many ordinary pictures resemble, and parts or frames that a lawful picture
answers to, are left out. What *is* a lawful picture by its whole fingerprint is not offered before a person
has said so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from disrupt.hotline.bank import lawful
from disrupt.hotline.bank.models import DERIVED
from disrupt.hotline.bank.prints import Prints
from disrupt.matching.ordinary.likeness import PART, WHOLE, likeness_of
from disrupt.protocol.generic import is_generic

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Sifted:
    """What may be offered of some fingerprints; `lawful`: the negative bank knows the whole."""

    prints: Prints
    generic: int = 0
    ordinary: int = 0
    parts: int = 0
    lawful: bool = False

    @property
    def notes(self) -> tuple[str, ...]:
        """What was left out, in words for the ledger."""
        said = []
        if self.generic:
            said.append(f"{self.generic} generic hashes left out")
        if self.ordinary:
            said.append(f"{self.ordinary} hashes left out: many ordinary pictures resemble them")
        if self.parts:
            said.append(f"{self.parts} hashes left out: a lawful picture answers to them")
        return tuple(said)


def sift(prints: Prints) -> Sifted:
    """What may be offered, and whether a person must be asked first."""
    pdq = [row for row in prints.pdq if not is_generic(row["hex"])]
    vpdq = [row for row in prints.vpdq if not is_generic(row["hex"])]
    generic = len(prints.pdq) + len(prints.vpdq) - len(pdq) - len(vpdq)
    before = len(pdq) + len(vpdq)
    pdq, vpdq = _unlike_ordinary(pdq), _unlike_ordinary(vpdq)
    ordinary = before - len(pdq) - len(vpdq)
    known = lawful.knows_digest(prints.sha256, prints.md5)
    whole = [row for row in pdq if row.get("role") != DERIVED]
    known = known or any(lawful.near([row["hex"] for row in whole]))
    parts, kept_parts = _free([row for row in pdq if row.get("role") == DERIVED])
    frames, kept_frames = _free(vpdq)
    # A title or a logo in a film is left out; a film of nothing else is the lawful one.
    known = known or bool(vpdq and not kept_frames)
    kept = replace(prints, pdq=(*whole, *kept_parts), vpdq=tuple(kept_frames))
    return Sifted(kept, generic, ordinary, parts + frames, known)


def _unlike_ordinary(rows: list[Row]) -> list[Row]:
    """Those that few ordinary pictures resemble: of a part of a picture fewer than of a whole one."""
    return [row for row in rows if likeness_of(row["hex"]) < (PART if row.get("role") == DERIVED else WHOLE)]


def _free(rows: list[Row]) -> tuple[int, list[Row]]:
    """How many rows a lawful picture answers to, and the others."""
    kept = [row for row, known in zip(rows, lawful.near([r["hex"] for r in rows]), strict=True) if not known]
    return len(rows) - len(kept), kept
