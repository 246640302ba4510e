"""What comes back by mail ends with everything personal, and nothing but a plain file is ever opened."""

from __future__ import annotations

import datetime as dt
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.correspondence.conftest import told as told
from tests.hotline.correspondence.mail import Told
from tests.hotline.correspondence.test_bounces import report

from disrupt.hotline.cases.models import Letter, SealedNote
from disrupt.hotline.common import clock
from disrupt.hotline.common.checks import maildirs_are_two
from disrupt.hotline.common.mail import maildir
from disrupt.hotline.common.running.sweep import Sweep
from disrupt.hotline.processing import tasks as processing
from disrupt.hotline.takedown import tasks as takedown

NAMES = ("BOUNCE_MAILDIR", "ANSWERS_MAILDIR")
WORDS = b"From: jane@example.org\r\nSubject: Re: Something is new\r\n\r\nThank you\r\n"
DUTIES = tuple(
    d for d in (*processing.DUTIES, *takedown.DUTIES) if "bounces" in d.name or "answers" in d.name
)


@pytest.fixture(params=NAMES)
def folder(request: Any, settings: Any, tmp_path: Path, db: None) -> Path:
    """A Maildir, of either kind."""
    for place in ("new", "cur", "tmp"):
        (tmp_path / place).mkdir()
    setattr(settings, request.param, tmp_path)
    return tmp_path


def left(settings: Any, *mails: str) -> list[str]:
    """What stands in `cur`: words to the notices' address stand in the database instead."""
    return [] if settings.ANSWERS_MAILDIR else list(mails)


def go_round() -> dict[str, int]:
    """One round of the worker; what failed."""
    sweep = Sweep(DUTIES)
    sweep.once()
    return sweep.failing


def names(folder: Path, place: str) -> list[str]:
    return sorted(path.name for path in (folder / place).iterdir())


def test_what_was_left_for_a_person_goes_when_personal_data_go(folder: Path, settings: Any) -> None:
    (folder / "new" / "1.mail").write_bytes(WORDS)
    (folder / "tmp" / "2.begun").write_bytes(WORDS)
    go_round()
    there = left(settings, "1.mail:2,")
    assert (names(folder, "new"), names(folder, "cur")) == ([], there)
    clock.move(settings.KEEP_PERSONAL_DATA - dt.timedelta(minutes=1))
    go_round()
    assert names(folder, "cur") + names(folder, "tmp") == [*there, "2.begun"]
    (folder / "new" / "3.mail").write_bytes(WORDS)  # its time has not come
    for name in there:
        os.utime(folder / "cur" / name, (4e9, 4e9))  # a mail says what it likes, and a clock may be wrong
    clock.move(dt.timedelta(minutes=2))
    go_round()
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_a_name_as_long_as_a_name_can_be_is_left_too(folder: Path, settings: Any) -> None:
    for name in (
        "a" * 252,
        "b" * 253,
        "é" * 127,
        "c" * 255,
        b"\xff\n\x1b[2J".decode("utf-8", "surrogateescape"),
    ):
        (folder / "new" / name).write_bytes(WORDS)
    assert go_round() == {}
    assert names(folder, "new") == []
    assert len(names(folder, "cur")) == len(left(settings, *"12345"))
    assert all(len(os.fsencode(name)) <= 255 and name.endswith(":2,") for name in names(folder, "cur"))


def a_link(path: Path, secret: Path) -> None:
    path.symlink_to(secret)


def a_link_to_nothing(path: Path, secret: Path) -> None:
    path.symlink_to(path.with_name("nothing"))


def a_second_name(path: Path, secret: Path) -> None:
    os.link(secret, path)


def a_pipe(path: Path, secret: Path) -> None:
    os.mkfifo(path)


def a_socket(path: Path, secret: Path) -> None:
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(path))


def a_folder(path: Path, secret: Path) -> None:
    path.mkdir()


STRANGE = (a_link, a_link_to_nothing, a_second_name, a_pipe, a_socket, a_folder)


@pytest.mark.parametrize("put", STRANGE)
def test_what_is_no_mail_is_told_and_never_opened(
    folder: Path, put: Callable[[Path, Path], None], caplog: Any, settings: Any
) -> None:
    secret = folder / "review.key"
    secret.write_bytes(b"secret")
    put(folder / "new" / "x", secret)
    (folder / "new" / "y").write_bytes(WORDS)
    assert go_round() == {}
    go_round()
    assert (names(folder, "new"), names(folder, "cur")) == (["x"], left(settings, "y:2,"))
    (said,) = [record.getMessage() for record in caplog.records]
    assert "1 of what stands in “new” is no mail" in said
    assert maildir.read(folder, "x", 100) is None or put is a_second_name
    clock.move(settings.KEEP_PERSONAL_DATA + dt.timedelta(minutes=1))
    go_round()
    assert names(folder, "new") == (["x"] if put is a_folder else [])
    assert secret.read_bytes() == b"secret"


def test_mails_that_cannot_be_taken_hold_up_no_other(told: Told, settings: Any, tmp_path: Path) -> None:
    """More of them than a round takes, and the first by name."""
    settings.BOUNCE_MAILDIR = tmp_path
    case = told()
    for name in ("review.tell", "review.letters"):
        Sweep(tuple(duty for duty in processing.DUTIES if duty.name == name)).once()
    (tmp_path / "new").mkdir()
    for number in range(130):
        (tmp_path / "new" / f"0{number:03}").write_bytes(WORDS)
        (tmp_path / "cur" / f"0{number:03}:2,").mkdir(parents=True)  # so that it cannot be put there
    (tmp_path / "new" / "1").write_bytes(report(Letter.objects.get()))
    sweep = Sweep(DUTIES)
    for _ in range(3):
        sweep.once()
    assert SealedNote.objects.get(case=case, kind="email").bounced_at is not None


def test_two_return_addresses_need_two_folders(settings: Any, tmp_path: Path) -> None:
    settings.BOUNCE_MAILDIR = settings.ANSWERS_MAILDIR = None
    assert maildirs_are_two(None) == []
    settings.BOUNCE_MAILDIR, settings.ANSWERS_MAILDIR = tmp_path / "a", tmp_path / "b"
    assert maildirs_are_two(None) == []
    settings.ANSWERS_MAILDIR = tmp_path / "a"
    assert [error.id for error in maildirs_are_two(None)] == ["common.E011"]
