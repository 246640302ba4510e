"""The tree against its definition, written as RFC 9162 writes it, for every size up to a few dozen leaves."""

from __future__ import annotations

import hashlib

import pytest

from disrupt.protocol.merkle import (
    EMPTY,
    Frontier,
    consistency,
    inclusion,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    peaks_of,
)

SIZES = range(41)
LEAVES = [leaf_hash(str(n).encode()) for n in range(41)]


def tree_hash(leaves: list[bytes]) -> bytes:
    """MTH of section 2.1.1, over hashes of leaves."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(tree_hash(leaves[:middle]), tree_hash(leaves[middle:]))


def node(level: int, index: int) -> bytes:
    return tree_hash(LEAVES[index << level : (index + 1) << level])


def test_known_values_of_the_certificate_transparency_test_vectors() -> None:
    assert leaf_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    two = tree_hash([leaf_hash(b""), leaf_hash(b"\x00")])
    assert two.hex() == "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"


def test_a_growing_tree_has_the_root_of_the_definition_and_completes_each_part_once() -> None:
    tree, made = Frontier(), {}
    for size in SIZES:
        assert tree.root() == tree_hash(LEAVES[:size])
        assert tree.peaks == peaks_of(size, node)
        assert Frontier(size, tree.peaks).root() == tree.root()
        if size < len(LEAVES):
            for level, index, value in tree.add(LEAVES[size]):
                assert (level, index) not in made
                made[level, index] = value
    assert all(value == node(*place) for place, value in made.items())


@pytest.mark.parametrize("new", SIZES)
def test_consistency_is_proven_for_every_pair_and_for_no_other(new: int) -> None:
    root = tree_hash(LEAVES[:new])
    for old in range(new + 1):
        before, proof = tree_hash(LEAVES[:old]), consistency(old, new, node)
        assert is_consistent(old, new, before, root, proof)
        assert len(proof) <= 2 * max(1, new).bit_length()
        if 0 < old < new:
            other = tree_hash([*LEAVES[: old - 1], leaf_hash(b"other")])
            assert not is_consistent(old, new, other, root, proof)
            assert not is_consistent(old, new, before, tree_hash([*LEAVES[: new - 1], b"x" * 32]), proof)
            assert not is_consistent(old, new, before, root, proof[:-1])
            assert not is_consistent(old, new, before, root, [*proof, b"x" * 32])
            assert not is_consistent(old, new, before, root, [b"y" * 32, *proof[1:]])
        assert not is_consistent(new + 1, new, before, root, proof)


@pytest.mark.parametrize("size", SIZES)
def test_inclusion_is_proven_for_every_leaf_and_for_no_other(size: int) -> None:
    root = tree_hash(LEAVES[:size])
    for index in range(size):
        proof = inclusion(index, size, node)
        assert is_included(index, size, LEAVES[index], root, proof)
        assert not is_included(index, size, leaf_hash(b"other"), root, proof)
        assert not is_included(size, size, LEAVES[index], root, proof)
        if size > 1:
            assert not is_included(index, size, LEAVES[index], root, proof[:-1])
            assert not is_included((index + 1) % size, size, LEAVES[index], root, proof)


def test_a_frontier_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="complete parts"):
        Frontier(3, [b"x" * 32])
