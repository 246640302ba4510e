"""Whatever is added, removed, saved and loaded, the index equals brute force (random programs)."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from tests.matching.test_index import brute_force, flipped, rows

from disrupt.matching import HammingIndex
from disrupt.matching._index import _segment, _state


class Programs(RuleBasedStateMachine):
    """Random add / remove / query / save / load / compact, against a plain list."""

    def __init__(self) -> None:
        super().__init__()
        self.saved = (_segment.SMALLEST_WITH_TABLES, _segment._ROWS_A_PROBE, _state.TAIL)
        # Small numbers must meet tables, merges and the tail alike.
        _segment.SMALLEST_WITH_TABLES, _segment._ROWS_A_PROBE, _state.TAIL = 20, 0, 30
        self.folder = tempfile.TemporaryDirectory()
        self.index = HammingIndex()
        self.hashes = np.zeros((0, 32), np.uint8)
        self.ids = np.zeros(0, np.int64)

    def teardown(self) -> None:
        _segment.SMALLEST_WITH_TABLES, _segment._ROWS_A_PROBE, _state.TAIL = self.saved
        self.folder.cleanup()

    def _made(self, seed: int, count: int, spread: int) -> np.ndarray:
        """Hashes around one centre (spread bits apart), or anywhere (spread 128)."""
        rng = np.random.default_rng(seed)
        if spread == 128:
            return rng.integers(0, 256, (count, 32), dtype=np.uint8)
        centre = np.random.default_rng(seed % 5).integers(0, 256, (1, 32), dtype=np.uint8)
        return flipped(np.repeat(centre, count, axis=0), spread, seed)

    made = {"seed": st.integers(0, 2**32), "spread": st.sampled_from([0, 1, 4, 12, 31, 128])}

    @initialize(count=st.integers(0, 60), **made)
    def start(self, seed: int, count: int, spread: int) -> None:
        self.hashes = self._made(seed, count, spread)
        self.ids = np.arange(count)
        self.index = HammingIndex.from_hashes(self.hashes)

    @rule(count=st.integers(0, 40), first=st.integers(0, 200), **made)
    def add(self, seed: int, count: int, spread: int, first: int) -> None:
        new = self._made(seed, count, spread)
        ids = first + np.random.default_rng(seed).integers(0, 30, count)
        self.index.add(new, ids)
        self.hashes, self.ids = np.concatenate([self.hashes, new]), np.concatenate([self.ids, ids])

    @rule(ids=st.lists(st.integers(0, 230), max_size=40))
    def remove(self, ids: list[int]) -> None:
        kept = ~np.isin(self.ids, ids)
        assert self.index.remove(ids) == int((~kept).sum())
        self.hashes, self.ids = self.hashes[kept], self.ids[kept]

    @rule(radius=st.sampled_from([0, 5, 15, 16, 31, 32, 47, 63, 64]), count=st.integers(1, 12), **made)
    def query(self, seed: int, count: int, spread: int, radius: int) -> None:
        queries = self._made(seed, count, spread)
        assert rows(self.index.query(queries, radius)) == brute_force(self.hashes, self.ids, queries, radius)

    @rule(seed=st.integers(0, 2**32), off=st.sampled_from([-1, 0, 1]))
    def query_at_the_boundary(self, seed: int, off: int) -> None:
        if not len(self.ids):
            return
        rng = np.random.default_rng(seed)
        radii = rng.integers(1, 64, 6)
        some = self.hashes[rng.integers(0, len(self.ids), 6)]
        queries = np.concatenate([flipped(h[None], r + off) for h, r in zip(some, radii, strict=True)])
        assert rows(self.index.query(queries, radii)) == brute_force(self.hashes, self.ids, queries, radii)

    @rule()
    def save_and_load(self) -> None:
        path = Path(self.folder.name) / "index"
        self.index.save(path)
        self.index = HammingIndex.load(path)
        self.index.verify()

    @rule()
    def compact(self) -> None:
        self.index.compact()

    @invariant()
    def counts(self) -> None:
        assert len(self.index) == len(self.ids)


TestPrograms = Programs.TestCase
TestPrograms.settings = settings(
    max_examples=40, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
