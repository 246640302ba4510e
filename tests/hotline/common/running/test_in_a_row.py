"""A fault that lasts an hour is told, and does not fill the log."""

from __future__ import annotations

import logging

import pytest

from disrupt.hotline.common.running.in_a_row import InARow
from disrupt.hotline.common.running.sweep import Duty, Sweep


def test_ever_fewer_lines() -> None:
    row = InARow()
    assert [number for number in range(1, 70) if row.failed()] == [1, 2, 4, 8, 16, 32, 64]
    row.ended()
    assert row.failed()


def test_an_hour_without_a_database(caplog: pytest.LogCaptureFixture) -> None:
    away, done = [True], []

    def due() -> list[int]:
        if away[0]:
            raise ConnectionError("postgresql://user:secret@host")
        return [1]

    sweep = Sweep((Duty("first", due, done.append), Duty("second", lambda: [2], done.append)))
    with caplog.at_level(logging.ERROR):
        for _ in range(3600):
            assert sweep.once() == 1
        lines = [record for record in caplog.records if "cannot list" in record.getMessage()]
        assert len(lines) == 12
        assert [bool(line.exc_info) for line in lines] == [True, *[False] * 11], "where it failed, once"
        assert "secret" not in "".join(line.getMessage() for line in lines)
        away[0] = False
        assert sweep.once() == 2
        away[0] = True
        sweep.once()
    assert caplog.records[-1].exc_info
    assert done.count(1) == 1
