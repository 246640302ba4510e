"""The review key comes back for any k of its operators, and for no fewer."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace

import pytest
from nacl.public import PrivateKey

from disrupt.hotline.common.together import sharing
from disrupt.hotline.common.together.sharing import LockDamaged, LockRefused, NotAShare

KEY = PrivateKey.generate()
OPERATORS = [PrivateKey.generate() for _ in range(4)]


def locked(needed: int, of: int = 4) -> sharing.Lock:
    held = sharing.lock(KEY, [one.public_key for one in OPERATORS[:of]], needed)
    return sharing.read(sharing.written(held))


def given(held: sharing.Lock, *who: PrivateKey) -> dict[sharing.Place, bytes]:
    return {place: share for one in who for place, share in sharing.shares_of(held, one).items()}


@pytest.mark.parametrize("needed", [2, 3, 4])
def test_any_k_bring_it_back_and_no_fewer(needed: int) -> None:
    held = locked(needed)
    for count in range(1, 5):
        for who in itertools.combinations(OPERATORS, count):
            shares = given(held, *who)
            sharing.must_be_ours(held, shares)
            assert len(sharing.who_gave(held, shares)) == count
            key = sharing.join(held, sharing.heard(sharing.spoken(shares)))
            assert (key is not None) == (count >= needed)
            assert key is None or bytes(key) == bytes(KEY)


def test_the_lock_holds_neither_the_key_nor_a_share() -> None:
    held = locked(2)
    text = sharing.written(held)
    for secret in (bytes(KEY), *given(held, *OPERATORS).values()):
        for form in (secret, secret.hex().encode(), sharing._text(secret).encode()):
            assert form not in text


def test_one_person_is_no_several() -> None:
    twice = [OPERATORS[0].public_key] * 2
    for operators, needed in (
        ([one.public_key for one in OPERATORS], 1),
        (twice, 2),
        ([one.public_key for one in OPERATORS], 5),
        ([PrivateKey.generate().public_key for _ in range(20)], 10),
    ):
        with pytest.raises(LockRefused):
            sharing.lock(KEY, operators, needed)


def test_a_stranger_has_no_share_and_nothing_else_is_taken_for_one() -> None:
    held = locked(2)
    assert sharing.shares_of(held, PrivateKey.generate()) == {}
    other = given(locked(2), OPERATORS[0])  # of another lock on the same key
    for shares in (other, {(0, 0): b"x"}, {(99, 0): b"x" * 32}, {(0, 9): b"x" * 32}):
        with pytest.raises(NotAShare):
            sharing.must_be_ours(held, shares)
    for line in ("nothing", "0.0:!", "0:AAAA", "-1.0:AAAA", "0.0.0:AAAA"):
        with pytest.raises(NotAShare):
            sharing.heard(line)
    assert sharing.heard("") == {}


def test_a_lock_that_was_altered_is_refused() -> None:
    held = locked(2, of=2)
    data = json.loads(sharing.written(held))
    for name in data:
        with pytest.raises(LockDamaged):
            sharing.read(json.dumps({key: value for key, value in data.items() if key != name}).encode())
    with pytest.raises(LockDamaged):
        sharing.read(json.dumps(data | {"needed": 1}).encode())
    with pytest.raises(LockDamaged, match="do not make the key"):
        sharing.join(replace(held, opens=bytes(32)), given(held, *OPERATORS[:2]))
    group = replace(held.groups[0], sealed=(held.groups[0].sealed[0][:-1] + b"x", held.groups[0].sealed[1]))
    with pytest.raises(LockDamaged, match="does not open"):
        given(replace(held, groups=(group,)), *OPERATORS[:2])
