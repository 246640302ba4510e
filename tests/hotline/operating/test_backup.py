"""A backup opens for k of n operators and nobody else, and is whole or refused."""

from __future__ import annotations

import io
import itertools
import json
import shutil
import sqlite3
import tarfile
from pathlib import Path
from typing import Any

import pytest
from nacl.public import PrivateKey, PublicKey

from disrupt.hotline.common.keys import backup_key
from disrupt.hotline.common.store.sealing import SealingWriter, new_key
from disrupt.hotline.operating.backup import archive, operators, restoring, taking
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.backup.scratch import scratch

AT = "2026-11-29T12:00:00+00:00"
SQLITE = "django.db.backends.sqlite3"


def _places(folder: Path) -> Places:
    return Places(
        {"ENGINE": SQLITE, "NAME": folder / "disrupt.sqlite3"}, folder / "keys", folder, folder / "erasures"
    )


@pytest.fixture
def hotline(tmp_path: Path) -> Places:
    """A small database and two keys."""
    places = _places(tmp_path / "hotline")
    (places.keys / "review").mkdir(parents=True)
    (places.keys / "review" / "review.key").write_bytes(b"r" * 32)
    (places.keys / "shared").mkdir()
    (places.keys / "shared" / "review.pub").write_bytes(b"p" * 32)
    with sqlite3.connect(places.database["NAME"]) as connection:
        connection.execute("CREATE TABLE cases_case (id TEXT, ledger_length INTEGER, ledger_head TEXT)")
        connection.executemany(
            "INSERT INTO cases_case VALUES (?, 1, ?)", [(f"{n:032x}", "a" * 64) for n in range(9)]
        )
    connection.close()
    return places


def _keys(count: int) -> list[PrivateKey]:
    return [PrivateKey.generate() for _ in range(count)]


def _public(keys: list[PrivateKey]) -> list[PublicKey]:
    return [key.public_key for key in keys]


@pytest.mark.parametrize(("needed", "of"), [(1, 1), (1, 3), (2, 3), (3, 3), (3, 5)])
def test_any_k_of_n_open_and_fewer_do_not(needed: int, of: int) -> None:
    keys = _keys(of)
    head = operators.seal_for(b"s" * 32, _public(keys), needed)
    for group in itertools.combinations(keys, needed):
        assert operators.open_with(head, group) == b"s" * 32
    for group in itertools.combinations(keys, needed - 1):
        with pytest.raises(BackupError, match=f"opens with {needed} of its {of}"):
            operators.open_with(head, [*group, PrivateKey.generate()])


@pytest.mark.parametrize(("needed", "of"), [(0, 2), (3, 2), (6, 13)])
def test_what_cannot_be_asked_for_is_refused(needed: int, of: int) -> None:
    with pytest.raises(BackupError):
        operators.seal_for(b"s", _public(_keys(of)), needed)


def test_the_same_operator_twice_is_one() -> None:
    key = PrivateKey.generate()
    with pytest.raises(BackupError, match="2 of 1"):
        operators.seal_for(b"s", [key.public_key, key.public_key], 2)


def test_an_operators_key_is_private_and_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "operator.key"
    line = operators.make(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert bytes(operators.private_key(path).public_key) == bytes(operators.public_key(line))
    with pytest.raises(BackupError, match="never written over"):
        operators.make(path)
    for wrong in ("", line[:-4], line.replace("public", "private"), "disrupt-backup-public:!!!!"):
        with pytest.raises(BackupError, match="not an operator's key"):
            operators.public_key(wrong)
    with pytest.raises(BackupError, match="cannot be read"):
        operators.private_key(tmp_path / "none.key")


def test_what_was_saved_comes_back(hotline: Places, tmp_path: Path) -> None:
    [key] = _keys(1)
    path = tmp_path / "a.backup"
    saved = taking.take(path, hotline, at=AT, to=[key.public_key], needed=1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(hotline.scratch.iterdir()) == []
    elsewhere = _places(tmp_path / "elsewhere")
    back = restoring.put_back(path, [key], elsewhere)
    assert back.inventory == saved
    assert saved.rows == {"cases_case": 9}
    assert (elsewhere.keys / "review" / "review.key").read_bytes() == b"r" * 32
    assert Path(elsewhere.database["NAME"]).stat().st_mode & 0o777 == 0o600
    assert list(elsewhere.scratch.iterdir()) == []


def test_nothing_is_written_over(hotline: Places, tmp_path: Path) -> None:
    [key] = _keys(1)
    path = tmp_path / "a.backup"
    taking.take(path, hotline, at=AT, to=[key.public_key], needed=1)
    before = path.read_bytes()
    with pytest.raises(BackupError, match="never written over"):
        taking.take(path, hotline, at=AT, to=[key.public_key], needed=1)
    assert path.read_bytes() == before
    with pytest.raises(BackupError, match="a hotline here already"):
        restoring.put_back(path, [key], hotline)


def test_a_backup_says_nothing_in_clear(hotline: Places, tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    taking.take(path, hotline, at=AT, to=_public(_keys(2)), needed=2)
    data = path.read_bytes()
    for secret in (b"r" * 16, b"cases_case", b"SQLite format", b"review.key"):
        assert secret not in data


def test_a_damaged_backup_is_refused_and_leaves_nothing(hotline: Places, tmp_path: Path) -> None:
    [key] = _keys(1)
    path = tmp_path / "a.backup"
    taking.take(path, hotline, at=AT, to=[key.public_key], needed=1)
    whole = path.read_bytes()
    damaged = [whole[:cut] for cut in (0, 10, 200, len(whole) // 2, len(whole) - 1)]
    damaged += [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in range(0, len(whole), 97)]
    damaged.append(whole + b"more")
    refused = 0
    for number, data in enumerate(damaged):
        path.write_bytes(data)
        elsewhere = _places(tmp_path / f"elsewhere-{number}")
        try:
            restoring.put_back(path, [key], elsewhere)
        except BackupError:
            refused += 1
            assert not Path(elsewhere.database["NAME"]).exists()
            assert not elsewhere.keys.exists()
        else:  # what was changed is the moment that the head names, for people
            assert data[: whole.index(b"\n")] != whole[: whole.index(b"\n")]
    assert refused > len(damaged) * 0.9


def _sealed(path: Path, key: PrivateKey, members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
    secret = new_key()
    head = {"format": archive.FORMAT, **operators.seal_for(secret, [key.public_key], 1)}
    with path.open("wb") as target:
        target.write(__import__("json").dumps(head).encode() + b"\n")
        writer = SealingWriter(target, secret)
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w") as tar:
            for info, data in members:
                tar.addfile(info, io.BytesIO(data))
        writer.write(packed.getvalue())
        writer.finish()


def _info(name: str, data: bytes = b"", kind: bytes = tarfile.REGTYPE, link: str = "") -> Any:
    info = tarfile.TarInfo(name)
    info.size, info.type, info.linkname = len(data), kind, link
    return info, data


@pytest.mark.parametrize(
    "member",
    [
        _info("../outside", b"x"),
        _info("/etc/outside", b"x"),
        _info("keys/../../outside", b"x"),
        _info("keys/review/../../../outside", b"x"),
        _info("keys/review/.hidden", b"x"),
        _info("database", kind=tarfile.SYMTYPE, link="/etc/passwd"),
        _info("keys/review/review.key", kind=tarfile.LNKTYPE, link="/etc/passwd"),
        _info("keys/review/pipe", kind=tarfile.FIFOTYPE),
        _info("else", b"x"),
    ],
)
def test_whoever_knows_the_public_keys_cannot_write_elsewhere(tmp_path: Path, member: Any) -> None:
    [key] = _keys(1)
    path = tmp_path / "hostile.backup"
    _sealed(path, key, [_info("manifest.json", b"{}"), member])
    with pytest.raises(BackupError):
        restoring.put_back(path, [key], _places(tmp_path / "elsewhere"))
    assert not (tmp_path / "outside").exists()


def test_what_is_not_what_the_manifest_says_is_named(hotline: Places, tmp_path: Path) -> None:
    [key] = _keys(1)
    path = tmp_path / "a.backup"
    database = Path(hotline.database["NAME"]).read_bytes()
    manifest = b'{"database": "sqlite", "inventory": {"rows": {"cases_case": 12}, "ledgers": "0"}}'
    _sealed(path, key, [_info("manifest.json", manifest), _info("database", database)])
    with pytest.raises(BackupError, match="cases_case: 9 rows instead of 12; the ledgers' heads differ"):
        restoring.put_back(path, [key], _places(tmp_path / "elsewhere"))


def test_who_did_not_make_it_cannot_say_that_they_did(hotline: Places, tmp_path: Path) -> None:
    """Whoever keeps a backup has the operators' public keys, which stand in its head."""
    [key] = _keys(1)
    path, forged = tmp_path / "a.backup", tmp_path / "forged.backup"
    taking.take(path, hotline, at=AT, to=[key.public_key], needed=1)
    ours = archive.made_by(archive.head_of(io.BytesIO(path.read_bytes())))
    assert ours == bytes(backup_key(hotline.keys).verify_key).hex()
    archive.must_be_of(path, ours)
    with pytest.raises(BackupError, match=f"with --made-by {ours}"):
        archive.must_be_of(path, "")

    evil = _places(tmp_path / "evil")
    shutil.copytree(hotline.keys / "review", evil.keys / "review")
    shutil.copy(hotline.database["NAME"], evil.database["NAME"])
    taking.take(forged, evil, at=AT, to=[key.public_key], needed=1)
    with pytest.raises(BackupError, match="did not make it"):
        archive.must_be_of(forged, ours)
    # Its own head, with our name, our signature, or neither.
    head, _end, body = forged.read_bytes().partition(b"\n")
    told, true = json.loads(head), json.loads(path.read_bytes().partition(b"\n")[0])
    for changed in (
        {**told, "made_by": ours},
        {**told, "made_by": ours, "signature": true["signature"]},
        {**true, "boxes": told["boxes"]},
        {**told, "made_by": 7},
        {name: value for name, value in told.items() if name != "signature"},
    ):
        forged.write_bytes(json.dumps(changed).encode() + b"\n" + body)
        with pytest.raises(BackupError, match="does not verify"):
            archive.must_be_of(forged, ours)
        with pytest.raises(BackupError, match="does not verify"):
            restoring.put_back(forged, [key], _places(tmp_path / "elsewhere"))
    bare = {name: value for name, value in told.items() if name not in {"made_by", "signature"}}
    forged.write_bytes(json.dumps(bare).encode() + b"\n" + body)
    with pytest.raises(BackupError, match="Nobody signed"):
        archive.must_be_of(forged, ours)


def test_what_a_killed_run_left_is_taken_away_and_nothing_in_use(hotline: Places, tmp_path: Path) -> None:
    """A copy of the database that stays would keep what is erased later."""
    left = hotline.scratch / "backup-killed"
    left.mkdir(parents=True)
    (left / "database").write_bytes(b"a canary that is erased later")
    (hotline.scratch / "link").symlink_to(tmp_path)
    [key] = _keys(1)
    with scratch(hotline, "drill") as in_use:
        assert list(hotline.scratch.iterdir()) == [in_use]
        taking.take(tmp_path / "a.backup", hotline, at=AT, to=[key.public_key], needed=1)
        assert list(hotline.scratch.iterdir()) == [in_use]
    assert list(hotline.scratch.iterdir()) == []
    assert tmp_path.exists()
