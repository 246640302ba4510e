"""The feed's wire format: what is written is read back the same; what is malformed is named, or refused."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from disrupt.protocol.feed import (
    Added,
    BadChange,
    Malformed,
    NotAFeed,
    Page,
    PdqPrint,
    VpdqPrint,
    Withdrawn,
    parse_change,
    parse_page,
    write_page,
)

AT = dt.datetime(2026, 11, 22, 10, 0, tzinfo=dt.UTC)
ID = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000002"
hexes = st.integers(0, 2**256 - 1).map(lambda n: f"{n:064x}")
moments = st.datetimes(timezones=st.just(dt.UTC)).map(lambda at: at.replace(microsecond=0))
ids = st.uuids().map(str)
qualities = st.integers(0, 100)
pdqs = st.builds(PdqPrint, hexes, qualities, st.sampled_from(["stored", "upright", "derived"]))
frames = st.builds(VpdqPrint, st.integers(0, 10**6), st.floats(0, 1e6), qualities, hexes)


def added(seq: int = 1, **changes: Any) -> Added:
    values: dict[str, Any] = {
        "seq": seq, "at": AT, "id": ID, "kind": "image", "category": "ADU-DNCI", "origin": "examined",
        "sha256": "a" * 64, "md5": "b" * 32, "pdq": (PdqPrint("c" * 64, 90, "stored"),),
    }  # fmt: skip
    return Added(**values | changes)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    after = draw(st.integers(0, 10**12))
    changes: list[Added | Withdrawn] = []
    for seq in range(after + 1, after + 1 + draw(st.integers(0, 4))):
        if draw(st.booleans()):
            changes.append(Withdrawn(seq, draw(moments), draw(ids)))
        else:
            changes.append(
                added(
                    seq,
                    at=draw(moments),
                    id=draw(ids),
                    kind=draw(st.sampled_from(["image", "video"])),
                    origin=draw(st.sampled_from(["examined", "declared"])),
                    md5=draw(st.none() | st.just("d" * 32)),
                    pdq=tuple(draw(st.lists(pdqs, max_size=3))),
                    vpdq=tuple(draw(st.lists(frames, max_size=3))),
                )
            )
    end = changes[-1].seq if changes else after
    return Page(tuple(changes), end, end + draw(st.integers(0, 9)), bool(changes) and draw(st.booleans()))


@settings(max_examples=60, deadline=None)
@given(pages())
def test_what_is_written_is_read_back_the_same(page: Page) -> None:
    assert parse_page(json.loads(json.dumps(write_page(page)))) == page


def raw_page() -> dict[str, Any]:
    return write_page(Page((added(1), Withdrawn(2, AT, OTHER)), 2, 2, False))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "x"), ("id", None), ("id", ID.upper().replace("0", "A")), ("at", "yesterday"), ("at", None),
        ("at", "2026-11-22T10:00:00"), ("action", "edited"), ("action", None), ("kind", "text"), ("kind", []),
        ("origin", "guessed"), ("category", ""), ("category", "A B"), ("category", "A\n"), ("category", 3),
        ("sha256", "a" * 63), ("sha256", "A" * 64), ("sha256", "a" * 64 + "\n"), ("sha256", None),
        ("md5", "b" * 31), ("md5", ""), ("md5", 5), ("pdq", None), ("pdq", {}), ("pdq", [1]), ("pdq", [{}]),
        ("pdq", [{"hex": "0" * 32, "quality": 1, "role": "stored"}]),
        ("pdq", [{"hex": "0" * 64, "quality": 101, "role": "stored"}]),
        ("pdq", [{"hex": "0" * 64, "quality": True, "role": "stored"}]),
        ("pdq", [{"hex": "0" * 64, "quality": 1.0, "role": "stored"}]),
        ("pdq", [{"hex": "0" * 64, "quality": 1, "role": "no word"}]),
        ("vpdq", [{"frame": -1, "timestamp": 0, "quality": 1, "hex": "0" * 64}]),
        ("vpdq", [{"frame": 1, "timestamp": -1, "quality": 1, "hex": "0" * 64}]),
        ("vpdq", [{"frame": 1, "timestamp": float("nan"), "quality": 1, "hex": "0" * 64}]),
        ("vpdq", [{"frame": 1, "timestamp": float("inf"), "quality": 1, "hex": "0" * 64}]),
        ("vpdq", [{"frame": 1, "timestamp": "0", "quality": 1, "hex": "0" * 64}]),
    ],
)  # fmt: skip
def test_a_malformed_change_is_named_and_its_neighbour_kept(name: str, value: Any) -> None:
    raw = raw_page()
    raw["changes"][0][name] = value
    first, second = parse_page(raw).changes
    assert isinstance(first, Malformed)
    assert first.seq == 1
    assert first.reason
    assert isinstance(second, Withdrawn)
    with pytest.raises(BadChange):
        parse_change(raw["changes"][0])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("format",), "disrupt-feed/2"), (("format",), None), (("changes",), None), (("changes",), {}),
        (("changes", 0), None), (("changes", 0, "seq"), None), (("changes", 0, "seq"), "1"),
        (("changes", 0, "seq"), 0), (("changes", 0, "seq"), True), (("changes", 0, "seq"), 2**63),
        (("changes", 1, "seq"), 1), (("changes", 1, "seq"), 3), (("next",), 1), (("next",), "2"),
        (("next",), None), (("last",), 1), (("last",), None), (("more",), None), (("more",), 1),
    ],
)  # fmt: skip
def test_a_page_that_contradicts_itself_is_refused(path: tuple[Any, ...], value: Any) -> None:
    raw: Any = raw_page()
    target = raw
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    with pytest.raises(NotAFeed):
        parse_page(raw)


@pytest.mark.parametrize("raw", [None, [], "x", 1, {}, {"error": {}}])
def test_what_is_no_page_is_refused(raw: Any) -> None:
    with pytest.raises(NotAFeed):
        parse_page(raw)


def test_more_without_a_change_would_loop_for_ever() -> None:
    with pytest.raises(NotAFeed):
        parse_page(write_page(Page((), 2, 3, True)))


def test_keys_of_a_later_version_are_ignored() -> None:
    raw = raw_page()
    raw["colour"] = raw["changes"][0]["colour"] = raw["changes"][0]["pdq"][0]["colour"] = "blue"
    assert parse_page(raw) == parse_page(raw_page())


def test_a_withdrawal_holds_no_fingerprint() -> None:
    assert Withdrawn(1, AT, ID).to_wire().keys() == {"seq", "at", "action", "id"}


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=True) | st.text(max_size=70),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([
        ("format",), ("changes",), ("next",), ("last",), ("more",), ("changes", 0), ("changes", 0, "seq"),
        ("changes", 0, "at"), ("changes", 0, "id"), ("changes", 0, "pdq"), ("changes", 0, "pdq", 0),
        ("changes", 0, "pdq", 0, "hex"), ("changes", 0, "vpdq"), ("changes", 0, "sha256"), ("changes", 1),
    ]),
    json_values,
)  # fmt: skip
def test_no_value_anywhere_raises_anything_else(path: tuple[Any, ...], value: Any) -> None:
    raw: Any = copy.deepcopy(raw_page())
    target = raw
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    try:
        parse_page(raw)
    except NotAFeed:
        return
