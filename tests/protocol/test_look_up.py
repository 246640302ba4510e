"""Look-ups are read strictly, and those that are read all at once as each of them would be alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disrupt.protocol.look_up import BadLookUp, LookUp, parse_look_ups

GOOD = "0123456789abcdef" * 4
_TEXTS = st.sampled_from(
    [GOOD, GOOD.upper(), GOOD[:-1], GOOD + "0", GOOD[:-1] + "g", "", 7, None, [GOOD] * 64]
)
_QUALITIES = st.sampled_from([0, 49, 100, 101, -1, True, 1.0, "1", None])
_ONE = st.fixed_dictionaries(
    {"pdq": _TEXTS}, optional={"quality": _QUALITIES, "radius": st.just(31), "view": st.just("mirrored")}
) | st.sampled_from([{}, [], None, "pdq", {"md5": "0" * 32}, {"pdq": GOOD, "unknown": 1}])


def outcome(raw: Any) -> Any:
    try:
        return parse_look_ups(raw)[0]
    except BadLookUp as error:
        return str(error).partition(": ")[2] or str(error)


@given(st.lists(_ONE, min_size=1, max_size=4))
def test_many_are_read_as_each_would_be_alone(several: list[Any]) -> None:
    alone = [outcome(one) for one in several]
    wrong = [one for one in alone if isinstance(one, str)]
    together = outcome({"look_ups": several})
    assert together == (wrong[0] if wrong else tuple(one[0] for one in alone))


@given(st.lists(st.tuples(st.binary(min_size=32, max_size=32), st.integers(0, 100)), min_size=1, max_size=50))
def test_what_batches_are_made_of_is_read(rows: list[tuple[bytes, int]]) -> None:
    raw = json.loads(json.dumps([{"pdq": bits.hex(), "quality": quality} for bits, quality in rows]))
    read, several = parse_look_ups({"look_ups": raw})
    assert several
    assert read == tuple(LookUp(bits.hex(), quality) for bits, quality in rows)


@pytest.mark.parametrize(
    "raw", [{}, [], {"look_ups": []}, {"look_ups": [{"pdq": GOOD}] * 1001}, {"look_ups": {}}]
)
def test_what_is_no_question_is_refused(raw: Any) -> None:
    with pytest.raises(BadLookUp):
        parse_look_ups(raw)
