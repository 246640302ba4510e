"""Case codes: 100 bits, forgiving to read, and derived slowly into two unrelated values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disrupt.hotline.common import codes


@given(st.binary(min_size=13, max_size=13))
def test_a_code_is_five_groups_of_four_and_parses_to_itself(bits: bytes) -> None:
    code = codes.from_bits(bits)
    assert [len(group) for group in code.split("-")] == [4] * 5
    assert codes.parse(code) == code


def test_all_hundred_bits_count() -> None:
    base = 0x5A5A5A5A5A5A5A5A5A5A5A5A5 << 4
    seen = {codes.from_bits((base ^ (1 << (bit + 4))).to_bytes(13, "big")) for bit in range(100)}
    assert len(seen) == 100


@pytest.mark.parametrize(
    "typed",
    [
        "abcd-efgh-jkmn-pqrs-0111",
        "ABCDEFGHJKMNPQRSO1IL",
        " abcd efgh\tjkmn pqrs oill ",
        "abcd.efgh.jkmn.pqrs.o11L",
    ],
)
def test_what_people_type_is_forgiven(typed: str) -> None:
    assert codes.parse(typed) == "ABCD-EFGH-JKMN-PQRS-0111"


@pytest.mark.parametrize(
    "typed", ["", "ABCD", "ABCD-EFGH-JKMN-PQRS-011", "ABCD-EFGH-JKMN-PQRS-011U", "é" * 20]
)
def test_what_cannot_be_a_code_says_so(typed: str) -> None:
    with pytest.raises(codes.MalformedCode):
        codes.parse(typed)


def test_the_same_form_has_the_same_code() -> None:
    assert codes.from_submission("a") == codes.from_submission("a")
    assert codes.from_submission("a") != codes.from_submission("b")


def test_lookup_and_key_pair_tell_nothing_of_each_other() -> None:
    code = codes.from_submission("a")
    first, second = codes.derive(code), codes.derive(code)
    assert first.lookup == second.lookup
    assert first.public_key == second.public_key
    assert bytes(first.private_key).hex() != first.lookup
    assert codes.derive(codes.from_submission("b")).lookup != first.lookup
