"""`disrupt guard`: notices verified, files taken off a site and put back as they were, through every kill."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import pytest
from tests.protocol.notices import KEY, NOTICE, sign

from disrupt.cli import main
from disrupt.partner.guard import quarantine
from disrupt.partner.guard.quarantine import NotAFile, NotHeld, OutsideRoot, PlaceTaken, Quarantine
from disrupt.partner.guard.records import Allowance


@pytest.fixture
def site(tmp_path: Path) -> Path:
    uploads = tmp_path / "uploads"
    (uploads / "2026").mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        (uploads / "2026" / name).write_bytes(name.encode() * 1000)
        (uploads / "2026" / name).chmod(0o644)
        os.utime(uploads / "2026" / name, (1e9, 1e9))
    return uploads


def state(path: Path) -> tuple[bytes, int, float]:
    status = path.stat()
    return path.read_bytes(), status.st_mode & 0o777, status.st_mtime


def test_a_file_goes_off_and_comes_back_as_it_was(site: Path, tmp_path: Path) -> None:
    path, other = site / "2026" / "a.jpg", site / "2026" / "b.jpg"
    before = state(path), state(other)
    store = Quarantine(tmp_path / "off")
    held = store.hold(path, site, reason="notice", notice=NOTICE.id)
    assert not path.exists()
    assert state(other) == before[1]
    content = tmp_path / "off" / "held" / held.id / "content"
    assert content.stat().st_mode & 0o777 == 0o600
    assert [one.path for one in Quarantine(tmp_path / "off").all()] == ["2026/a.jpg"]
    store.undo(held.id)
    assert (state(path), state(other)) == before
    assert list(store.all()) == []
    assert [line["deed"] for line in store.log()] == ["held", "putting back", "put back"]
    assert {line["notice"] for line in store.log()} == {NOTICE.id}
    with pytest.raises(NotHeld):
        store.undo(held.id)


def test_what_is_put_back_is_known_as_such_before_it_is_seen(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, store = site / "2026" / "a.jpg", Quarantine(tmp_path / "off")
    held, known = store.hold(path, site, reason="in a bank"), []
    plain = quarantine.move

    def seen_at_once(*all_of: Any) -> None:
        plain(*all_of)
        known.append(path.exists() and Allowance(store, 1).was_put_back(held.sha256))

    monkeypatch.setattr(quarantine, "move", seen_at_once)
    store.undo(held.id)
    assert known == [True]


def test_nothing_is_overwritten_and_nothing_outside_is_touched(site: Path, tmp_path: Path) -> None:
    path, store = site / "2026" / "a.jpg", Quarantine(tmp_path / "off")
    held = store.hold(path, site, reason="x")
    path.write_text("another upload")
    with pytest.raises(PlaceTaken):
        store.undo(held.id)
    assert path.read_text() == "another upload"
    path.unlink()
    store.undo(held.id)
    outside = tmp_path / "passwords"
    outside.write_text("secret")
    (site / "link.jpg").symlink_to(outside)
    (site / "folder").symlink_to(tmp_path)
    for wrong, kind in (
        (outside, OutsideRoot),
        (site / ".." / "passwords", OutsideRoot),
        (site / "folder" / "passwords", OutsideRoot),
        (site / "link.jpg", NotAFile),
        (site / "2026", NotAFile),
        (site / "none.jpg", NotAFile),
        (site, OutsideRoot),
    ):
        with pytest.raises(kind):
            store.hold(wrong, site, reason="x")
    assert outside.read_text() == "secret"
    for number in ("", "..", "../held", "none"):
        with pytest.raises(NotHeld):
            store.undo(number)


class Killed(BaseException):
    """As a kill would leave it: nothing is cleaned up."""


@pytest.mark.parametrize("disks", ["one disk", "two disks"])
@pytest.mark.parametrize("deed", ["hold", "undo"])
@pytest.mark.parametrize("call", ["link", "unlink", "fsync", "rename"])
def test_a_kill_at_any_step_loses_nothing(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deed: str, call: str, disks: str
) -> None:
    path = site / "2026" / "a.jpg"
    before = state(path)
    for step in range(1, 8):
        store = Quarantine(tmp_path / f"off{step}")
        held = store.hold(path, site, reason="x") if deed == "undo" else None
        left = [step]
        real = getattr(os, call)

        def dying(*args: object, _real: object = real, **more: object) -> object:
            left[0] -= 1  # noqa: B023  # called within this round only
            if left[0] == 0:  # noqa: B023
                raise Killed
            return _real(*args, **more)  # type: ignore[operator]

        with monkeypatch.context() as patch:
            if disks == "two disks":

                def cannot(*_: object, **__: object) -> None:
                    raise OSError(18, "on another disk")

                patch.setattr(os, "link", cannot)
            if not (disks == "two disks" and call == "link"):
                patch.setattr(os, call, dying)
            with suppress(Killed):
                store.undo(held.id) if held else store.hold(path, site, reason="x")
        again = Quarantine(tmp_path / f"off{step}")
        off = list(again.all())
        assert path.exists() is not bool(off), (step, deed, call)
        for one in off:
            again.undo(one.id)
        assert state(path) == before


def test_the_commands(site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    off, path = ["--quarantine", str(tmp_path / "off")], site / "2026" / "a.jpg"
    hold = ["guard", "hold", *off, "--root", str(site), "--reason", "told to"]
    assert main([*hold, str(path), str(tmp_path / "none")]) == 1
    out, err = capsys.readouterr()
    held = json.loads(out)
    assert "is not there" in err
    assert main(["guard", "list", *off]) == 0
    assert json.loads(capsys.readouterr().out) == held
    assert main(["guard", "undo", *off, held["id"]]) == 0
    assert path.exists()
    assert main(["guard", "undo", *off, held["id"]]) == 1
    capsys.readouterr()
    assert main(["guard", "log", *off]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 3


def test_a_notice_is_verified_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    notice = replace(NOTICE, issued_at=now, expires_at=now + dt.timedelta(days=1))
    (tmp_path / "notice").write_bytes(sign(notice))
    keys = tmp_path / "keys"
    keys.write_text(f"# the hotline's\n2026-11 {base64.b64encode(bytes(KEY.verify_key)).decode()}\n")
    verify = ["guard", "verify", str(tmp_path / "notice"), "--keys", str(keys), "--host"]
    assert main([*verify, "forum.example"]) == 0
    assert json.loads(capsys.readouterr().out) == notice.to_wire()
    assert main([*verify, "other.example"]) == 1
    assert "not for other.example" in capsys.readouterr().err
    keys.write_text("2026-11 " + base64.b64encode(bytes(32)).decode())
    assert main([*verify, "forum.example"]) == 2


def test_a_folder_that_was_swapped_for_a_link_takes_nothing_and_gives_nothing(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever runs the site swaps it between the guard's look and its deed."""
    etc, store = tmp_path / "etc", Quarantine(tmp_path / "off")
    etc.mkdir()
    (etc / "a.jpg").write_text("the system's own")
    held = store.hold(site / "2026" / "b.jpg", site, reason="x")

    def swap() -> None:
        (site / "2026").rename(site / "before")
        (site / "2026").symlink_to(etc)

    real = quarantine._below

    def looks(path: Path, root: Path) -> tuple[Path, Path]:
        found = real(path, root)
        swap()
        return found

    monkeypatch.setattr(quarantine, "_below", looks)
    with pytest.raises(OutsideRoot):
        store.hold(site / "2026" / "a.jpg", site, reason="x")
    with pytest.raises(OutsideRoot):
        store.undo(held.id)
    assert {path.name: path.read_text() for path in etc.iterdir()} == {"a.jpg": "the system's own"}
    assert (site / "before" / "a.jpg").exists()
    (site / "2026").unlink()
    (site / "before").rename(site / "2026")
    store.undo(held.id)
    assert (site / "2026" / "b.jpg").exists()


@pytest.mark.parametrize("what", ["pipe", "link", "another file"])
def test_a_file_that_is_swapped_as_it_is_taken_stays(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    path, outside, store = site / "2026" / "a.jpg", tmp_path / "passwords", Quarantine(tmp_path / "off")
    outside.write_text("secret")
    outside.chmod(0o644)
    real = quarantine._digest

    def swap() -> None:
        path.unlink()
        if what == "pipe":
            os.mkfifo(path)
        elif what == "link":
            path.symlink_to(outside)
        else:
            path.write_text("another")

    def digests(file: BinaryIO) -> str:
        found = real(file)
        swap()
        return found

    monkeypatch.setattr(quarantine, "_digest", digests)
    with pytest.raises(NotAFile):
        store.hold(path, site, reason="x")
    assert path.lstat()
    assert list(store.all()) == []
    assert (outside.read_text(), outside.stat().st_mode & 0o777) == ("secret", 0o644)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(NotAFile):
        store.hold(path, site, reason="x")  # and it does not wait for anybody to write


def test_what_comes_back_runs_as_nobody_else(site: Path, tmp_path: Path) -> None:
    path, store = site / "2026" / "a.jpg", Quarantine(tmp_path / "off")
    path.chmod(0o6755)
    store.undo(store.hold(path, site, reason="x").id)
    assert path.stat().st_mode & 0o7777 == 0o755


def test_what_is_damaged_keeps_nobody_from_the_rest(
    site: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, path = tmp_path / "off", site / "2026" / "a.jpg"
    store = Quarantine(folder)
    held = store.hold(path, site, reason="x")
    broken = store.hold(site / "2026" / "b.jpg", site, reason="x")
    (folder / "held" / "note.txt").write_text("a file that is none of ours")
    (folder / "held" / broken.id / "record.json").write_text("[" * 100_000)
    again = Quarantine(folder)
    assert [one.id for one in again.all()] == [held.id]
    again.undo(held.id)
    assert (folder / "held" / broken.id / "content").exists()
    with (folder / "log.jsonl").open("ab") as log:
        log.write(b"\xff\n")
    assert main(["guard", "log", "--quarantine", str(folder)]) == 1
    assert "line 5 is damaged" in capsys.readouterr().err
    odd = site / "2026" / "\x1b[2J.jpg"
    assert (
        main(["guard", "hold", "--quarantine", str(folder), "--root", str(site), "--reason", "x", str(odd)])
        == 1
    )
    assert "\x1b" not in capsys.readouterr().err
