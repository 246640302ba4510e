"""A list of erasures that is older, or lacks lines, is known by its seals."""

from __future__ import annotations

import datetime as dt
import secrets
from pathlib import Path

import pytest

from disrupt.hotline.common import clock
from disrupt.hotline.operating.backup import seals
from disrupt.hotline.operating.backup.erasures import Journal
from disrupt.hotline.operating.backup.seals import Checked, Line

KEY = b"k" * 32
FIRST = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)


def day(number: int) -> dt.datetime:
    return FIRST + dt.timedelta(days=number)


@pytest.fixture
def lines() -> list[Line]:
    """Six days with three erasures each, and the seal of each day."""
    found: list[Line] = []
    for number in range(6):
        found += [(day(number), secrets.token_hex(32)) for _ in range(3)]
        seal = seals.next_seal(found, KEY, day(number).date())
        assert seal is not None
        found.append((day(number), seal))
        assert seals.next_seal(found, KEY, day(number).date()) is None, "one a day"
    return found


def test_a_whole_list_is_believed_up_to_its_last_seal(lines: list[Line]) -> None:
    assert seals.check(lines, KEY) == Checked(None, day(5).date())
    assert seals.check([*lines, (day(6), "0" * 64)], KEY) == Checked(None, day(5).date())
    assert seals.check([], KEY) == Checked(None, None)
    assert seals.unsealed(lines, KEY) == 18


@pytest.mark.parametrize("place", range(24))
def test_a_line_that_is_gone_ages_the_list(lines: list[Line], place: int) -> None:
    """Of the seals after it none verifies; the first line of all is told as the beginning that it is not."""
    checked = seals.check(lines[:place] + lines[place + 1 :], KEY)
    before = place // 4 - 1
    assert checked.sealed == (day(before).date() if before >= 0 else None)


def test_an_older_list_and_one_that_begins_later(lines: list[Line]) -> None:
    assert seals.check(lines[:12], KEY).sealed == day(2).date()
    assert seals.check(lines[7:], KEY) == Checked(day(1).date(), day(5).date())
    assert seals.check(lines[8:], KEY) == Checked(None, None), "nothing says what stood before"


def test_no_seal_without_the_key(lines: list[Line]) -> None:
    assert seals.check(lines, b"x" * 32) == Checked(None, None)
    forged = seals.next_seal(lines, b"x" * 32, day(6).date())
    assert seals.check([*lines, (day(6), forged or "")], KEY).sealed == day(5).date()


def test_what_is_shortened_still_verifies(lines: list[Line]) -> None:
    kept = seals.after(lines, KEY, day(2))
    assert seals.check(kept, KEY) == Checked(day(2).date(), day(5).date())
    assert [at for at, _line in kept] == [day(2), *[day(3)] * 4, *[day(4)] * 4, *[day(5)] * 4]
    assert seals.after(kept, KEY, day(2)) == kept
    assert seals.check(seals.after(kept, KEY, day(4)), KEY).since == day(4).date()
    assert seals.after(lines, KEY, day(-1)) == lines


def test_the_worker_seals_once_a_day_and_goes_on_after_a_torn_line(tmp_path: Path) -> None:
    from disrupt.hotline.common.keys import erasures_key

    path = tmp_path / "apart" / "erasures.log"
    journal = Journal(path)
    for _ in range(2):
        journal.seal()
    assert len(list(seals.read_list(path))) == 1
    path.write_text(path.read_text() + "2026-11-29T00:00")  # the power went
    clock.move(dt.timedelta(days=1))
    journal.seal()
    assert seals.check(list(seals.read_list(path)), erasures_key()) == Checked(None, clock.now().date())
    assert len(list(seals.read_list(path))) == 2
    assert journal.shorten() == 2
