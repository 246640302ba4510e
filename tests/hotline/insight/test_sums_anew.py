"""A database from before sums told outcomes: they are made anew from the daily rows, and all else stays."""

from __future__ import annotations

from importlib import import_module

import pytest
from benchmarks.years import Year, write
from django.apps import apps

from disrupt.hotline.tally.models import Monthly

pytestmark = pytest.mark.django_db
COLUMNS = ("month", "kind", "cube", "a", "b", "c", "n")


def test_the_sums_by_way_and_language_are_those_that_are_added_up_now() -> None:
    write([Year(2025, reported=200, processed=150, illegal=90, minors=60, large=10)], sites=5)
    now = set(Monthly.objects.values_list(*COLUMNS))
    # As they were: without what was decided.
    Monthly.objects.filter(cube="way").update(cube="old-way")
    Monthly.objects.filter(cube="language").delete()
    Monthly.objects.filter(cube="old-way").update(cube="way", n=1)
    import_module("disrupt.hotline.tally.migrations.0002_outcomes").sum_up(apps, None)
    assert set(Monthly.objects.values_list(*COLUMNS)) == now
    illegal = Monthly.objects.filter(kind="decided", cube="language", b="illegal")
    assert sum(illegal.values_list("n", flat=True)) == 90


def test_what_was_decided_is_summed_up_by_site() -> None:
    write([Year(2025, reported=200, processed=150, illegal=90, minors=60, large=10)], sites=5)
    now = set(Monthly.objects.filter(cube="site").values_list(*COLUMNS))
    assert sum(row[-1] for row in now) == 150
    Monthly.objects.filter(cube="site").delete()
    import_module("disrupt.hotline.tally.migrations.0003_decided_by_site").sum_up(apps, None)
    assert set(Monthly.objects.filter(cube="site").values_list(*COLUMNS)) == now
