"""A page that is read as columns is the page that is read change by change, and makes the same bank."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocol.test_feed import AT, added, hexes, ids, moments

from disrupt.matching import Bank
from disrupt.matching._bank._filling import Filling
from disrupt.matching._bank._pictures._blake2b import BLOCK, key_at
from disrupt.partner.following import first_sync
from disrupt.partner.following.proof import Altered, _leaf
from disrupt.partner.following.summary import Summary
from disrupt.protocol.columns._sha256 import put_digest, put_hex, sha256
from disrupt.protocol.columns.page import Columns, grow, read_columns
from disrupt.protocol.feed import Added, Page, PdqPrint, VpdqPrint, Withdrawn, write_page
from disrupt.protocol.merkle import Frontier
from disrupt.protocol.plain import BulkPage, Plain, read_bulk_page

FLAT = "0" * 64
SALTS = {"salt": "5a" * 16, "parts_salt": "6b" * 16}
hashes = st.one_of(hexes, st.sampled_from(["ab" * 32, FLAT]))
prints = st.builds(
    PdqPrint, hashes, st.integers(0, 100), st.sampled_from(["stored", "upright", "shown", "derived"])
)
proofs = st.one_of(
    st.just(SALTS),
    st.builds(lambda parts: {"salt": "5a" * 16, "parts": parts}, hexes),
    st.sampled_from([None, {}, {"salt": "zz" * 16}, SALTS | {"more": 1}]),
)
pictures = st.builds(
    added,
    st.just(1),
    at=moments,
    id=ids,
    category=st.sampled_from(["ADU-DNCI", "x_1.Y"]),
    origin=st.sampled_from(["examined", "declared", "shared"]),
    sha256=hexes,
    md5=st.one_of(st.none(), hexes.map(lambda text: text[:32])),
    pdq=st.lists(prints, max_size=4).map(tuple),
    minors=st.sampled_from([None, "examined", "declared"]),
    jurisdiction=st.sampled_from([None, "FR"]),
    proof=proofs,
)
films = st.builds(
    added, st.just(1), kind=st.just("video"), id=ids, vpdq=st.just((VpdqPrint(0, 0.5, 90, "ab" * 32),)),
    proof=st.just(SALTS),
)  # fmt: skip
gone = st.builds(Withdrawn, st.just(1), st.just(AT), ids)
changes = st.lists(st.one_of(pictures, pictures, pictures, films, gone), min_size=1, max_size=8)


def body_of(many: list[Any], **more: Any) -> bytes:
    """As an exchange writes it."""
    numbered = tuple(replace(change, seq=number) for number, change in enumerate(many, 7))
    wire = write_page(Page(numbered, numbered[-1].seq, 90, True, {"head": 1}))
    return json.dumps(wire | more, separators=(",", ":"), ensure_ascii=False).encode()


def both(body: bytes) -> tuple[BulkPage | None, BulkPage | None]:
    """Read as columns, and change by change."""
    try:
        slow = read_bulk_page(json.loads(body))
    except (ValueError, RecursionError):
        slow = None
    return read_columns(body, smallest=1), slow


def leaf_of(change: Any) -> bytes:
    try:
        return _leaf("x", change)
    except Altered:
        return bytes(32)


def same(swift: BulkPage, slow: BulkPage) -> None:
    assert isinstance(swift.changes, Columns)
    assert list(swift.changes) == list(slow.changes)
    assert (swift.next, swift.last, swift.more, swift.log) == (slow.next, slow.last, slow.more, slow.log)
    assert len(swift.changes[1:]) == len(slow.changes) - 1
    known = [one for one in slow.changes if isinstance(one, Plain | Added)]
    assert swift.changes.fingerprints == sum(len(one.pdq) + len(one.vpdq) for one in known)
    leaves = [leaf_of(change) for change in slow.changes]
    made = swift.changes.leaves(leaf_of)
    assert [one.tobytes() for one in made] == leaves
    tree, other = Frontier(), Frontier()
    for leaf in leaves:
        tree.add(leaf)
    grow(other, made[:3])
    grow(other, made[3:])
    assert (tree.size, tree.peaks) == (other.size, other.peaks)


@settings(max_examples=60, deadline=None)
@given(changes)
def test_the_same_changes_and_leaves(many: list[Any]) -> None:
    swift, slow = both(body_of(many))
    assert slow is not None
    plain = [one for one in many if isinstance(one, Added) and one.kind == "image" and one.proof is not None]
    if swift is None:
        assert len(plain) <= len(many) // 2 or any(len(one.proof or {}) != 2 for one in plain) or any(
            "parts" in (one.proof or {}) for one in plain
        )  # fmt: skip
    else:
        same(swift, slow)


def test_what_an_exchange_writes_is_read_as_columns() -> None:
    one = added(1, proof=SALTS, pdq=(PdqPrint("ab" * 32, 90, "stored"),))
    derived = replace(one, pdq=(*one.pdq, PdqPrint("cd" * 32, 7, "derived")), md5=None)
    unseen = replace(one, proof={"salt": "5a" * 16, "parts": "9" * 64}, pdq=())
    swift, slow = both(body_of([one, derived, unseen]))
    assert swift is not None
    assert slow is not None
    assert isinstance(swift.changes, Columns)
    assert not swift.changes.others
    same(swift, slow)
    assert read_columns(body_of([one, derived, unseen])) is None, "too few to load the loops for"


@settings(max_examples=8, deadline=None)
@given(changes, st.randoms(use_true_random=False))
def test_a_page_that_was_altered_is_no_page_or_the_same(many: list[Any], chance: random.Random) -> None:
    body = body_of(many)
    for _ in range(40):
        at = chance.randrange(len(body))
        put = chance.choice([b"", b"\0", b'"', b"{", b"}", b",", b"0", b"f", b"\\", b"]", b" ", b"\xff"])
        for bad in (body[:at] + put + body[at + 1 :], body[:at] + put + body[at:], body[:at]):
            swift, slow = both(bad)
            if swift is not None:
                assert slow is not None
                same(swift, slow)


@pytest.mark.parametrize(
    "more",
    [
        {"next": 1}, {"last": 1}, {"more": None}, {"next": True}, {"format": "disrupt-feed/2"},
        {"log": [1]}, {"also": {"changes": []}},
    ],
)  # fmt: skip
def test_what_the_rest_of_a_page_says_is_judged_the_same(more: dict[str, Any]) -> None:
    swift, slow = both(body_of([added(1, proof=SALTS), added(1, proof=SALTS)], **more))
    assert (swift is None) == (slow is None) or "also" in more
    if swift is not None and slow is not None:
        same(swift, slow)


def test_a_gap_a_number_twice_and_depth_without_end_are_left_to_the_other_reader() -> None:
    body = body_of([added(1, proof=SALTS)] * 3)
    for bad in (
        body.replace(b'{"seq":8', b'{"seq":7'),
        body.replace(b'{"seq":8', b'{"seq":08'),
        body.replace(b'{"seq":8', b'{"seq":18'),
        body.replace(b'{"seq":8', b'{"a":' + b"[" * 100_000 + b'},{"seq":8'),
        body.replace(b'"more":true', b'"changes":[],"more":true'),
    ):
        assert bad != body
        assert read_columns(bad, smallest=1) is None


@settings(max_examples=15, deadline=None)
@given(changes)
def test_the_same_bank(tmp_path_factory: pytest.TempPathFactory, many: list[Any]) -> None:
    swift, slow = both(body_of(many))
    assert slow is not None
    if swift is None:
        return
    banks, sums = [], []
    for page in (swift, slow):
        folder: Path = tmp_path_factory.mktemp("bank")
        summary = Summary(cursor=0)
        with Filling(folder / "bank", "https://é.example") as filling:
            first_sync._take(filling, page, summary, "https://é.example")
            filling.finish("9")
        opened = Bank.open(folder / "bank", strict=True)
        assert opened.verify() == ()
        banks.append({path.name: path.read_bytes() for path in (folder / "bank").glob("[eit]*")})
        sums.append(summary)
    assert banks[0] == banks[1]
    assert sums[0] == sums[1]


@pytest.mark.parametrize("size", [0, 1, 32, 36, 55, 56, 63, 64, 65, 119, 120, 127, 128, 500])
def test_the_sums_are_those_of_the_library(size: int) -> None:
    text = np.arange(600, dtype=np.uint8)
    state, words = np.empty(8, np.uint32), np.empty(64, np.uint32)
    wanted, key = hashlib.sha256(text[:size].tobytes()), bytes(text[:size].tolist())
    if size <= BLOCK:
        m, v = np.empty(16, np.uint64), np.empty(16, np.uint64)
        found = hashlib.blake2b(key, digest_size=8).digest()
        assert int(key_at(text, 0, size, m, v)) == int.from_bytes(found, "little")
    sha256(text, size, state, words)
    out = np.empty(96, np.uint8)
    put_digest(state, out, 0)
    put_hex(state, out, 32)
    assert out[:32].tobytes() == wanted.digest()
    assert out[32:].tobytes().decode() == wanted.hexdigest()
