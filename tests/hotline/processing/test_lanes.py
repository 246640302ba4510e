"""Decoding beside the sweep: what is cheap or quick never waits for a film that is slow."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from tests.fingerprint.media import slow_film
from tests.hotline.processing.working import accept, jpeg, only
from tests.waiting import until

from disrupt.hotline.cases import withdrawing
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common.running.lane import Lane
from disrupt.hotline.common.running.sweep import MAIL, MAIN, Sweep
from disrupt.hotline.processes.worker.duties import DUTIES
from disrupt.hotline.processing import decoding, lanes, pipeline, preparing
from disrupt.hotline.processing.due import items_to_decode, items_without_decoding

ASIDE = tuple(duty for duty in DUTIES if duty.lane in (lanes.QUICK, lanes.LONG))


@pytest.mark.django_db
def test_a_slow_file_steps_aside_and_is_finished_later(make_case: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(decoding, "QUICK", 0.3)
    slow, quick = make_case(files=(slow_film(30_000),)), make_case(files=(jpeg(),))
    for case in (slow, quick):
        accept(only(case))
    assert list(items_without_decoding()) == []
    assert list(items_to_decode()) == [only(slow).pk, only(quick).pk]
    aside = lanes.Aside()
    for item_id in aside.first():
        aside.try_quickly(item_id)
    assert only(quick).state == ItemState.PROTECTED
    assert (only(slow).state, only(slow).holds_content) == (ItemState.ACCEPTED, True)
    assert aside.first() == []
    assert list(aside.rest()) == [only(slow).pk]
    aside.finish(only(slow).pk)
    assert (only(slow).state, only(slow).media) == (ItemState.PROTECTED, "video")
    assert list(aside.rest()) == []


@pytest.mark.django_db
def test_what_is_cheap_is_left_to_the_sweep(make_case: Any) -> None:
    case = make_case(files=(jpeg(), jpeg(2)))
    first, second = case.items.order_by("position")
    accept(first)
    accept(second, "OUT", reason="NOT-INTIMATE")
    assert list(items_without_decoding()) == [second.pk]
    assert pipeline.carry_without_decoding(first.pk) == 0
    assert pipeline.carry_without_decoding(second.pk) == 1


def test_every_duty_that_decodes_has_a_lane() -> None:
    assert {duty.name for duty in ASIDE} == {lanes.QUICK, lanes.LONG}
    assert set(ASIDE) < set(DUTIES)
    others = {MAIN, MAIL, preparing.LANE, "answers", "hooks", "figures", "objects"}
    assert {duty.lane for duty in DUTIES} == {lanes.QUICK, lanes.LONG, *others}


@pytest.mark.django_db(transaction=True)
def test_a_film_in_the_long_lane_holds_up_neither_a_picture_nor_a_withdrawal(
    make_case: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(decoding, "QUICK", 0.3)
    slow = make_case(files=(slow_film(30_000),))
    accept(only(slow))
    stop = threading.Event()
    running = [Lane(f"worker/{duty.lane}", (duty,), stop, 0.05) for duty in ASIDE]
    sweep = Sweep(tuple(duty for duty in DUTIES if duty not in ASIDE))
    for lane in running:
        lane.start()
    try:
        until(lambda: only(slow).pk in lanes._aside._items, seconds=30)
        urgent, gone = make_case(files=(jpeg(),)), make_case(files=(jpeg(2),))
        accept(only(urgent))
        withdrawing.withdraw_case(gone)
        until(lambda: sweep.once() == 0 and only(urgent).state == ItemState.PROTECTED, seconds=30)
        assert not only(gone).holds_content
        assert only(slow).state == ItemState.ACCEPTED, "the film is decoded all the while"
        until(lambda: only(slow).state == ItemState.PROTECTED, seconds=120)
    finally:
        stop.set()
        ended = [lane.join(30) for lane in running]
        assert all(ended)
