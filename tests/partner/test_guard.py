"""`disrupt guard`: notices verified, files taken off a site and put back as they were, through every kill."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.protocol.notices import KEY, NOTICE, sign

from disrupt.cli import main
from disrupt.partner.guard import quarantine
from disrupt.partner.guard.quarantine import NotAFile, NotHeld, OutsideRoot, PlaceTaken, Quarantine


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
    assert [line["deed"] for line in store.log()] == ["held", "put back"]
    assert {line["notice"] for line in store.log()} == {NOTICE.id}
    with pytest.raises(NotHeld):
        store.undo(held.id)


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
        owner = os if call in ("link", "fsync") else Path
        real = getattr(owner, call)

        def dying(*args: object, _real: object = real, **more: object) -> object:
            left[0] -= 1  # noqa: B023  # called within this round only
            if left[0] == 0:  # noqa: B023
                raise Killed
            return _real(*args, **more)  # type: ignore[operator]

        with monkeypatch.context() as patch:
            if disks == "two disks":

                def cannot(*_: object, **__: object) -> None:
                    raise OSError(18, "on another disk")

                patch.setattr(quarantine.os, "link", cannot)
            if not (disks == "two disks" and call == "link"):
                patch.setattr(owner, call, dying)
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
    assert len(capsys.readouterr().out.splitlines()) == 2


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
