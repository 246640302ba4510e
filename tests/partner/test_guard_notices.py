"""A guard and a hotline's notices: what is asked is done, once, within the owner's bounds, and undone."""

from __future__ import annotations

import base64
import datetime as dt
import json
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import jsonschema
import numpy as np
import pytest
from PIL import Image, ImageOps
from tests.partner.guarding import HOST, PINNED, jpeg, notice, photo, settle, sign, site

from disrupt.cli import main
from disrupt.fingerprint import Sandbox
from disrupt.partner.guard import desk as desk_module
from disrupt.partner.guard.desk import Desk, undo_notice
from disrupt.partner.guard.home import Home
from disrupt.protocol import answer
from disrupt.protocol.envelope import NoticeError
from disrupt.protocol.notice import Notice

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
HOLD = 'on_notice = "hold"'
ONE = photo(1, 320, 240)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    image = Image.fromarray(ONE)
    pictures = {
        "a.jpg": jpeg(image),
        "thumbs/a.jpg": jpeg(image.resize((160, 120))),
        "2026/mirrored.jpg": jpeg(ImageOps.mirror(image)),
        "2026/framed.jpg": jpeg(ImageOps.expand(image, 24, "white")),
        "index.html": b"<html>",
        "broken.jpg": b"\xff\xd8\xff\xe0 not much of a picture",
    }
    pictures |= {f"other{seed}.jpg": jpeg(photo(seed, 320, 240)) for seed in range(2, 6)}
    return site(tmp_path, pictures, HOLD)


def there(home: Home) -> set[str]:
    root = home.uploads[0].folder
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def act(home: Home, decoders: Sandbox, told: Notice) -> answer.Answer:
    desk = Desk(home, decoders)
    return desk.finish(desk.receive(sign(told)).notice)


OTHERS = {"index.html", "broken.jpg", *(f"other{seed}.jpg" for seed in range(2, 6))}
COPIES = {"thumbs/a.jpg", "2026/mirrored.jpg", "2026/framed.jpg"}


def test_an_address_goes_at_once_its_copies_follow_and_all_comes_back(home: Home, decoders: Sandbox) -> None:
    told, desk = notice("a.jpg", "gone.jpg", pixels=ONE), Desk(home, decoders)
    first = desk.receive(sign(told))
    assert [(one.state, one.reason) for one in first.addresses] == [("held", ""), ("gone", "")]
    assert not first.complete
    assert there(home) == OTHERS | COPIES
    last = desk.finish(told.id)
    assert there(home) == OTHERS
    assert (last.complete, last.copies_found, last.copies_held, last.copies_waiting) == (True, 3, 3, 0)
    assert (last.looked_at, last.unreadable) == (8, 1)
    assert answer.verified(home.sign(last), keys=own_key(home), notice=told.id) == replace(
        last, seconds=round(last.seconds, 3)
    )
    for schema, value in (("notice-answer", last.to_wire()), ("guard", home.announcement())):
        text = json.loads((SCHEMAS / f"{schema}.schema.json").read_text())
        jsonschema.validate(value, text)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**value, "more": 1}, text)
    assert undo_notice(home, told.id) == (4, [])
    assert there(home) == OTHERS | COPIES | {"a.jpg"}
    # The same again does nothing, and what the owner has put back stays whatever a new notice says.
    assert desk.receive(sign(told)).addresses == first.addresses
    assert there(home) == OTHERS | COPIES | {"a.jpg"}
    again = act(home, decoders, notice("a.jpg", pixels=ONE))
    assert (again.addresses[0].state, again.addresses[0].reason) == ("refused", "put_back")
    assert (again.copies_held, again.copies_waiting) == (0, 3)
    assert there(home) == OTHERS | COPIES | {"a.jpg"}


def own_key(home: Home) -> dict[str, bytes]:
    told = home.announcement()["answers"]
    return {told["key"]: base64.b64decode(told["public"])}


def test_nothing_happens_that_the_owner_has_not_allowed(home: Home, decoders: Sandbox) -> None:
    everything = there(home)

    def first(changed: Home, told: Notice) -> tuple[str, str]:
        found = act(changed, decoders, told)
        assert there(home) == everything
        assert found.complete
        assert found.copies_held == 0
        return found.addresses[0].state, found.addresses[0].reason

    wait = settle(home, 'on_notice = "wait"')
    assert first(wait, notice("a.jpg", pixels=ONE)) == ("waiting", "owner_decides")
    hold = settle(home, HOLD)
    assert first(hold, notice("a.jpg", pixels=ONE, examined=False)) == ("waiting", "not_examined")
    assert first(hold, notice("other2.jpg", pixels=photo(9, 320, 240))) == ("waiting", "not_the_content")
    assert first(hold, notice("broken.jpg", pixels=photo(9, 320, 240))) == ("waiting", "not_the_content")
    assert first(hold, notice("../guard/guard.toml", pixels=None)) == ("not_found", "")
    assert first(hold, notice("%2e%2e/guard/guard.toml", pixels=None)) == ("not_found", "")
    page = notice("x", pixels=photo(9, 320, 240), addresses=(f"https://{HOST}/t/7?page=2",))
    assert first(hold, page) == ("not_found", "")
    hold.stop(True)
    assert first(hold, notice("a.jpg", pixels=ONE)) == ("refused", "stopped")
    hold.stop(False)
    none = settle(home, HOLD, "most_a_day = 0")
    assert first(none, notice("a.jpg", pixels=ONE)) == ("waiting", "too_many")
    told = [line for line in Desk(hold, decoders).quarantine.log() if line["deed"] == "waiting"]
    assert {line["reason"] for line in told} >= {
        "owner_decides",
        "not_examined",
        "not_the_content",
        "too_many",
    }


def test_what_waited_is_answered_anew_when_the_owner_has_decided(home: Home, decoders: Sandbox) -> None:
    desk, told = Desk(settle(home, 'on_notice = "wait"'), decoders), notice("a.jpg", "other2.jpg", pixels=ONE)
    assert {one.state for one in desk.receive(sign(told)).addresses} == {"waiting"}
    root = home.uploads[0].folder
    desk.quarantine.hold(root / "a.jpg", root, reason="I have looked")
    assert [one.state for one in desk.receive(sign(told)).addresses] == ["held", "waiting"]
    (root / "other2.jpg").unlink()
    assert [one.state for one in desk.receive(sign(told)).addresses] == ["held", "gone"]


def test_no_more_is_taken_off_in_a_day_than_the_owner_lets(home: Home, decoders: Sandbox) -> None:
    told = notice("a.jpg", pixels=ONE)
    found = act(settle(home, HOLD, "most_a_day = 2"), decoders, told)
    assert found.addresses[0].state == "held"
    assert (found.copies_found, found.copies_held, found.copies_waiting) == (3, 1, 2)
    assert len(there(home) & COPIES) == 2


def test_a_hash_that_describes_no_picture_hides_nothing(home: Home, decoders: Sandbox) -> None:
    flat = np.full((240, 320, 3), 90, np.uint8)
    (home.uploads[0].folder / "flat.jpg").write_bytes(jpeg(flat))
    everything = there(home)
    for hexadecimal in ("0" * 64, "f" * 64, "0f" * 32):
        told = notice("nothing.jpg", pixels=ONE)
        prints = (replace(told.contents[0].pdq[0], hex=hexadecimal, quality=100),)
        found = act(home, decoders, replace(told, contents=(replace(told.contents[0], pdq=prints),)))
        assert (found.complete, found.copies_found) == (True, 0)
    assert there(home) == everything


def test_a_kill_in_between_loses_nothing(
    home: Home, decoders: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = notice("a.jpg", pixels=ONE)

    class Killed(BaseException):
        """As a kill would leave it."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(desk_module.Records, "write", die)
        Desk(home, decoders).receive(sign(told))
    assert there(home) == OTHERS | COPIES | {"a.jpg"}
    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(desk_module.Desk, "_kept", die)
        Desk(home, decoders).receive(sign(told))
    assert "a.jpg" not in there(home)
    with monkeypatch.context() as patch, pytest.raises(Killed):
        taken: list[Path] = []

        def one_only(self: Desk, place: Path, told: Notice, real: object = Desk._take) -> object:
            if taken:
                raise Killed
            taken.append(place)
            return real(self, place, told)  # type: ignore[operator]

        patch.setattr(desk_module.Desk, "_take", one_only)
        Desk(home, decoders).finish(told.id)
    desk = Desk(home, decoders)
    assert desk.unfinished() == [told.id]
    found = desk.finish(told.id)
    assert [one.state for one in found.addresses] == ["held"]
    assert (found.copies_found, found.copies_held) == (3, 3)
    assert there(home) == OTHERS
    assert desk.unfinished() == []


def test_what_is_not_the_hotlines_is_refused(home: Home, decoders: Sandbox) -> None:
    desk, told = Desk(home, decoders), notice("a.jpg", pixels=ONE)

    def refused(envelope: bytes) -> str:
        with pytest.raises(NoticeError) as caught:
            desk.receive(envelope)
        return caught.value.code

    other = replace(told, host="other.example", addresses=("https://other.example/a.jpg",))
    assert refused(sign(other)) == "other_host"
    keys = home.folder / "hotline.keys"
    keys.write_text(PINNED.replace("2026-11", "2026-12"))
    assert refused(sign(told)) == "unknown_key"  # revoked: it counts no more from this moment on
    keys.write_text(PINNED)
    desk.receive(sign(told))
    assert refused(sign(replace(told, explanation="Something else."))) == "replayed"


def test_while_the_owners_clock_is_wrong_nothing_is_hidden_and_the_notice_counts_later(
    home: Home, decoders: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, told, before = Desk(home, decoders), notice("a.jpg"), there(home)
    for wrong in (dt.timedelta(days=-2), dt.timedelta(days=2)):
        clock = SimpleNamespace(time=partial(float, time.time() + wrong.total_seconds()))
        with monkeypatch.context() as patch, pytest.raises(NoticeError) as caught:
            patch.setattr(desk_module, "time", clock)  # its own name for it: nobody else's clock is moved
            desk.receive(sign(told))
        assert caught.value.code == "out_of_time"
        assert there(home) == before
    desk.receive(sign(told))
    assert there(home) == before - {"a.jpg"}


def test_an_owners_command_says_where_an_address_leads_and_hears_what_is_done(
    home: Home, decoders: Sandbox, tmp_path: Path
) -> None:
    root = home.uploads[0].folder
    heard = tmp_path / "heard"
    resolve = (
        f"import sys; print({str(root / 'a.jpg')!r} if sys.argv[1].endswith('?id=7') else '/etc/passwd')"
    )
    hear = f"import sys; open({str(heard)!r}, 'a').write(sys.stdin.read() + chr(10))"
    home = settle(
        home,
        HOLD,
        f"resolve = {json.dumps([sys.executable, '-c', resolve])}",
        f"command = {json.dumps([sys.executable, '-c', hear])}",
        f"public_log = {json.dumps(str(tmp_path / 'public.json'))}",
    )
    download = f"https://{HOST}/download/file.php?id="
    told = notice("x", addresses=(f"{download}7", f"{download}8"))
    found = act(home, decoders, told)
    assert [one.state for one in found.addresses] == ["held", "not_found"]
    assert "a.jpg" not in there(home)
    deeds = [json.loads(line) for line in heard.read_text().splitlines()]
    assert [one["deed"] for one in deeds] == ["held", "answered"]
    assert deeds[0]["path"] == "a.jpg"
    assert undo_notice(home, told.id)[0] == 1
    public = json.loads((tmp_path / "public.json").read_text())
    assert public[0]["taken_off"] == public[0]["put_back"] == 1
    assert public[0]["by"] == told.notifier
    assert "file.php" not in json.dumps(public)  # a list of what was taken off is no list of where to look


def test_the_commands(home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = notice("a.jpg", pixels=ONE)
    (tmp_path / "notice").write_bytes(sign(told))
    where = str(home.folder)
    assert main(["guard", "notice", where, str(tmp_path / "notice")]) == 0
    assert json.loads(capsys.readouterr().out)["copies"] == {"found": 3, "held": 3, "waiting": 0}
    held = next(iter(Desk(home, Sandbox(workers=1)).quarantine.all()))
    quarantine = ["--quarantine", str(home.quarantine)]
    assert main(["guard", "appeal", *quarantine, held.id, "It is my own picture."]) == 0
    assert main(["guard", "stop", where]) == 0
    capsys.readouterr()
    assert main(["guard", "status", where]) == 0
    status = json.loads(capsys.readouterr().out)
    assert (status["stopped"], status["held"], status["notices"], status["waiting"]) == (True, 4, 1, [])
    assert main(["guard", "start", where]) == 0
    capsys.readouterr()
    assert main(["guard", "undo-notice", where, told.id]) == 0
    assert json.loads(capsys.readouterr().out) == {"put_back": 4}
    assert main(["guard", "log", *quarantine]) == 0
    log = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["text"] for line in log if line["deed"] == "appeal"] == ["It is my own picture."]
    assert main(["guard", "announce", where]) == 0
    assert json.loads(capsys.readouterr().out)["host"] == HOST
