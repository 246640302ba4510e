"""The append-only hash tree of RFC 9162 (and 6962): roots, proofs, and what verifies them. SHA-256.

Section 2.1 of RFC 9162, https://www.rfc-editor.org/rfc/rfc9162: leaf = H(0x00 || data), node = H(0x01 ||
left || right); the left part of a tree of n leaves is the largest power of two below n.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY = hashlib.sha256(b"").digest()
Node = Callable[[int, int], bytes]
"""(level, index) -> the hash of the complete subtree of 2**level leaves from index * 2**level on."""


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(size: int) -> int:
    """The largest power of two below `size`."""
    return 1 << (size - 1).bit_length() - 1


class Frontier:
    """A tree that only grows, of which nothing is kept but the roots of its complete parts (at most 64)."""

    def __init__(self, size: int = 0, peaks: Sequence[bytes] = ()) -> None:
        if len(peaks) != size.bit_count():
            raise ValueError(
                f"a tree of {size} leaves has {size.bit_count()} complete parts, not {len(peaks)}"
            )
        self.size, self.peaks = size, list(peaks)

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Append a leaf's hash; (level, index, hash) of each subtree that it completes, itself first."""
        made = [(0, self.size, leaf)]
        index, level, value = self.size, 0, leaf
        while index & 1:
            value, index, level = node_hash(self.peaks.pop(), value), index >> 1, level + 1
            made.append((level, index, value))
        self.peaks.append(value)
        self.size += 1
        return made

    def root(self) -> bytes:
        if not self.peaks:
            return EMPTY
        value = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            value = node_hash(peak, value)
        return value

    def copy(self) -> Frontier:
        return Frontier(self.size, self.peaks)


def node_of(leaves: Sequence[bytes]) -> Node:
    """The complete subtrees over leaves that are all at hand, computed when they are asked for."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node


def peaks_of(size: int, node: Node) -> list[bytes]:
    """The roots of the complete parts of a tree's first `size` leaves, from the left."""
    found, start = [], 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            found.append(node(level, start >> level))
            start += 1 << level
    return found


def _subtree(low: int, high: int, node: Node) -> bytes:
    size = high - low
    if size & (size - 1) == 0 and low % size == 0:
        return node(size.bit_length() - 1, low // size)
    middle = low + _split(size)
    return node_hash(_subtree(low, middle, node), _subtree(middle, high, node))


def consistency(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the first `old` leaves of the tree of `new` are what they were; empty if trivial."""
    if not 0 < old < new:
        return []

    def part(size: int, low: int, high: int, whole: bool) -> list[bytes]:
        if size == high - low:
            return [] if whole else [_subtree(low, high, node)]
        middle = low + _split(high - low)
        if low + size <= middle:
            return [*part(size, low, middle, whole), _subtree(middle, high, node)]
        return [*part(low + size - middle, middle, high, False), _subtree(low, middle, node)]

    return part(old, 0, new, True)


def is_consistent(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `new` leaves goes on from that of `old` (RFC 9162, 2.1.4.2)."""
    if old > new:
        return False
    if old in (0, new):
        return not proof and (old == 0 or old_root == new_root)
    path = list(proof)
    if old & (old - 1) == 0:
        path.insert(0, old_root)
    if not path:
        return False
    first, last = old - 1, new - 1
    while first & 1:
        first, last = first >> 1, last >> 1
    one = two = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if first & 1 or first == last:
            one, two = node_hash(step, one), node_hash(step, two)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            two = node_hash(two, step)
        first, last = first >> 1, last >> 1
    return last == 0 and one == old_root and two == new_root


def inclusion(index: int, size: int, node: Node) -> list[bytes]:
    """The proof that leaf number `index` (from 0) is in the tree of `size` leaves."""

    def part(low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + _split(high - low)
        if index < middle:
            return [*part(low, middle), _subtree(middle, high, node)]
        return [*part(middle, high), _subtree(low, middle, node)]

    return part(0, size)


def is_included(index: int, size: int, leaf: bytes, root: bytes, proof: Iterable[bytes]) -> bool:
    """Whether a leaf's hash is in the tree at that place (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    first, last, value = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if first & 1 or first == last:
            value = node_hash(step, value)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            value = node_hash(value, step)
        first, last = first >> 1, last >> 1
    return last == 0 and value == root
