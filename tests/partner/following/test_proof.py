"""`disrupt sync` against a feed with a log, honest or not: what is wrong is named and not applied."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.partner.feed_server import id_of
from tests.partner.logged_feed import LoggedFeed
from tests.partner.syncing import Sync, bank, ids

from disrupt.matching import Bank
from disrupt.protocol.signed_log import Head


@pytest.fixture
def server() -> Iterator[LoggedFeed]:
    made = LoggedFeed()
    yield made
    made.close()


def known(tmp_path: Path) -> Any:
    return json.loads((tmp_path / "bank" / "log.json").read_text())


def test_an_honest_feed_is_verified_page_by_page_and_remembered(
    server: LoggedFeed, sync: Sync, tmp_path: Path
) -> None:
    server.page_size = 3
    server.add(*range(8))
    assert sync("--log-key", server.key) == 0
    server.withdraw(1)
    server.add("later")
    assert sync() == 0
    assert known(tmp_path)["head"][0] == 10
    assert known(tmp_path)["keys"] == [server.key]
    assert (tmp_path / "bank" / "log.json").stat().st_mode & 0o077 == 0
    assert len(bank(tmp_path)) == 8


def test_a_run_that_stopped_between_its_note_and_the_page_goes_on(
    server: LoggedFeed, sync: Sync, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add(*range(4))
    assert sync() == 0
    server.add("five")

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(Bank, "apply", die)
        assert sync() == 130
    assert known(tmp_path)["head"][0] == 5
    assert bank(tmp_path).cursor == "4"
    assert sync() == 0
    assert bank(tmp_path).cursor == "5"


def _altered(page: dict[str, Any]) -> None:
    page["changes"][-1]["category"] = "OTHER"


def _dropped(page: dict[str, Any]) -> None:
    page["changes"][2:] = [dict(one, seq=one["seq"] - 1) for one in page["changes"][3:]]
    page["next"] -= 1


@pytest.mark.parametrize(("cheat", "number"), [(_altered, 15), (_dropped, 7)])
def test_the_first_change_that_is_not_the_logs_is_named(
    server: LoggedFeed,
    sync: Sync,
    tmp_path: Path,
    cheat: Any,
    number: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    server.add(*range(4))
    assert sync() == 0
    server.add(*range(4, 15))
    server.edit = cheat
    assert sync() == 1
    said = capsys.readouterr().err
    assert f"change {number} (entry " in said
    assert "altered or put in, or another was dropped" in said
    server.no_proofs = True
    assert sync() == 1
    assert "the changes 5 to" in capsys.readouterr().err, "without proofs, as exactly as can be told"
    assert len(bank(tmp_path)) == 4


def _without(page: dict[str, Any]) -> None:
    page.pop("log")


def _forged(page: dict[str, Any]) -> None:
    page["log"]["head"]["size"] += 1


def _foreign(page: dict[str, Any]) -> None:
    other = Ed25519PrivateKey.generate()
    head = page["log"]["head"]
    key = other.public_key().public_bytes_raw().hex()
    text = Head(head["size"], bytes.fromhex(head["root"]), head["at"], (key,)).text()
    head.update(keys=[key], signatures=[other.sign(text).hex()])


def _unsalted(page: dict[str, Any]) -> None:
    page["changes"][-1]["proof"] = {}


@pytest.mark.parametrize(
    ("cheat", "said"),
    [
        (_altered, "change 2 (entry "),
        (_without, "without its proof"),
        (_forged, "not signed by a key that is trusted"),
        (_foreign, "not signed by a key that is trusted"),
        (_unsalted, "without its salt"),
    ],
)
def test_a_page_that_is_not_proven_is_named_and_not_applied(
    server: LoggedFeed, sync: Sync, tmp_path: Path, cheat: Any, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    assert sync() == 0
    server.add("two")
    server.edit = cheat
    assert sync() == 1
    assert said in capsys.readouterr().err
    assert ids(tmp_path) == {id_of("one")}, "the last good bank stays in use"
    server.edit = lambda page: None
    assert sync() == 0
    assert len(bank(tmp_path)) == 2


def test_a_forked_and_a_replayed_history_are_named(
    server: LoggedFeed, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(*range(5))
    assert sync() == 0
    server.add("six")
    server.fork = {2: "0" * 64}
    assert sync() == 1
    assert "another history" in capsys.readouterr().err
    server.fork = {}
    old = server._page(5, 10)
    server.add("seven")
    assert sync() == 0

    def replay(page: dict[str, Any]) -> None:
        page["log"] = old["log"] | {"before": page["log"]["before"]}

    server.edit = replay
    assert sync() == 1
    assert "an old page" in capsys.readouterr().err
    assert bank(tmp_path).cursor == "7"


def test_a_key_by_hand_is_the_only_one_that_counts(
    server: LoggedFeed, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    assert sync("--log-key", "ab" * 32) == 1
    assert "not signed by a key that is trusted" in capsys.readouterr().err
    assert not (tmp_path / "bank").exists()
    server.with_log = False
    assert sync("--log-key", server.key) == 1
    assert "without its proof" in capsys.readouterr().err


def test_reading_anew_puts_what_was_known_aside(server: LoggedFeed, sync: Sync, tmp_path: Path) -> None:
    server.add(*range(5))
    assert sync() == 0
    server.changes = []
    server.add("restored")
    assert sync() == 1
    assert sync("--from-start") == 0
    assert ids(tmp_path) == {id_of("restored")}
    assert known(tmp_path)["head"][0] == 1
    assert json.loads((tmp_path / "bank" / "log-before.json").read_text())["head"][0] == 5


def test_what_is_known_and_cannot_be_read_is_no_licence(
    server: LoggedFeed, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    assert sync() == 0
    good = known(tmp_path)
    hostile = ["{", "[]", "7", "{}", "[" * 100_000, *(json.dumps({**good, **one}) for one in (
        {"trees": []}, {"trees": {"x": []}}, {"trees": {"1": ["zz"]}}, {"trees": {"1": 7}}, {"head": [1]},
        {"head": ["x", "00"]}, {"head": None}, {"keys": 7}, {"keys": ["no key"]}, {"keys": [None]},
    ))]  # fmt: skip
    for text in hostile:
        (tmp_path / "bank" / "log.json").write_text(text)
        assert sync() == 1
        assert "log.json cannot be read" in capsys.readouterr().err
