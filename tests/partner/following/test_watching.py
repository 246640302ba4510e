"""`disrupt sync --watch`: goes round, outlives what goes wrong, and says how it goes in a file."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from tests.partner.commands import schema
from tests.partner.feed_server import Answer, FeedServer, refusal
from tests.partner.syncing import Sync, answered, ids

from disrupt.partner.following import watching
from disrupt.partner.following.heartbeat import SILENCE, Heartbeat

Rounds = Callable[..., None]


@pytest.fixture
def rounds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Rounds]:
    """Sets what happens in the pauses between the rounds, one after the other; then it is interrupted."""
    left: list[tuple[float, Callable[[], object]]] = []

    def pause(seconds: float) -> None:
        if not left:
            raise KeyboardInterrupt
        wanted, happens = left.pop(0)
        assert seconds == wanted
        happens()

    monkeypatch.setattr(watching.watch, "__defaults__", (pause,))
    yield lambda *steps: left.extend(steps)
    assert left == []


def at(text: str) -> float:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()


def test_it_goes_round_and_outlives_faults(
    server: FeedServer, sync: Sync, rounds: Rounds, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    rounds(
        (5, lambda: None),
        (5, lambda: server.script.extend([Answer(503)] * 6)),
        (5, lambda: server.withdraw("one")),
    )
    assert sync("--watch", "5") == 130
    out = capsys.readouterr()
    assert out.out.splitlines() == [
        "1 added, 0 withdrawn; at change 1, 1 entries",
        "0 added, 1 withdrawn; at change 2, 0 entries",
    ]
    assert "Trying again in 5 s" in out.err
    assert server.waits[0] == 0
    assert set(server.waits[1:]) == {25}, "it asks to be told"


def test_an_exchange_that_cannot_wait_is_asked_every_so_often(
    server: FeedServer, sync: Sync, rounds: Rounds
) -> None:
    server.add("one")
    server.script = [answered(server._page(0, 10)), refusal(400, "unknown_parameter")]
    rounds((5, lambda: None))
    assert sync("--watch", "5") == 130
    assert server.waits == [0, 25, 0, 0]


def test_a_revoked_key_is_told_once_and_the_new_one_is_taken(
    server: FeedServer,
    sync: Sync,
    rounds: Rounds,
    tmp_path: Path,
    key_file: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    health, figures = tmp_path / "sync.json", tmp_path / "sync.prom"
    seen: list[dict[str, Any]] = []

    def look() -> None:
        seen.append(json.loads(health.read_text()))
        jsonschema.validate(seen[-1], schema("sync-health"))

    def revoke() -> None:
        look()
        server.script = [refusal(401, "revoked_key")] * 2

    def renew() -> None:
        look()
        key_file.write_text("dsr_new\n")
        server.add("two")

    server.add("one")
    # After the first round that read something it asks again at once, then pauses.
    rounds((5, revoke), (60, look), (60, renew), (5, look))
    assert sync("--watch", "5", "--health", str(health), "--health", str(figures)) == 130
    err = capsys.readouterr().err
    assert err.count("this key was revoked") == 1
    assert "is read again" in err
    assert [one["state"] for one in seen] == ["ok", "failing", "failing", "ok"]
    assert [one["code"] for one in seen] == ["", "revoked_key", "revoked_key", ""]
    assert (seen[1]["since"], seen[1]["reached"]) == (seen[2]["since"], seen[0]["reached"])
    assert (seen[3]["added"], seen[3]["failures"], seen[3]["entries"], seen[3]["cursor"]) == (2, 2, 2, 2)
    assert at(seen[2]["next_by"]) - at(seen[2]["at"]) == 60 + SILENCE
    assert server.asked[-1][1]["authorization"] == "Bearer dsr_new"
    assert len(ids(tmp_path)) == 2
    assert stat.S_IMODE(health.stat().st_mode) == 0o600
    assert f'disrupt_sync_up{{source="{server.url}"}} 1\n' in figures.read_text()
    assert f'disrupt_sync_failures_total{{source="{server.url}"}} 2\n' in figures.read_text()


def test_what_is_wrong_from_the_first_ends_it(server: FeedServer, sync: Sync, tmp_path: Path) -> None:
    health = tmp_path / "sync.json"
    server.script = [refusal(401, "invalid_key")]
    assert sync("--watch", "5", "--health", str(health)) == 1
    told = json.loads(health.read_text())
    assert (told["state"], told["code"], told["reached"]) == ("failing", "invalid_key", None)
    assert sync("--health", str(health)) == 2


def test_a_sign_of_life_while_it_works_and_a_file_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 1_800_000_000.0
    life = Heartbeat([tmp_path / "sync.json"], "https://exchange.example", clock=lambda: now)
    life.beat()
    written = (tmp_path / "sync.json").read_text()
    now += 0.5
    life.step()
    assert (tmp_path / "sync.json").read_text() == written
    now += 1
    life.step()
    assert (tmp_path / "sync.json").read_text() != written
    nowhere = Heartbeat([tmp_path / "none" / "sync.json"], "https://exchange.example")
    for _ in range(3):
        nowhere.beat()
    assert capsys.readouterr().err.count("No such file") == 1
