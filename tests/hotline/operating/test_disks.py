"""A disk is asked whether it takes anything: by writing, and without leaving a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.functional.disk import disk

from disrupt.hotline.operating import disks


def test_a_disk_that_takes_what_is_written_is_left_as_it_was(tmp_path: Path) -> None:
    assert disks.takes(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_where_nobody_can_say_there_is_no_alarm(tmp_path: Path) -> None:
    assert disks.takes(tmp_path / "nothing")


@pytest.mark.database  # it starts programs of the system, as tests of both kinds of database may
@pytest.mark.slow
def test_one_that_broke_takes_nothing_until_it_is_mended(tmp_path: Path) -> None:
    with disk(tmp_path) as one:
        if one is None:
            pytest.skip("needs root, and a kernel that mounts a file as a disk")
        assert disks.takes(one.place)
        one.breaks()
        assert not disks.takes(one.place)
        one.again()
        assert disks.takes(one.place)
        one.loses_power()
        assert not disks.takes(one.place)
