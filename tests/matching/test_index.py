"""The index answers as a comparison with every entry does."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from disrupt.matching import BadHash, BadRadius, HammingIndex, Matches
from disrupt.matching._index import _kernels, _probing, _segment, _state


def random_hashes(count: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def flipped(hashes: np.ndarray, bits: int, seed: int = 1) -> np.ndarray:
    """Each hash with exactly `bits` of its bits turned over."""
    rng = np.random.default_rng(seed)
    spread = np.unpackbits(hashes, axis=1)
    for row in spread:
        row[rng.choice(256, bits, replace=False)] ^= 1
    return np.packbits(spread, axis=1)


def brute_force(
    entries: np.ndarray, ids: np.ndarray, queries: np.ndarray, radius: object
) -> list[tuple[int, int, int]]:
    """The slow reference: every pair compared."""
    radii = np.broadcast_to(np.asarray(radius), len(queries))
    found = []
    for number, query in enumerate(queries):
        distances = np.bitwise_count(entries ^ query).sum(axis=1, dtype=np.int64)
        found += [
            (number, int(ids[row]), int(distances[row])) for row in np.flatnonzero(distances <= radii[number])
        ]
    return sorted(found)


def rows(matches: Matches) -> list[tuple[int, int, int]]:
    return sorted(zip(matches.query.tolist(), matches.entry.tolist(), matches.distance.tolist(), strict=True))


@pytest.fixture
def tables_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small indexes go through the tables too, and never give up on them for being small."""
    monkeypatch.setattr(_segment, "SMALLEST_WITH_TABLES", 1)
    monkeypatch.setattr(_segment, "_ROWS_A_PROBE", 0)


@pytest.mark.usefixtures("tables_everywhere")
@pytest.mark.parametrize("radius", [0, 1, 7, 14, 15, 16, 17, 30, 31, 32, 47, 48, 63, 64])
def test_finds_exactly_what_lies_within_the_radius(radius: int) -> None:
    entries = random_hashes(600)
    index = HammingIndex.from_hashes(entries)
    for bits in {max(0, radius - 1), radius, radius + 1}:
        matches = index.query(flipped(entries[:300], bits), radius)
        wanted = [(n, n, bits) for n in range(300)] if bits <= radius else []
        assert rows(matches) == wanted


@pytest.mark.parametrize("count", [1, 2, 31, 4095, 4096, 20_000])
@pytest.mark.parametrize("radius", [31, 64])
def test_equals_brute_force(count: int, radius: int) -> None:
    entries = random_hashes(count)
    rng = np.random.default_rng(3)
    near = np.concatenate([flipped(entries[rng.integers(0, count, 4)], bits) for bits in range(0, 70, 3)])
    queries = np.concatenate([near, random_hashes(10, seed=4)])
    index = HammingIndex.from_hashes(entries)
    assert rows(index.query(queries, radius)) == brute_force(entries, np.arange(count), queries, radius)


def test_each_query_may_have_its_own_radius() -> None:
    entries = random_hashes(6000)
    index = HammingIndex.from_hashes(entries)
    queries = flipped(entries[:65], 20)
    radii = np.arange(65)
    assert rows(index.query(queries, radii)) == brute_force(entries, np.arange(6000), queries, radii)
    assert len(index.query(queries, radii)) >= 45


def test_an_empty_index_and_an_index_of_one() -> None:
    assert len(HammingIndex().query(random_hashes(3))) == 0
    assert len(HammingIndex.from_hashes(np.zeros((0, 32), np.uint8)).query(random_hashes(3))) == 0
    one = HammingIndex.from_hashes(random_hashes(1), ids=[77])
    assert rows(one.query(random_hashes(1))) == [(0, 77, 0)]
    assert len(one.query(np.zeros((0, 32), np.uint8))) == 0


@pytest.mark.usefixtures("tables_everywhere")
@pytest.mark.parametrize("radius", [0, 31, 64])
def test_crowds_of_near_identical_hashes(radius: int) -> None:
    centres = random_hashes(3)
    crowd = np.concatenate([np.repeat(centres, 700, axis=0), flipped(np.repeat(centres, 300, axis=0), 12)])
    index = HammingIndex.from_hashes(crowd)
    queries = np.concatenate([centres, flipped(centres, 19), random_hashes(2, seed=9)])
    assert rows(index.query(queries, radius)) == brute_force(crowd, np.arange(len(crowd)), queries, radius)


@pytest.mark.usefixtures("tables_everywhere")
def test_a_flat_crowd_costs_no_more_than_a_scan_would() -> None:
    crowd = np.zeros((5000, 32), np.uint8)
    segment = HammingIndex.from_hashes(crowd)._state.segments[0]
    budget = len(segment) // 16 + 256
    queries = np.zeros((2, 4), np.uint64)
    _, effort = _probing.probe(
        segment.offsets, segment.nexts, segment.positions, segment.hashes, segment.dead,
        queries, np.full(2, 31, np.uint16), *_kernels.flip_masks(), budget,
    )  # fmt: skip
    # Given up at once, instead of comparing 5000 entries through each of 16 tables.
    assert budget < effort[:2].max() < budget + 2 * 1024 + 2 * 32


def test_added_and_removed_entries_are_seen_by_the_next_query() -> None:
    entries = random_hashes(5000)
    index = HammingIndex.from_hashes(entries)
    late = random_hashes(2, seed=5)
    assert len(index.query(late)) == 0
    index.add(late)
    assert rows(index.query(late)) == [(0, 5000, 0), (1, 5001, 0)]
    assert index.remove([5000, 17, 10**15]) == 2
    assert rows(index.query(np.concatenate([late, entries[17:19]]))) == [(1, 5001, 0), (3, 18, 0)]
    assert len(index) == 5000
    index.add(entries[17:18], ids=[17])
    assert rows(index.query(entries[17:18])) == [(0, 17, 0)]


@pytest.mark.parametrize("highest", [1 << 20, (1 << 32) - 1, 1 << 32, (1 << 64) - 2])
def test_pairs_are_told_by_query_then_distance_then_id(highest: int) -> None:
    base = random_hashes(3)
    entries = np.concatenate([flipped(base, bits, bits) for bits in (9, 2, 9, 0, 31)])
    ids = np.uint64(highest) - np.random.default_rng(2).permutation(len(entries)).astype(np.uint64)
    found = HammingIndex.from_hashes(entries, ids).query(base[[2, 0, 1]], 31)
    told = list(zip(found.query.tolist(), found.distance.tolist(), found.entry.tolist(), strict=True))
    assert told == sorted(told)
    assert [distance for _, distance, _ in told] == [0, 2, 9, 9, 31] * 3


def test_one_id_may_stand_for_several_hashes() -> None:
    entries = random_hashes(6)
    index = HammingIndex.from_hashes(entries, ids=[5, 3, 5, 3, 9, 5])
    assert index.query(entries).entry.tolist() == [5, 3, 5, 3, 9, 5]
    assert index.remove(5) == 3
    assert index.query(entries).entry.tolist() == [3, 3, 9]


@pytest.mark.parametrize("threads", [2, 3])
def test_threads_change_nothing(threads: int) -> None:
    entries = random_hashes(20_000)
    index = HammingIndex.from_hashes(entries, threads=threads)
    queries = flipped(entries[:100], 20)
    assert rows(index.query(queries, threads=threads)) == rows(index.query(queries)) != []


def test_readers_go_on_while_a_writer_writes() -> None:
    entries = random_hashes(30_000)
    index = HammingIndex.from_hashes(entries[:5000])
    stop, wrong = threading.Event(), []

    def read() -> None:
        wanted = [(n, n, 0) for n in range(50)]
        while not stop.is_set():
            if rows(index.query(entries[:50])) != wanted:
                wrong.append(index.query(entries[:50]))

    readers = [threading.Thread(target=read, daemon=True) for _ in range(2)]
    for reader in readers:
        reader.start()
    for start in range(5000, 30_000, 500):
        index.add(entries[start : start + 500])
        index.remove(np.arange(start, start + 250))
    index.compact()
    stop.set()
    for reader in readers:
        reader.join()
    assert wrong == []
    assert len(index) == 5000 + 50 * 250


def settled(index: HammingIndex) -> None:
    """Wait until the thread in the background has nothing left to join."""
    with index._write:
        assert index._folded.wait_for(lambda: not index._folding, timeout=60)


def test_tables_for_additions_are_made_in_the_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """While they are made, additions, removals and queries go on and are right; then they are swapped in."""
    entries = random_hashes(30_000)
    index = HammingIndex.from_hashes(entries[:10_000])
    begun, go_on = threading.Event(), threading.Event()
    build = _segment.Segment.build

    def slowly(*arguments: object) -> _segment.Segment:
        begun.set()
        assert go_on.wait(60)
        return build(*arguments)  # type: ignore[arg-type]  # as given

    monkeypatch.setattr(_segment.Segment, "build", staticmethod(lambda *a, **_: slowly(*a)))
    index.add(entries[10_000:18_000])
    index.add(entries[18_000:20_000])  # the tail overflows: a thread starts to build
    assert begun.wait(60)
    assert index.remove(np.arange(9_000, 11_000)) == 2000  # some in what is being built, some not
    index.add(flipped(entries[10_500:10_501], 3), ids=[10_500])  # again, after its removal
    wanted = [(n, n, 0) for n in range(9_000)] + [(n, n, 0) for n in range(11_000, 20_000)]
    wanted.append((10_500, 10_500, 3))
    assert rows(index.query(entries[:20_000], 5)) == sorted(wanted)
    go_on.set()
    settled(index)
    assert [segment.lacks_tables for segment in index._state.segments] == [False] * len(index._state.segments)
    assert rows(index.query(entries[:20_000], 5)) == sorted(wanted)
    assert len(index) == len(wanted)


def test_a_failed_join_leaves_the_index_right_and_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = random_hashes(30_000)
    index = HammingIndex()

    def full(*_: object, **__: object) -> None:
        raise MemoryError

    heard: list[object] = []
    monkeypatch.setattr(threading, "excepthook", heard.append)
    monkeypatch.setattr(_segment.Segment, "build", staticmethod(full))
    index.add(entries[:8000])
    index.add(entries[8000:9000])
    settled(index)
    assert len(heard) == 1
    assert index._state.waiting() == 1
    index.remove([8500, 3])
    monkeypatch.undo()
    index.add(entries[9000:9001])
    settled(index)
    assert index._state.waiting() == 0
    found = set(rows(index.query(entries[:9001], 0)))
    assert found == {(n, n, 0) for n in range(9001)} - {(8500, 8500, 0), (3, 3, 0)}


def test_additions_wait_rather_than_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_state, "TAIL", 4096)
    entries = random_hashes(4096 * 8)
    index = HammingIndex()
    most = 0
    monkeypatch.setattr("disrupt.matching.index._MOST_WAITING", 2)
    for start in range(0, len(entries), 2048):
        index.add(entries[start : start + 2048])
        most = max(most, index._state.waiting())
    settled(index)
    assert most <= 3
    assert rows(index.query(entries, 0)) == [(n, n, 0) for n in range(len(entries))]


@pytest.mark.parametrize(
    "bad",
    [
        np.zeros((2, 31), np.uint8),
        np.zeros(32, np.uint8),
        np.zeros((2, 32), np.int64),
        np.zeros((2, 4), np.uint64),
        [["ff"]],
    ],
)
def test_what_is_not_a_hash_is_refused(bad: object) -> None:
    with pytest.raises(BadHash, match=r"uint8 of shape \(N, 32\)"):
        HammingIndex().query(bad)  # type: ignore[arg-type]  # on purpose
    with pytest.raises(BadHash):
        HammingIndex.from_hashes(bad)  # type: ignore[arg-type]  # on purpose


@pytest.mark.parametrize("ids", [[1], [-1, 2], [0.5, 1.5], [[1, 2]]])
def test_bad_ids_are_refused(ids: list[object]) -> None:
    with pytest.raises(BadHash):
        HammingIndex.from_hashes(random_hashes(2), ids=ids)


@pytest.mark.parametrize("radius", [-1, 65, 31.0, [31, 31, 31], "31"])
def test_bad_radii_are_refused(radius: object) -> None:
    with pytest.raises(BadRadius, match="radius must be"):
        HammingIndex.from_hashes(random_hashes(2)).query(random_hashes(2), radius)  # type: ignore[arg-type]  # on purpose
