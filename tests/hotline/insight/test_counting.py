"""Figures are counted as things happen, once, about nobody, and equal a slow count of everything done."""

from __future__ import annotations

import datetime as dt
import os
import signal
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from tests.forks import fork
from tests.hotline.insight.histories import History

from disrupt.hotline.cases import erasing
from disrupt.hotline.cases.models import Case
from disrupt.hotline.common import clock
from disrupt.hotline.review.figures import differences
from disrupt.hotline.tally import folding
from disrupt.hotline.tally.cubes import sums
from disrupt.hotline.tally.facts import COLUMNS, Fact, Key, Kind, count, day_of
from disrupt.hotline.tally.models import Daily, Fresh, Monthly

pytestmark = pytest.mark.django_db


def counted() -> Counter[tuple[dt.date, str, str, str]]:
    """The rows, as far as a history tells of them."""
    found: Counter[tuple[dt.date, str, str, str]] = Counter()
    for model in (Daily, Fresh):
        for row in model.objects.all():
            found[row.day, row.kind, row.category, row.outcome] += row.n
    return found


def found(*, mend: bool = False) -> list[tuple[str, int, int]]:
    """What the sources say that the rows do not."""
    return [(d.kind, d.counted, d.found) for d in differences(apps.get_model, clock.now(), mend=mend)]


def a_day_later() -> None:
    clock.move(dt.timedelta(days=1))
    while list(folding.due()):
        folding.fold()


@pytest.mark.parametrize("seed", range(4))
def test_random_histories_give_what_a_slow_count_gives(seed: int, make_case: Any, settings: Any) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    history = History(seed, make_case)
    for _ in range(45):
        history.step()
    assert counted() == history.counted()
    a_day_later()
    assert not Fresh.objects.exists()
    assert counted() == history.counted()
    assert found() == []
    daily = sums((folding.key_of(row), row.n) for row in Daily.objects.all())
    assert {folding.place_of(row): row.n for row in Monthly.objects.all()} == daily
    # Everything lost, it is all counted anew, as far as the erased have left it.
    Daily.objects.all().delete()
    found(mend=True)
    assert counted() == history.counted()
    assert found() == []


def test_a_row_says_nothing_of_anybody() -> None:
    for model in (Fresh, Daily):
        assert {field.name for field in model._meta.get_fields()} == {"id", "n", *COLUMNS}
    assert set(COLUMNS) == {
        "day", "kind", "since", "category", "person", "way", "language", "party", "tier", "outcome", "hours",
    }  # fmt: skip


def test_figures_outlive_the_erasure_of_their_case(make_case: Any) -> None:
    case = make_case(urls=("https://www.x.com/1",), language="en")
    before = counted()
    erasing.erase_case(case)
    assert counted() - before == Counter({(day_of(clock.now()), "withdrawn", "", "reporter"): 1})
    assert Fresh.objects.get(kind="received").tier == "large"
    a_day_later()
    assert Daily.objects.get(kind="received").language == "en"
    assert found() == []


def test_what_did_not_happen_is_not_counted(make_case: Any) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        make_case(urls=("https://two.net/1",))
        raise RuntimeError
    assert counted() == Counter()


@pytest.mark.django_db(transaction=True)
def test_a_fact_belongs_in_the_transaction_of_its_cause() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        count(Fact(Key(day_of(clock.now()), Kind.CASE)))


def test_what_was_tampered_with_is_named_and_mended(make_case: Any) -> None:
    for host in ("x.com", "two.net"):
        make_case(urls=(f"https://{host}/1",))
    a_day_later()
    right = counted()
    row = Daily.objects.filter(kind="received").first()
    assert row is not None
    Daily.objects.filter(pk=row.pk).update(n=5)
    Daily.objects.create(day=row.day, kind="decided", category="OUT")
    Daily.objects.filter(kind="case").delete()
    assert found() == [("case", 0, 2), ("decided", 1, 0), ("received", 6, 2)]
    assert found(mend=True) == [("case", 0, 2), ("decided", 1, 0), ("received", 6, 2)]
    assert found() == []
    assert counted() == right
    # A row of the right number and the wrong words is one as well.
    Daily.objects.filter(party="two.net").update(party="three.net")
    assert found() == [("received", 2, 2)]


def test_the_command_says_where_they_differ(make_case: Any, capsys: Any) -> None:
    make_case(urls=("https://two.net/1",))
    a_day_later()
    call_command("figures", "rebuild", "--check")
    assert "0 differences" in capsys.readouterr().out
    Daily.objects.filter(kind="received").delete()
    Monthly.objects.filter(kind="case", cube="way").update(n=9)
    with pytest.raises(CommandError):
        call_command("figures", "rebuild", "--check")
    assert "received: 0 counted, 1 found" in capsys.readouterr().out
    assert not Daily.objects.filter(kind="received").exists()
    call_command("figures", "rebuild")
    capsys.readouterr()
    call_command("figures", "rebuild", "--check")
    assert Monthly.objects.get(kind="case", cube="way").n == 1


def test_a_database_from_before_figures_is_counted(make_case: Any, settings: Any) -> None:
    """What the migration does, on rows that are there."""
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    history = History(9, make_case)
    for _ in range(25):
        history.step()
    for model in (Fresh, Daily, Monthly):
        model.objects.all().delete()
    list(differences(apps.get_model, clock.now(), mend=True, with_today=True))
    assert counted() == history.counted()
    assert Case.objects.exists()


def killed(deed: Callable[[], Any]) -> None:
    """Do this in a process of its own that dies of it."""
    connections.close_all()
    status, _said = fork(deed).end()
    assert status == -signal.SIGKILL


def die(*_args: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.django_db(transaction=True)
def test_a_process_that_is_killed_has_counted_what_it_did_and_nothing_else(make_case: Any) -> None:
    """Killed before its transaction ends, after it, and while a day is added up."""

    def report(number: int, *, before_the_end: bool) -> None:
        with transaction.atomic():
            make_case(urls=(f"https://two.net/{number}",))
            if before_the_end:
                die()
        die()

    for number, before_the_end in enumerate((True, False, True, False)):
        killed(partial(report, number, before_the_end=before_the_end))
        done = (number + 1) // 2
        assert Case.objects.count() == done
        assert counted() == Counter(
            {(day_of(clock.now()), kind, "", ""): done for kind in ("case", "received") if done}
        )
    clock.move(dt.timedelta(days=1))

    def add_up() -> None:
        folding.add = die  # in the child only: daily rows are written, their sums are not
        folding.fold()

    killed(add_up)
    assert (Fresh.objects.count(), Daily.objects.count(), Monthly.objects.count()) == (4, 0, 0)
    assert folding.fold() == 4
    assert Monthly.objects.get(kind="received", cube="tier").n == 2
    assert found() == []


def test_two_workers_add_up_once(make_case: Any) -> None:
    make_case(urls=("https://two.net/1",))
    clock.move(dt.timedelta(days=1))
    assert list(folding.due()) == ["figures"]
    assert folding.fold() == 2
    assert folding.fold() == 0
    assert list(folding.due()) == []
    assert Monthly.objects.get(kind="received", cube="tier").n == 1


def test_what_was_first_of_each_report_is_counted_in_a_database_from_before(
    make_case: Any, settings: Any
) -> None:
    settings.UNDO_WAIT = dt.timedelta(minutes=10)
    history = History(5, make_case)
    for _ in range(25):
        history.step()
    right = counted()
    assert sum(n for (_day, kind, *_rest), n in right.items() if kind == "first") > 0
    for model in (Fresh, Daily):
        model.objects.filter(kind__in=("first", "case")).delete()
    kinds = (Kind.FIRST.value,)
    list(differences(apps.get_model, clock.now(), mend=True, with_today=True, kinds=kinds))
    of_others = Counter({key: n for key, n in right.items() if key[1] == "case"})
    assert counted() == right - of_others, "only what it is asked for"
