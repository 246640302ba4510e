"""An older but genuine backup, or list of erasures, is refused where a head shows that there is a newer."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from pathlib import Path

import pytest
from nacl.signing import SigningKey

from disrupt.hotline.operating.backup import newest
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.hotline.operating.backup.newest import Ages
from disrupt.hotline.operating.backup.seals import Checked
from disrupt.protocol.signed_log import LEDGERS, Head

NIGHT = dt.datetime(2026, 11, 20, 3, 10, tzinfo=dt.UTC)
TODAY = NIGHT.date()
KEY = SigningKey.generate()


def head(at: dt.datetime, key: SigningKey = KEY) -> Head:
    bare = Head(9, b"r" * 32, at.isoformat(), (bytes(key.verify_key).hex(),), title=LEDGERS)
    return replace(bare, signatures=(key.sign(bare.text()).signature,))


def ages(sealed: dt.date | None = TODAY, since: dt.date | None = None) -> Ages:
    return Ages(NIGHT, Checked(since, sealed), NIGHT + dt.timedelta(days=3, hours=2))


@pytest.mark.parametrize("hours", [-5, 0, 1.5, 25])
def test_a_head_of_the_backups_own_night_is_content(hours: float) -> None:
    newest.must_be_newest(head(NIGHT + dt.timedelta(hours=hours)), ages(NIGHT.date()))


@pytest.mark.parametrize(
    ("nights", "held", "why"),
    [
        (2, ages(NIGHT.date() + dt.timedelta(days=2)), "backups were made after this one"),
        (0, ages(None), "no seal that verifies"),
        (0, ages(NIGHT.date() - dt.timedelta(days=2)), "up to 2026-11-18: there is a newer one"),
        (0, ages(since=NIGHT.date() + dt.timedelta(days=1)), "begins on 2026-11-21, after this backup"),
    ],
)
def test_what_is_older_is_refused_and_says_why(nights: int, held: Ages, why: str) -> None:
    with pytest.raises(BackupError, match=why):
        newest.must_be_newest(head(NIGHT + dt.timedelta(days=nights)), held)


def test_the_age_is_said() -> None:
    assert ages().words() == (
        "This backup is of 2026-11-20 03:10 UTC, 3 day(s) and 2 h ago. "
        "Its list of erasures was last sealed on 2026-11-20.\n"
    )
    assert "no seal that verifies" in ages(None).words()


def test_a_head_is_read_whole_and_is_ours(tmp_path: Path) -> None:
    path, keys = tmp_path / "head.json", tmp_path / "keys"
    (keys / "exchange").mkdir(parents=True)
    (keys / "exchange" / "log.key").write_bytes(bytes(KEY))
    said = head(NIGHT)
    path.write_text(json.dumps(said.to_wire()))
    newest.must_be_of(newest.read(path), keys)
    with pytest.raises(BackupError, match="another hotline"):
        newest.must_be_of(head(NIGHT, SigningKey.generate()), keys)
    for wrong in ({"size": 8}, {"at": (NIGHT + dt.timedelta(days=1)).isoformat()}):
        path.write_text(json.dumps(said.to_wire() | wrong))
        with pytest.raises(BackupError, match="not signed by the keys"):
            newest.read(path)
    for text in ("", "[]", json.dumps(said.to_wire() | {"at": "yesterday"})):
        path.write_text(text)
        with pytest.raises(BackupError, match="holds no head"):
            newest.read(path)
