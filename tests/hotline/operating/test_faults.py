"""A full disk, a database that takes nothing, a clock that jumps: nothing half done, nothing lost."""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection
from tests.full_disk import full_disk
from tests.hotline.conftest import MakeCase

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Case
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.cases.withdrawing import withdraw_item
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.running.sweep import Duty, Sweep
from disrupt.hotline.common.store import vault

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024


def files(settings: Any) -> list[Path]:
    folders = (settings.STORE_FOLDER, settings.KEYSTORE_FOLDER)
    return [path for folder in folders for path in Path(folder).rglob("*") if path.is_file()]


def test_a_full_disk_keeps_no_half_of_a_content(settings: Any) -> None:
    before = files(settings)
    with full_disk(MIB), pytest.raises(OSError, match="File too large"):
        vault.deposit(os.urandom(MIB // 4) for _ in range(8))
    assert files(settings) == before
    assert vault.read_content(vault.deposit([b"fits"])) == b"fits"


@contextlib.contextmanager
def database_takes_nothing() -> Iterator[None]:
    """The database answers and refuses to write, as on a disk that became read-only."""
    on, off = (
        ("PRAGMA query_only = 1", "PRAGMA query_only = 0")
        if connection.vendor == "sqlite"
        else ("SET default_transaction_read_only = on", "SET default_transaction_read_only = off")
    )
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


@pytest.mark.django_db(transaction=True)
def test_what_the_database_did_not_take_is_done_later_and_once(make_case: MakeCase) -> None:
    case = make_case(urls=("https://forum.example/a",))
    item = case.items.get()
    duty = Duty(
        "withdraw",
        lambda: [item.pk] if case.items.get().state == ItemState.RECEIVED else [],
        lambda _pk: advance(case.items.get(), ItemState.WITHDRAWN, WORKER, kind="item.withdrawn"),
    )
    now = 0.0
    sweep = Sweep((duty,), monotonic=lambda: now)
    length = Case.objects.get(pk=case.pk).ledger_length
    with database_takes_nothing():
        assert sweep.once() == 0
        assert list(sweep.complaint()) == ["withdraw"]
    assert Case.objects.get(pk=case.pk).ledger_length == length, "no line without its change"
    now = 600.0
    assert (sweep.once(), sweep.once()) == (1, 0)
    assert case.ledger.filter(kind="item.withdrawn").count() == 1
    assert sweep.complaint() == {}
    assert ledger.verify(case) > length


@pytest.mark.django_db(transaction=True)
def test_who_presses_then_is_not_told_that_it_was_done(make_case: MakeCase) -> None:
    case = make_case(urls=("https://forum.example/a",))
    with database_takes_nothing(), pytest.raises(DatabaseError):
        withdraw_item(case.items.get())
    assert case.items.get().state == ItemState.RECEIVED
    withdraw_item(case.items.get())
    assert case.items.get().state == ItemState.WITHDRAWN


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_jumps_breaks_no_ledger(make_case: MakeCase, days: int) -> None:
    case = make_case(urls=("https://forum.example/a", "https://forum.example/b"))
    first, second = case.items.all()
    withdraw_item(first)
    clock.move(dt.timedelta(days=days))
    withdraw_item(second)
    kinds = list(case.ledger.order_by("number").values_list("kind", flat=True))
    assert kinds.count("item.withdrawn") == 2
    assert ledger.verify(Case.objects.get(pk=case.pk)) == len(kinds)
