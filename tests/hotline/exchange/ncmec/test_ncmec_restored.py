"""A backup is restored under a reader that asks by the clock: all is told anew, and nothing skipped."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction
from django.test import Client
from tests.hotline.exchange.conftest import FilledBank
from tests.hotline.exchange.match.test_match import pdq_of
from tests.hotline.exchange.ncmec.test_ncmec import NS, SECOND, Reader, both

from disrupt.hotline.bank.log import note_restored
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.ncmec.windows import begin_anew
from disrupt.protocol import ncmec


@pytest.mark.parametrize("told", [True, False])
def test_the_lists_new_changes_are_not_given_times_that_were_read(
    client: Client, secret: str, bank: FilledBank, told: bool
) -> None:
    bank.add("one")
    bank.add("two")
    reader = Reader(client, secret)
    reader.read()
    clock.move(SECOND)
    with transaction.atomic():  # what is lost
        bank.add("lost")
        clock.move(dt.timedelta(hours=6))
        reader.read()
        page = {"from": "1970-01-01T00:00:00Z", "to": ncmec.write_time(reader.start), "size": 1}
        following = reader.ask("/ncmec/v2/entries", page).findtext(f"{NS}paging/{NS}next") or ""
        transaction.set_rollback(True)
    clock.move(dt.timedelta(hours=1))
    note_restored()
    if told:
        begin_anew()
    bank.withdraw("one")
    bank.add("new")
    # Whoever was half-way through a window finds its end, and goes on with the next.
    half = reader.ask(f"/ncmec{following}")
    assert half.findtext(f"{NS}paging/{NS}next") is None or not told
    clock.move(SECOND)
    reader.read()
    clock.move(SECOND)
    reader.read()
    if told:
        assert reader.signs == both("two") | both("new") | both("lost")
    else:
        assert pdq_of("new") not in reader.signs, "this is what restoring tells it for"
