"""A flood from one network does not make anybody else wait, and nobody in it is refused (real processes)."""

from __future__ import annotations

import statistics
from collections.abc import Callable

import pytest
from tests.functional.flood import CROWD, Browser, Seen, flood
from tests.functional.servers import Hotline

from disrupt.hotline.intake.visit.limits import LONGEST_WAIT

MOST_SECONDS = 5.0


@pytest.fixture
def portal(hotline: Callable[..., Hotline]) -> Hotline:
    return hotline("portal", DISRUPT_BEHIND_PROXY="1")


def told(seen: Seen) -> str:
    calm, usual, worst = statistics.median(seen.calm), statistics.median(seen.flooded), max(seen.flooded)
    return (
        f"{seen.opened} opened, {seen.waiting} told to wait, in {seen.seconds:.0f} s. A person elsewhere: "
        f"{calm:.2f} s when calm; in the flood {usual:.2f} s, at most {worst:.2f} s."
    )


def check(seen: Seen, reports: int) -> None:
    print(told(seen))
    assert seen.errors == []
    assert seen.opened + seen.waiting == reports, "nobody is refused"
    assert seen.waiting > reports / 2
    assert max(seen.flooded) - statistics.median(seen.calm) <= MOST_SECONDS


@pytest.mark.alone
def test_a_flood_from_one_network_delays_nobody_else(portal: Hotline) -> None:
    check(flood(portal.ports["portal"], 400, 24, visits=12), 400)
    # In the same network, without a script: some waiting, then the code.
    browser = Browser(portal.ports["portal"], CROWD.format(9))
    assert browser.send().endswith("/wait/")
    portal.move_clock(seconds=LONGEST_WAIT)
    browser.wait(20)
    browser.close()
    assert "192.0.2" not in portal.log("portal")


@pytest.mark.fuzz
def test_ten_thousand(portal: Hotline) -> None:
    check(flood(portal.ports["portal"], 10_000, 200, visits=500), 10_000)
