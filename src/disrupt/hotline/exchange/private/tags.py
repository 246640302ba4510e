"""The key that evaluates, and the tags of the list: made once for each band, beside the answers."""

from __future__ import annotations

import hashlib
import threading

import numpy as np
from django.conf import settings
from voprf import ristretto

from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.door.sight import Sight
from disrupt.hotline.exchange.match.held import PART, HeldList
from disrupt.protocol.binary_list import About
from disrupt.protocol.private.bands import bands_of
from disrupt.protocol.private.table import Row, write_table

MOST_HASHES = 200_000
"""A larger list is not offered in this form: its tags would take a minute of a processor to make."""
AT_ONCE = 500
"""Hashes whose tags are made while the client waits; more are made beside, and asked for again."""


def evaluator() -> ristretto.Evaluator:
    """Its key is derived from the process's own secret: it is another when that is replaced."""
    seed = hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"private asking", digest_size=32)
    return ristretto.Evaluator.from_seed(seed.digest(), b"disrupt-private/1")


class Tags:
    """The outputs of bands that are on the list; one maker at a time."""

    def __init__(self) -> None:
        self._outputs: dict[bytes, bytes] = {}
        self._making = threading.Lock()

    def table(self, held: HeldList, sight: Sight) -> bytes:
        """What a key may see, as tags. Raises ApiError while they are made."""
        seq = held.seq
        hashes, numbers = held.index.contents()
        if len(hashes) > MOST_HASHES:
            raise ApiError("unavailable", f"A list of more than {MOST_HASHES:,} hashes has no such form.")
        self._make(hashes)
        seqs = numbers >> np.uint64(2)
        classes, facts = held.classes_of(seqs)
        shown = [sight.shows(one) for one in facts]
        places = np.cumsum(shown) - 1
        abouts = [
            About(one.kind, one.category, one.origin, one.minors or None, one.jurisdiction or None)
            for one, may in zip(facts, shown, strict=True)
            if may
        ]
        ids = held.entries_of(seqs)
        rows = (
            Row(self._outputs[band], ids[n].tobytes(), int(places[classes[n]]))
            for n in range(len(hashes))
            if shown[classes[n]] and (sight.derived or int(numbers[n]) & 3 != PART)
            for band in bands_of(hashes[n].tobytes())
        )
        return write_table(seq, evaluator().public_key.serialize().hex(), abouts, rows)

    def _make(self, hashes: np.ndarray[tuple[int, int], np.dtype[np.uint8]]) -> None:
        wanted = {band for one in hashes for band in bands_of(one.tobytes())}
        lacking = wanted - self._outputs.keys()
        if len(lacking) > AT_ONCE * 4:
            if self._making.acquire(blocking=False):
                threading.Thread(target=self._make_beside, args=(lacking,), name="tags", daemon=True).start()
            raise ApiError("unavailable", "The tags are being made.", headers={"Retry-After": "5"})
        self._fill(lacking)
        for gone in self._outputs.keys() - wanted:  # what was withdrawn is not kept
            self._outputs.pop(gone, None)

    def _make_beside(self, bands: set[bytes]) -> None:
        try:
            self._fill(bands)
        finally:
            self._making.release()

    def _fill(self, bands: set[bytes]) -> None:
        known = evaluator()
        for band in bands:
            self._outputs[band] = known.evaluate_known_input(band)


TAGS = Tags()
