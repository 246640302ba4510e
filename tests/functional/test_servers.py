"""The processes start, answer, survive a kill, and stop."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest
from tests.functional.servers import DidNotStart, Hotline


def test_a_process_starts_is_killed_and_starts_again(hotline: Callable[..., Hotline]) -> None:
    one = hotline("portal")
    first = one.pid("portal")
    one.kill("portal")
    with pytest.raises(ProcessLookupError):
        os.kill(first, 0)
    one.start("portal")
    assert one.pid("portal") != first
    one.stop()


def test_a_process_that_cannot_start_says_why(hotline: Callable[..., Hotline]) -> None:
    one = hotline()
    (one.var / "keys" / "shared" / "code.pepper").chmod(0o644)
    with pytest.raises(DidNotStart, match=r"common\.E001"):
        one.run("init")
