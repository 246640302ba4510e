"""`kill -9` of worker and checker at random moments: the mail server counts each message once."""

from __future__ import annotations

import pytest
from benchmarks.takedown_kills import run

pytestmark = [pytest.mark.slow, pytest.mark.alone]


def test_ten_kills_lose_nothing_and_send_nothing_twice() -> None:
    found = run(kills=10, addresses=8, hosts=4)
    assert (found.missing, found.told_twice, found.same_twice) == (0, 0, 0), found
    # Two addresses of a host may share a message; each step of the plan took at least one for each host.
    assert found.messages >= 4 * 5 - 4
