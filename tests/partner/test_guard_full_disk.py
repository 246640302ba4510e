"""A guard whose disk is full, or whose power was cut: no file is lost, and its log can be read afterwards."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pytest
from tests.full_disk import full_disk

from disrupt.partner.guard.quarantine import Quarantine


@pytest.fixture
def upload(tmp_path: Path) -> Path:
    path = tmp_path / "uploads" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(b"a picture")
    return path


def size_of_log(store: Quarantine) -> int:
    return (store.folder / "log.jsonl").stat().st_size


def deeds(store: Quarantine) -> list[str]:
    return [str(line["deed"]) for line in Quarantine(store.folder).log()]


def test_a_line_that_does_not_fit_spoils_no_other(tmp_path: Path) -> None:
    store = Quarantine(tmp_path / "off")
    for _ in range(5):
        store.note("found", text="x" * 500)
    with full_disk(size_of_log(store) + 20), pytest.raises(OSError, match="No space left"):
        store.note("found")
    store.note("refused")
    assert deeds(store) == ["found"] * 5 + ["refused"]


@pytest.mark.parametrize("left", [b'{"deed": "hel', b"x" * 200_000])
def test_what_a_power_cut_left_of_a_line_is_taken_away(tmp_path: Path, left: bytes) -> None:
    store = Quarantine(tmp_path / "off")
    store.note("found")
    with (store.folder / "log.jsonl").open("ab") as log:
        log.write(left)
    assert deeds(store) == ["found"]
    store.note("refused")
    assert deeds(store) == ["found", "refused"]


def test_a_file_stays_where_nothing_can_be_kept_of_it(upload: Path, tmp_path: Path) -> None:
    store = Quarantine(tmp_path / "off")
    with full_disk(0), pytest.raises(OSError, match=r"."):
        store.hold(upload, upload.parent, reason="x")
    assert upload.read_bytes() == b"a picture"
    again = Quarantine(store.folder)
    assert list(again.all()) == []
    again.undo(again.hold(upload, upload.parent, reason="x").id)
    assert upload.read_bytes() == b"a picture"


def test_what_went_off_as_the_log_was_full_is_known_and_comes_back(upload: Path, tmp_path: Path) -> None:
    store = Quarantine(tmp_path / "off")
    for _ in range(5):
        store.note("found", text="x" * 500)
    with full_disk(size_of_log(store)), pytest.raises(OSError, match=r"."):
        store.hold(upload, upload.parent, reason="x")
    again = Quarantine(store.folder)
    assert again.holds(upload)
    (held,) = again.all()
    again.undo(held.id)
    assert upload.read_bytes() == b"a picture"
    # The line that did not fit was added afterwards.
    assert deeds(store)[5:] == ["held", "putting back", "put back"]


def test_the_line_that_did_not_fit_is_added_by_the_same_process_when_there_is_room(
    upload: Path, tmp_path: Path
) -> None:
    store, other = Quarantine(tmp_path / "off"), upload.with_name("b.jpg")
    other.write_bytes(b"another")
    for _ in range(5):
        store.note("found", text="x" * 500)
    with full_disk(size_of_log(store)), pytest.raises(OSError, match=r"."):
        store.hold(upload, upload.parent, reason="x")
    store.hold(other, other.parent, reason="x")
    assert [(line["deed"], line["path"]) for line in store.log(5)] == [("held", "a.jpg"), ("held", "b.jpg")]
    assert deeds(store)[5:] == ["held", "held"], "nothing is said twice"


def test_a_line_about_what_came_back_is_added_too(upload: Path, tmp_path: Path) -> None:
    store = Quarantine(tmp_path / "off")
    for _ in range(5):
        store.note("found", text="x" * 500)
    held = store.hold(upload, upload.parent, reason="x")
    room = len(json.dumps({"deed": "putting back", "now": 1.0, **asdict(held)})) + 40
    with full_disk(size_of_log(store) + room), pytest.raises(OSError, match=r"."):
        store.undo(held.id)
    assert upload.read_bytes() == b"a picture"
    again = Quarantine(store.folder)
    assert list(again.all()) == []
    assert deeds(store)[5:] == ["held", "putting back", "put back"]
