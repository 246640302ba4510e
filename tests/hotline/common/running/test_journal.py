"""What was erased does not wait in SQLite's journal."""

from __future__ import annotations

import datetime as dt
import threading
from pathlib import Path

import pytest
from django.db import connection

from disrupt.hotline.bank.models import BankEntry, EntryKind, EntryOrigin
from disrupt.hotline.cases.erasing import erase_case
from disrupt.hotline.cases.models import AgeWhenTaken, Reporter
from disrupt.hotline.cases.opening import Report, open_case
from disrupt.hotline.common import clock
from disrupt.hotline.common.running import journal

CANARY = "c0ffee" * 10 + "cafe"


@pytest.fixture
def files(transactional_db: None) -> list[Path]:
    """The database on the disk: the file and its log."""
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite has this journal")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA database_list")
        path = Path(cursor.fetchone()[2])
    return [path, path.with_name(path.name + "-wal")]


def write_and_erase() -> None:
    BankEntry.objects.create(
        kind=EntryKind.IMAGE, origin=EntryOrigin.DECLARED, sha256=CANARY, md5="", created_at=clock.now()
    )
    BankEntry.objects.all().delete()


def on_the_disk(files: list[Path]) -> bool:
    return any(CANARY.encode() in path.read_bytes() for path in files)


def test_old_pages_lie_in_the_log_until_it_is_emptied(files: list[Path]) -> None:
    write_and_erase()
    assert on_the_disk(files), "else there would be nothing to do"
    journal.empty()
    assert not on_the_disk(files)
    assert files[1].stat().st_size == 0
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone()[0] == 30_000, "writers wait as long as before"


def test_an_erased_address_is_in_no_file_once_the_erasure_is_committed(files: list[Path]) -> None:
    report = Report(
        "journal", "fr", Reporter.SELF, AgeWhenTaken.ADULT, urls=(f"https://example.org/{CANARY}",)
    )
    case = open_case(report).case
    assert on_the_disk(files)
    erase_case(case)
    assert not on_the_disk(files)


def test_a_reader_is_not_disturbed_and_it_is_tried_again(files: list[Path]) -> None:
    reading, done = threading.Event(), threading.Event()

    def read() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT count(*) FROM bank_bankentry")
            reading.set()
            done.wait(10)
            cursor.execute("ROLLBACK")
        connection.close()

    write_and_erase()
    reader = threading.Thread(target=read)
    reader.start()
    assert reading.wait(10)
    write_and_erase()
    duty = journal.EachMinute()
    with pytest.raises(journal.JournalBusy):
        duty.run("journal")
    assert list(duty()) == ["journal"], "still due"
    done.set()
    reader.join()
    duty.run("journal")
    assert not on_the_disk(files)
    assert list(duty()) == []
    clock.move(dt.timedelta(minutes=1))
    assert list(duty()) == ["journal"]
