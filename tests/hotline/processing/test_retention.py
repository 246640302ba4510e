"""From the person's click to the last byte: what is cancelled or deleted leaves no fingerprint behind."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from tests.hotline.processing.test_unseen import declared, page
from tests.hotline.processing.working import accept, jpeg, only, work

from disrupt.hotline.bank.models import BankChange, BankEntry
from disrupt.hotline.cases import erasing, ledger, withdrawing
from disrupt.hotline.cases.models import Case, Item, LedgerEvent
from disrupt.hotline.common import clock
from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.processes.worker.duties import DUTIES

LAST = dt.timedelta(days=30)
NAMES = {"review.items", "review.decode", "review.withdrawn", "wire-hashes"}


def sweep() -> None:
    """The worker, until nothing is due."""
    sweeping = Sweep(
        tuple(
            duty
            for duty in DUTIES
            if duty.name in {"review.items", "review.decode", "review.withdrawn", "wire-hashes"}
        )
    )
    while sweeping.once():
        pass


def banked(make_case: Any, data: bytes) -> tuple[Case, BankEntry]:
    case = make_case(files=(data,))
    accept(only(case))
    sweep()
    return case, BankEntry.objects.get(sources__item_id=only(case).pk)


@pytest.mark.django_db
@pytest.mark.parametrize("ending", [withdrawing.withdraw_case, erasing.erase_case])
def test_cancelled_or_deleted_the_fingerprints_go_in_the_same_time(make_case: Any, ending: Any) -> None:
    case, entry = banked(make_case, jpeg())
    ending(case)
    sweep()
    entry.refresh_from_db()
    assert (entry.sha256, entry.md5) == ("", "")
    assert entry.prints["pdq"], "platforms that do not know yet must be told which"
    clock.move(LAST - dt.timedelta(minutes=1))
    sweep()
    entry.refresh_from_db()
    assert entry.erased_at is None
    clock.move(dt.timedelta(minutes=1))
    sweep()
    entry.refresh_from_db()
    assert entry.prints == {}
    assert list(BankChange.objects.values_list("seq", "kind")) == [(1, "added"), (2, "withdrawn")]
    assert ledger.verify(case)


@pytest.mark.django_db
def test_the_log_that_stays_holds_no_part_of_a_fingerprint(make_case: Any) -> None:
    case, entry = banked(make_case, jpeg())
    said = repr(list(LedgerEvent.objects.filter(case=case).values()))
    assert str(entry.pk) in said
    for value in (entry.sha256, entry.md5, *(row["hex"] for row in entry.prints["pdq"])):
        assert value[:8] not in said


@pytest.mark.django_db
def test_what_a_device_declared_goes_with_its_withdrawal(make_case: Any) -> None:
    case = make_case(declared=(declared(jpeg()), {"sha256": "nonsense"}))
    work()
    good, nonsense = case.items.order_by("position")
    assert (good.state, nonsense.state) == ("protected", "closed")
    assert good.declared is not None
    assert nonsense.declared is None, "what could not be used is not kept"
    withdrawing.withdraw_item(good)
    work()
    assert Item.objects.get(pk=good.pk).declared is None


@pytest.mark.django_db
def test_the_console_shows_a_case_whose_entry_is_erased(as_alice: Client, make_case: Any) -> None:
    case, _entry = banked(make_case, jpeg())
    withdrawing.withdraw_case(case)
    sweep()
    clock.move(LAST)
    sweep()
    html = page(as_alice, f"/cases/{case.pk}/")
    assert re.search(r"Empreinte retirée de la base\.\s*</p>", html), "and no digest after it"


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_it_is_left_in_the_database_file(make_case: Any) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL's files are its own: docs/operating.md")
    case, entry = banked(make_case, jpeg())
    hashes = [entry.sha256, entry.md5, *(row["hex"] for row in entry.prints["pdq"])]
    assert all(value.encode() in _file() for value in hashes)
    erasing.erase_case(case)
    sweep()
    clock.move(LAST)
    sweep()
    on_disk = _file()
    assert not any(value.encode() in on_disk for value in hashes)


def _file() -> bytes:
    """The database as it lies on the disk, its journal written back."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA database_list")
        path = Path(cursor.fetchone()[2])
    return path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
