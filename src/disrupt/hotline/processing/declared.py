"""What can be checked of a fingerprint that was made on a device: nobody here has the content."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from disrupt.hotline.bank.models import BankEntry
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.processing import recognise
from disrupt.hotline.processing.prints import MINIMUM_QUALITY
from disrupt.hotline.processing.recognise import Known


@dataclass(frozen=True)
class Checked:
    """A declared fingerprint as far as it can be judged.

    `quality` is of its best hash; `perceptual`: how many of its `hashes` recognise altered copies; `seconds`
    of a film; `others`: items of other cases that declare the very same file; `known`: another entry that
    answers to it, of the same bytes (examined by an analyst, if there is one) or else the nearest.
    """

    media: str
    sha256: str
    md5: str
    hashes: int
    perceptual: int
    quality: int
    seconds: float
    others: int
    known: Known | None


def check(item: Item, own: BankEntry | None) -> Checked | None:
    """None for an item that declares nothing (any more)."""
    said = item.declared
    if not said:
        return None
    rows = [row for row in (*(said.get("pdq") or ()), *(said.get("vpdq") or ())) if isinstance(row, dict)]
    good = [row for row in rows if row.get("quality", 0) >= MINIMUM_QUALITY]
    sha256 = str(said.get("sha256", ""))
    return Checked(
        media=str(said.get("kind", "")),
        sha256=sha256,
        md5=str(said.get("md5", "")),
        hashes=len(rows),
        perceptual=len(good),
        quality=max((int(row.get("quality", 0)) for row in rows), default=0),
        seconds=max((float(row.get("timestamp", 0)) for row in said.get("vpdq") or ()), default=0.0),
        others=_others(item, sha256),
        known=_known(sha256, [str(row["hex"]) for row in good if "role" in row], own),
    )


def _others(item: Item, sha256: str) -> int:
    same = Item.objects.filter(kind=ItemKind.DECLARED, declared__sha256=sha256)
    return same.exclude(case=item.case_id).exclude(state=ItemState.WITHDRAWN).count()


def _known(sha256: str, pdqs: list[str], own: BankEntry | None) -> Known | None:
    exact = recognise.by_digest(sha256, without=own.pk if own else None)
    if exact:
        return exact
    for text in pdqs:
        near = recognise.by_pdq(np.frombuffer(bytes.fromhex(text), np.uint8), without=own.pk if own else None)
        if near:
            return near
    return None
