"""The states: every one can be reached, every open one can be withdrawn, and nothing leaves `withdrawn`."""

from __future__ import annotations

import pytest

from disrupt.hotline.cases.states import FOLLOWS, SETTLED, ImpossibleStep, ItemState, check_step


def test_every_state_is_reached_from_received() -> None:
    reached, frontier = {ItemState.RECEIVED}, [ItemState.RECEIVED]
    while frontier:
        for state in FOLLOWS[frontier.pop()] - reached:
            reached.add(state)
            frontier.append(state)
    assert reached == set(ItemState)


@pytest.mark.parametrize("state", [s for s in ItemState if s != ItemState.WITHDRAWN])
def test_a_reporter_can_always_withdraw(state: ItemState) -> None:
    check_step(state, ItemState.WITHDRAWN)


@pytest.mark.parametrize("state", list(ItemState))
def test_nothing_leaves_withdrawn(state: ItemState) -> None:
    with pytest.raises(ImpossibleStep):
        check_step(ItemState.WITHDRAWN, state)


def test_settled_states_hold_no_content() -> None:
    assert ItemState.BANKED not in SETTLED
    assert ItemState.REJECTED not in SETTLED
