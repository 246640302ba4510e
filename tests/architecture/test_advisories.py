"""What is pinned is compared with what is known; where nobody could be asked, that is no success."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from scripts import advisories
from scripts.advisories import KNOWN, NOT_CHECKED, Finding, NotChecked, all_pinned, ask, look_up, main


def about(*events: dict[str, str], name: str = "pillow", **more: Any) -> dict[str, Any]:
    ranges = [{"type": "GIT", "events": [{"introduced": "0"}]}, {"type": "ECOSYSTEM", "events": list(events)}]
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, **more}
    return {"id": "PYSEC-1", "modified": "2026-11-29T10:00:00Z", "affected": [affected]}


@pytest.mark.parametrize(
    ("events", "bad", "good"),
    [
        ([{"introduced": "0"}, {"fixed": "2.0"}], ["0.1", "1.10", "2.0rc1"], ["2.0", "2.0.1", "10.0"]),
        ([{"introduced": "1.2"}, {"last_affected": "1.4"}], ["1.2", "1.4"], ["1.1", "1.4.1"]),
        (
            [{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "3.1"}],
            ["1.9", "3.0"],
            ["2.5", "3.1"],
        ),
        ([{"introduced": "4"}], ["4", "99"], ["3.9"]),
    ],
)
def test_a_version_is_known_in_its_ranges_only(
    events: list[dict[str, str]], bad: list[str], good: list[str]
) -> None:
    found = look_up([about(*events)], {"pillow": {*bad, *good}})
    assert {one.version for one in found} == set(bad)


def test_other_names_withdrawn_ones_and_lists_of_versions() -> None:
    everything = {"introduced": "0"}
    ours = {"pillow": {"1.0"}, "a-b": {"1.0"}}
    assert look_up([about(everything, name="Pillow"), about(everything, name="A_b")], ours)[0].name == "a-b"
    assert look_up([about(everything, name="pillow-simd")], ours) == []
    assert look_up([{**about(everything), "withdrawn": "2026-01-01T00:00:00Z"}], ours) == []
    listed = about({"introduced": "7"}, {"fixed": "8"}, versions=["1.0"])
    assert look_up([listed], ours) == [Finding("pillow", "1.0", "PYSEC-1", "8")]


def test_everything_that_is_installed_is_looked_up() -> None:
    assert {"django", "pillow", "pynacl", "pytest", "hatchling"} <= set(all_pinned())


def copy(folder: Path, *records: dict[str, Any]) -> Path:
    """The database as it can be fetched: an archive of JSON files."""
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, record in enumerate(records):
            archive.writestr(f"{number}.json", json.dumps(record))
    return path


def test_a_copy_says_of_which_day_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--kept", str(copy(tmp_path, about({"introduced": "9999"})))]) == 0
    assert "1 advisories, the newest of 2026-11-29: 0 known" in capsys.readouterr().out
    assert main(["--kept", str(copy(tmp_path, about({"introduced": "0"}, {"fixed": "9999"})))]) == KNOWN
    assert "PYSEC-1 (mended in 9999)" in capsys.readouterr().out
    folder = tmp_path / "vulns" / "pillow"
    folder.mkdir(parents=True)
    (folder / "PYSEC-1.yaml").write_text(json.dumps(about({"introduced": "0"})))
    assert main(["--kept", str(folder.parent)]) == KNOWN


def test_nobody_asked_is_never_good(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "torn.zip").write_bytes(b"PK")
    odd = copy(tmp_path, about({"introduced": "0"}, {"fixed": "no version"}))
    for words in (
        [],
        ["--kept", str(tmp_path / "none")],
        ["--kept", str(tmp_path / "torn.zip")],
        ["--kept", str(odd)],
    ):
        assert main(words) == NOT_CHECKED
        assert "NOT CHECKED" in capsys.readouterr().err
    (empty := tmp_path / "empty").mkdir()
    assert main(["--kept", str(empty)]) == NOT_CHECKED


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """A program that says this of each lock, of which there is one."""
    (tmp_path / "run.lock").write_text("pillow==1.0\n")
    monkeypatch.setattr(advisories, "LOCKS", tmp_path)

    def make(said: str) -> str:
        path = tmp_path / "asks"
        path.write_text(f"#!/bin/sh\ncat <<'E'\n{said}\nE\nexit 1\n")
        path.chmod(0o700)
        return str(path)

    return make


def test_what_pip_audit_says_is_read(program: Callable[[str], str]) -> None:
    flaw = {"id": "PYSEC-2", "fix_versions": ["1.1", "2.0"], "aliases": []}
    told = {"dependencies": [{"name": "pillow", "version": "1.0", "vulns": [flaw]}], "fixes": []}
    assert ask(program(json.dumps(told))) == [Finding("pillow", "1.0", "PYSEC-2", "1.1, 2.0")]
    told["dependencies"] = [{"name": "pillow", "version": "1.0", "vulns": []}]
    assert ask(program(json.dumps(told))) == []


@pytest.mark.parametrize(
    "said", ["", "no route to host", '{"dependencies": [{"name": "x", "skip_reason": "odd"}]}']
)
def test_what_pip_audit_could_not_ask_is_not_checked(program: Callable[[str], str], said: str) -> None:
    with pytest.raises(NotChecked):
        ask(program(said))
    with pytest.raises(NotChecked, match="not installed"):
        ask("no-such-program")
