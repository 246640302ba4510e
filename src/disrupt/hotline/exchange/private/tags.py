"""The key that evaluates, and the tags of the list: made once for each band, beside the answers."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping

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
PATIENCE = 5.0
"""Seconds for which who lacks a few waits for who makes some just now."""


def evaluator() -> ristretto.Evaluator:
    """Its key is derived from the process's own secret: it is another when that is replaced."""
    seed = hashlib.blake2b(settings.SECRET_KEY.encode(), person=b"private asking", digest_size=32)
    return ristretto.Evaluator.from_seed(seed.digest(), b"disrupt-private/1")


def _being_made() -> ApiError:
    return ApiError("unavailable", "The tags are being made.", headers={"Retry-After": "5"})


class Tags:
    """The outputs of bands that are on the list; one maker at a time.

    They are replaced whole and never changed: who reads them keeps what was there, whatever is withdrawn
    meanwhile.
    """

    def __init__(self) -> None:
        self._outputs: Mapping[bytes, bytes] = {}
        self._of: tuple[HeldList | None, int] = (None, 0)
        self._making = threading.Lock()

    def table(self, held: HeldList, sight: Sight) -> bytes:
        """What a key may see, as tags. Raises ApiError while they are made."""
        seq = held.seq
        hashes, numbers = held.index.contents()
        if len(hashes) > MOST_HASHES:
            raise ApiError("unavailable", f"A list of more than {MOST_HASHES:,} hashes has no such form.")
        bands = [bands_of(one.tobytes()) for one in hashes]
        outputs = self._made((held, seq), {band for several in bands for band in several})
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
            Row(outputs[band], ids[n].tobytes(), int(places[classes[n]]))
            for n, several in enumerate(bands)
            if shown[classes[n]] and (sight.derived or int(numbers[n]) & 3 != PART)
            for band in several
        )
        return write_table(seq, evaluator().public_key.serialize().hex(), abouts, rows)

    def _made(self, of: tuple[HeldList, int], wanted: set[bytes]) -> Mapping[bytes, bytes]:
        """The outputs of these bands at least. Raises ApiError while they are made."""
        known = self._outputs
        if known.keys() == wanted:
            return known
        if len(wanted - known.keys()) > AT_ONCE * 4:
            if self._making.acquire(blocking=False):
                beside = threading.Thread(
                    target=self._make_beside, args=(of, wanted), name="tags", daemon=True
                )
                beside.start()
            raise _being_made()
        if not self._making.acquire(timeout=PATIENCE):
            raise _being_made()
        try:
            return self._make(of, wanted)
        finally:
            self._making.release()

    def _make_beside(self, of: tuple[HeldList, int], wanted: set[bytes]) -> None:
        try:
            self._make(of, wanted)
        finally:
            self._making.release()

    def _make(self, of: tuple[HeldList, int], wanted: set[bytes]) -> Mapping[bytes, bytes]:
        """Called by the one maker. What was withdrawn is not kept, nor brought back by who asked before."""
        known, key = self._outputs, evaluator()
        made = {band: known.get(band) or key.evaluate_known_input(band) for band in wanted}
        held, seq = self._of
        if held is not of[0] or seq <= of[1]:
            self._outputs, self._of = made, of
        return made


TAGS = Tags()
