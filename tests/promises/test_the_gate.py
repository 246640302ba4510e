"""Promise: a crowd at the gate loses nobody, doubles nobody, and what it declares blocks nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from benchmarks import gate
from tests.hotline.conftest import _clean_var as _clean_var
from tests.hotline.exchange.conftest import _fresh_allowance as _fresh_allowance
from tests.hotline.processing.working import work

from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import HeldFor
from disrupt.hotline.common import clock

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_a_crowd_waits_and_nobody_of_it_is_lost() -> None:
    seen = gate.reports(60, networks=1)
    assert seen.wrong == []
    assert seen.waited > seen.at_once > 0
    # Without a proof of work, somebody elsewhere waits for a second or two while everybody is busy.
    assert max(seen.elsewhere) <= 2


def test_what_a_crowd_declares_waits_for_a_person(settings: Any) -> None:
    settings.UNSEEN_A_DAY = 15
    seen = gate.declared(100, networks=1)
    assert seen.wrong == []
    assert seen.offered == 15
    assert set(seen.held) == {HeldFor.MANY_IN_REPORT, HeldFor.MANY_TODAY}
    # A day later nothing goes on by itself either.
    clock.move(dt.timedelta(hours=25))
    assert work() == 0
    assert Item.objects.exclude(held_for="").count() == sum(seen.held.values())
