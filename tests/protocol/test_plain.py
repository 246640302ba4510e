"""What is read in bulk is what is read one by one, and its leaves are those of the log."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.protocol.test_feed import AT, added, hexes, ids, moments, pdqs

from disrupt.partner.following.proof import Altered, leaf_data
from disrupt.protocol.feed import Added, Malformed, Page, Withdrawn, parse_page, write_page
from disrupt.protocol.merkle import leaf_hash
from disrupt.protocol.plain import BulkPage, Plain, read_bulk_page

proofs = st.fixed_dictionaries(
    {},
    optional={
        "salt": st.sampled_from(["5a" * 16, "5a", "", "zz", 7, "00" * 16]),
        "parts_salt": st.sampled_from(["6b" * 16, "", "é", None]),
        "parts": st.one_of(hexes, st.just('"'), st.just("")),
        "content": hexes,
    },
)
pictures = st.builds(
    added,
    st.just(1),
    at=moments,
    id=ids,
    sha256=hexes,
    md5=st.one_of(st.none(), hexes.map(lambda text: text[:32])),
    pdq=st.lists(pdqs, max_size=3).map(tuple),
    minors=st.sampled_from([None, "examined", "declared"]),
    jurisdiction=st.sampled_from([None, "FR"]),
    proof=proofs,
)


def wire_of(change: Added) -> Any:
    page = write_page(Page((change,), 1, 1, False))
    return json.loads(json.dumps(page))


@settings(max_examples=200, deadline=None)
@given(pictures)
def test_an_addition_and_its_leaf_are_the_same(change: Added) -> None:
    wire = wire_of(change)
    (plain,), (slow,) = read_bulk_page(wire).changes, parse_page(wire).changes
    assert isinstance(plain, Plain)
    assert plain.added() == slow
    try:
        wanted = leaf_hash(leaf_data("x", slow))
    except Altered:
        assert plain.leaf() is None
    else:
        assert plain.leaf() in (wanted, None)
        proof = wire["changes"][0].get("proof", {})
        assert plain.leaf() or proof.get("parts") == '"' or proof.get("parts_salt") in ("é", None)


odd: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0, -1, 1.5, "", " ", "x", "\n", [], {}, [[]], "0" * 32, "0" * 64, "é", '"', "0" * 64 + "\n"]
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(set(wire_of(added())["changes"][0]) - {"seq"})), odd, st.booleans())
def test_what_is_odd_is_judged_the_same(name: str, value: Any, missing: bool) -> None:
    wire = wire_of(added())
    if missing:
        del wire["changes"][0][name]
    else:
        wire["changes"][0][name] = value
    (bulk,), (slow,) = read_bulk_page(wire).changes, parse_page(wire).changes
    assert (bulk.added() if isinstance(bulk, Plain) else bulk) == slow


@pytest.mark.parametrize("name", ["hex", "quality", "role"])
@pytest.mark.parametrize("value", [None, True, 101, -1, 1.0, "", "x y", [], "F" * 64, "0" * 64 + "\n"])
def test_an_odd_hash_is_judged_the_same(name: str, value: Any) -> None:
    wire = wire_of(added())
    wire["changes"][0]["pdq"][0][name] = value
    (bulk,), (slow,) = read_bulk_page(wire).changes, parse_page(wire).changes
    assert (bulk.added() if isinstance(bulk, Plain) else bulk) == slow


def test_no_two_fields_pass_for_three() -> None:
    wire = wire_of(added())
    row = wire["changes"][0]
    row["id"], row["sha256"], row["md5"] = f"{row['id']} {row['sha256']}", row["md5"], None
    assert isinstance(read_bulk_page(wire).changes[0], Malformed)


def test_a_withdrawal_and_a_film_are_as_ever() -> None:
    wire = wire_of(added())
    film = copy.deepcopy(wire["changes"][0]) | {
        "seq": 2,
        "kind": "video",
        "vpdq": [{"frame": 0, "timestamp": 0.0, "quality": 90, "hex": "ab" * 32}],
    }
    gone = {"seq": 3, "at": film["at"], "action": "withdrawn", "id": film["id"]}
    page: BulkPage = read_bulk_page(
        wire | {"changes": [wire["changes"][0], film, gone], "next": 3, "last": 3}
    )
    assert [type(one) for one in page.changes] == [Plain, Added, Withdrawn]


@settings(max_examples=100, deadline=None)
@given(st.lists(pictures, max_size=4), st.sampled_from(["id", "sha256", "md5", "pdq", "at", "category"]), odd)
def test_one_that_is_odd_changes_nothing_for_its_neighbours(many: list[Added], name: str, value: Any) -> None:
    numbered = [replace(change, seq=n) for n, change in enumerate([*many, added(), added()], 4)]
    gone = Withdrawn(numbered[-1].seq + 1, AT, added().id)
    wire = json.loads(json.dumps(write_page(Page((*numbered, gone), gone.seq, 90, True))))
    wire["changes"][len(many)][name] = value
    bulk = read_bulk_page(wire).changes
    assert tuple(one.added() if isinstance(one, Plain) else one for one in bulk) == parse_page(wire).changes
