"""What many ordinary pictures resemble is no part that is banked, and counts near by only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmarks.ordinary import leaves, views
from tests.matching.pictures import photo

from disrupt.fingerprint import pdq
from disrupt.matching import Add, Bank, BankEntry, PdqValue, lookup
from disrupt.matching.derived import BOXES, derived_entries
from disrupt.matching.guessing import warps
from disrupt.matching.guessing.plans import NARROW_RADIUS, RICH
from disrupt.matching.ordinary.likeness import NEAR, PART, VIEWS, WARY, WHOLE, likeness, likeness_of


def test_the_views_are_those_of_the_pictures_that_are_drawn() -> None:
    kept = np.load(VIEWS)
    made = views(2)
    assert np.bitwise_count(kept[: len(made)] ^ made).sum(1).max() <= 8  # another processor rounds otherwise
    assert len(kept) > 14_000


def test_it_counts_the_views_within_reach() -> None:
    kept = np.load(VIEWS)
    asked = kept[::1500]
    near = [int((np.bitwise_count(kept ^ one).sum(1) <= NEAR).sum()) for one in asked]
    assert likeness(asked).tolist() == near
    assert likeness_of(asked[0].tobytes().hex()) == near[0]


def test_a_hash_between_views_resembles_many_and_one_at_random_few() -> None:
    kept = np.load(VIEWS)
    middle = kept[int(likeness(kept[::40]).argmax()) * 40]
    around = kept[np.bitwise_count(kept ^ middle).sum(1) <= NEAR]
    between = np.packbits(np.unpackbits(around, axis=1).mean(0) >= 0.5)
    assert likeness(between[None])[0] >= WHOLE
    assert likeness(np.random.default_rng(1).integers(0, 256, (200, 32), np.uint8)).max() < PART


def test_parts_that_many_resemble_are_left_out() -> None:
    left_out = 0
    for seed in range(9000, 9012):
        pixels = leaves(np.random.default_rng(seed))
        buffers = np.empty((len(BOXES), 64, 64), np.float32)
        warps.sample_boxes(warps.working_picture(pixels), np.array(BOXES), buffers)
        hashes, quality = pdq.hash_buffers(buffers)
        rich = hashes[quality >= RICH, 0]
        found = derived_entries(pixels)
        assert likeness(found).max(initial=0) < PART
        left_out += len(np.unique(rich, axis=0)) - len(found)
    assert left_out > 0


def test_an_entry_that_many_resemble_counts_near_by_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same crops with the same entries, once as they are and once as if many pictures resembled these."""
    bank = Bank.create(tmp_path / "bank")
    pictures = [photo(seed, 400, 300) for seed in range(8)]
    prints = [pdq.pdq_from_array(one) for one in pictures]
    bank.apply(
        Add(BankEntry(str(n), "image", "NCII-DIF", pdq=(PdqValue(one.hex, one.quality),)))
        for n, one in enumerate(prints)
    )
    crops = [np.ascontiguousarray(one[30:270, 60:380]) for one in pictures]

    def distances() -> list[int]:
        return [match.distance for crop in crops for match in lookup.find(crop, bank)]

    before = distances()
    monkeypatch.setattr(lookup, "likeness_of", lambda _: WARY)
    assert max(before) > NARROW_RADIUS
    assert sorted(distances()) == sorted(one for one in before if one <= NARROW_RADIUS)
