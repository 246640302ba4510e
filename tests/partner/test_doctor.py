"""`disrupt doctor`, and what every command says on a system without a sandbox."""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from tests.matching.pictures import bank_of, photo
from tests.partner.feed_server import Answer, FeedServer, refusal

from disrupt.cli import main
from disrupt.fingerprint import Protections, Sandbox, SandboxFailure, fingerprint_file
from disrupt.matching import Add, Bank, BankEntry, PdqValue
from disrupt.partner.doctor import checkup
from disrupt.partner.doctor.exchange import exchange_checks
from disrupt.partner.doctor.heart import heart_check
from disrupt.partner.following.heartbeat import SILENCE, Heartbeat
from disrupt.partner.following.summary import Summary
from disrupt.protocol import sample_picture


def report(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, dict[str, Any]]:
    status = main(["doctor", "--json", *more])
    return status, json.loads(capsys.readouterr().out)


def states(told: dict[str, Any]) -> dict[str, str]:
    return {check["name"]: check["state"] for check in told["checks"]}


def test_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bank_of(tmp_path / "bank", {"one": photo(1)})
    status, told = report(capsys, "--bank", str(tmp_path / "bank"))
    assert (status, told["state"]) == (0, "ok")
    found = states(told)
    assert set(found) == {"system", "clock", "sandbox", "picture", "bank", "test", "kernels", "cache"}
    assert (found["picture"], found["bank"], found["clock"]) == ("ok", "ok", "ok")
    assert "1 entries" in next(c["detail"] for c in told["checks"] if c["name"] == "bank")


def test_what_is_wrong_fails_and_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Bank.create(tmp_path / "empty")
    monkeypatch.setattr(checkup.time, "time", lambda: 1000.0)
    status, told = report(capsys, "--bank", str(tmp_path / "empty"), "--bank", str(tmp_path / "none"))
    assert status == 1
    assert states(told)["clock"] == "failure"
    banks = [check for check in told["checks"] if check["name"] == "bank"]
    assert [check["state"] for check in banks] == ["failure", "failure"]
    assert "empty" in banks[0]["detail"]
    assert "disrupt sync" in banks[1]["detail"]


def test_the_test_picture_is_found_where_it_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = PdqValue(sample_picture.PDQ, sample_picture.QUALITY)
    entry = BankEntry("test", "image", "TEST", origin="examined", sha256=sample_picture.SHA256, pdq=(listed,))
    Bank.create(tmp_path / "bank").apply([Add(entry)])
    other = replace(entry, pdq=(PdqValue("1f" * 32, 100),))
    Bank.create(tmp_path / "wrong").apply([Add(other)])
    status, told = report(capsys, "--bank", str(tmp_path / "bank"), "--bank", str(tmp_path / "wrong"))
    tests = [check for check in told["checks"] if check["name"] == "test"]
    assert [check["state"] for check in tests] == ["ok", "failure"]
    assert "smaller too" in tests[0]["detail"]
    assert status == 1


def test_the_health_file_of_a_sync_is_read(tmp_path: Path) -> None:
    file, clock = tmp_path / "health", [1_800_000_000.0]
    life = Heartbeat([file], "https://list.example", clock=lambda: clock[0])

    def found() -> tuple[str, str]:
        check = heart_check(file, lambda: clock[0])
        return check.state, check.detail

    assert found()[0] == "failure"
    assert "running?" in found()[1]
    life.beat()
    assert found()[0] == "warning"
    life.succeeded(Summary(cursor=3))
    life.beat(60)
    clock[0] += SILENCE
    assert found() == ("ok", "https://list.example: read to its end at 2027-01-15T08:00:00Z")
    life.failed("revoked_key", "this key was revoked")
    life.beat()
    assert found()[0] == "failure"
    assert "this key was revoked" in found()[1]
    clock[0] += SILENCE + 1
    assert "no sign of life since 2027-01-15T08:10:00Z" in found()[1]
    file.write_text('{"state": "ok"}')
    assert "no health file" in found()[1]


def test_the_command_takes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, told = report(capsys, "--health", str(tmp_path / "none"))
    assert (status, states(told)["sync"]) == (1, "failure")


class Exchange(FeedServer):
    """Takes feedback where `scope` says so."""

    scope = True

    def _elsewhere(self, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        if path == "/v1/feedback":
            return refusal(400, "bad_body") if self.scope else refusal(403, "missing_scope")
        return Answer(200, b"{}")


def test_the_exchange_its_clock_and_what_the_key_is_for(key_file: Path, pauses: list[float]) -> None:
    server = Exchange()

    def checks(**more: Any) -> list[tuple[str, str]]:
        return [(one.name, one.state) for one in exchange_checks(server.url, key_file, **more)]

    try:
        assert checks() == [("exchange", "ok"), ("key", "ok"), ("key", "ok")]
        assert checks(now=lambda: time.time() - 3600)[0] == ("exchange", "failure")
        server.scope = False
        assert checks() == [("exchange", "ok"), ("key", "ok"), ("key", "warning")]
        server.script = [refusal(403, "missing_scope")]
        assert checks()[1] == ("key", "failure")
        server.script = [refusal(401, "bad_key")]
        assert checks()[1] == ("key", "failure")
    finally:
        server.close()
    assert [(one.name, one.state) for one in exchange_checks(server.url, key_file)] == [
        ("exchange", "failure")
    ]
    assert main(["doctor", "--url", server.url]) == 2


def test_a_sandbox_without_seccomp_is_not_silent(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import disrupt.fingerprint._confined._nursery as nursery

    class Weaker(nursery.Worker):
        def __init__(self, sock: Any, pid: int, pidfd: int | None, protections: Protections) -> None:
            super().__init__(sock, pid, pidfd, replace(protections, seccomp=False))

    monkeypatch.setattr(nursery, "Worker", Weaker)
    with Sandbox(workers=1) as sandbox:
        found = checkup._sandbox(sandbox)
        assert found.state == "failure"
        assert "seccomp" in found.detail
        Image.fromarray(photo(1)).save(tmp_path / "a.png")
        with caplog.at_level(logging.WARNING, "disrupt"):
            fingerprint_file(tmp_path / "a.png", sandbox=sandbox)
            fingerprint_file(tmp_path / "a.png", sandbox=sandbox)
    assert [record.name for record in caplog.records] == ["disrupt.decoders"]


def test_a_system_without_a_sandbox_is_told_and_may_trust(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bank_of(tmp_path / "bank", {"one": photo(1)})
    path = tmp_path / "upload.png"
    Image.fromarray(photo(1)).save(path)
    monkeypatch.setattr(sys, "platform", "darwin")
    match = ["match", "--bank", str(tmp_path / "bank"), str(path)]
    assert main(match) == 1
    out, err = capsys.readouterr()
    assert json.loads(out)["action"] == "review"
    assert "needs Linux (this is darwin)" in err
    assert "--trusted" in err
    assert main([*match, "--trusted"]) == 0
    assert json.loads(capsys.readouterr().out)["action"] == "block"
    with Sandbox() as sandbox, pytest.raises(SandboxFailure, match="WSL"):
        sandbox.protections()
    status, told = report(capsys, "--trusted")
    assert status == 0
    assert states(told)["system"] == "warning"


def test_windows_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert main(["doctor"]) == 2
    assert "WSL" in capsys.readouterr().out
