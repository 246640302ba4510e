"""The demonstration ends with what was counted while it ran."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import analyst
from disrupt.hotline.decisions.services import qualify
from disrupt.hotline.demo import figures


@pytest.mark.django_db
def test_the_demonstration_says_what_was_counted(make_case: Any) -> None:
    assert figures.lines()[0] == "0 reports with 0 contents"
    case = make_case(urls=("https://two.net/1", "https://two.net/2"))
    clock.move(dt.timedelta(hours=2))
    for item, category in zip(case.items.all(), ("NCII-DIF", "OUT"), strict=True):
        qualify(item, category, analyst(1))
    said = figures.lines()
    assert said[0] == "1 reports with 2 contents"
    assert said[1] == "2 decided, 1 of them illegal: each within 3 h of its report"
    assert said[2] == "0 notices, 0 of them to hosts: none"
