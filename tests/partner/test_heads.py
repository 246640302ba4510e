"""`disrupt heads`: partners compare what they were shown, and witnesses with one's own history."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.partner.logged_feed import LoggedFeed
from tests.partner.syncing import Sync

from disrupt.cli import main
from disrupt.protocol.witness import Witness, read_witness

Heads = Callable[..., int]


@pytest.fixture
def server() -> Iterator[LoggedFeed]:
    made = LoggedFeed()
    yield made
    made.close()


@pytest.fixture
def where(server: LoggedFeed, key_file: Path, pauses: list[float]) -> list[str]:
    return ["--url", server.url, "--key-file", str(key_file)]


@pytest.fixture
def check(where: list[str], tmp_path: Path) -> Heads:
    return lambda *more: main(["heads", "check", "--bank", str(tmp_path / "bank"), *where, *more])


def shown(bank: Path, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert main(["heads", "show", "--bank", str(bank)]) == 0
    return capsys.readouterr().out


def signed_by(head_size: int, root: bytes) -> Witness:
    key = Ed25519PrivateKey.generate()
    bare = Witness(head_size, root, key.public_key().public_bytes_raw().hex())
    return Witness(bare.size, bare.root, bare.key, key.sign(bare.text()))


def test_two_partners_compare_what_they_were_shown(
    server: LoggedFeed, sync: Sync, tmp_path: Path, where: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(*range(5))
    assert sync() == 0
    mine = tmp_path / "mine"
    mine.write_text(shown(tmp_path / "bank", capsys))
    assert main(["heads", "compare", str(mine), str(tmp_path / "bank")]) == 0
    server.add(*range(5, 9))
    assert sync() == 0
    assert main(["heads", "compare", str(mine), str(tmp_path / "bank")]) == 1
    assert "give --url and --key-file" in capsys.readouterr().err
    assert main(["heads", "compare", str(mine), str(tmp_path / "bank"), *where]) == 0
    assert "one history: 5 and 9 changes" in capsys.readouterr().out
    # The other partner is shown another third change, signed by the same key.
    server.fork = {3: "0" * 64}
    other = tmp_path / "other"
    other.write_text(json.dumps(server.head().to_wire()))
    assert main(["heads", "compare", str(other), str(tmp_path / "bank")]) == 1
    assert "not of one history, and one key signed both" in capsys.readouterr().err
    assert main(["heads", "compare", str(mine), str(other), *where]) == 1
    assert "not of one history" in capsys.readouterr().err


def test_a_head_that_nobody_signed_is_no_head(
    server: LoggedFeed, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    assert sync() == 0
    file = tmp_path / "head"
    good = json.loads(shown(tmp_path / "bank", capsys))
    for text, said in (
        (json.dumps(good | {"size": 2}), "was not signed by the keys"),
        (json.dumps(good | {"keys": [], "signatures": []}), "holds no signed head"),
        ("[" * 100_000, "holds no signed head"),
        ("7", "holds no signed head"),
    ):
        file.write_text(text)
        assert main(["heads", "compare", str(file), str(tmp_path / "bank")]) == 1
        assert said in capsys.readouterr().err
    stranger = LoggedFeed()
    stranger.add("one")
    file.write_text(json.dumps(stranger.head().to_wire()))
    stranger.close()
    assert main(["heads", "compare", str(file), str(tmp_path / "bank")]) == 1
    assert "different keys" in capsys.readouterr().err


def test_a_partner_signs_what_it_verified_and_the_others_check_it(
    server: LoggedFeed, sync: Sync, check: Heads, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check() == 1
    assert "run `disrupt sync` first" in capsys.readouterr().err
    server.add(*range(5))
    assert sync() == 0
    assert check("--witness-key", str(tmp_path / "witness")) == 0
    assert "no witness has signed; signed" in capsys.readouterr().out
    (said,) = map(read_witness, server.witnesses)
    assert (said.size, said.root, said.is_genuine()) == (5, server.head().root, True)
    assert (tmp_path / "witness").stat().st_mode & 0o077 == 0
    server.add(*range(5, 8))
    assert check("--witness-key", str(tmp_path / "witness")) == 0
    assert "1 witnesses agree, up to change 5" in capsys.readouterr().out
    assert {one["key"] for one in server.witnesses} == {said.key}, "its key stays its own"


def test_a_witness_of_another_history_is_an_alarm(
    server: LoggedFeed, sync: Sync, check: Heads, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add(*range(5))
    assert sync() == 0
    for other in (signed_by(5, b"5" * 32), signed_by(3, b"3" * 32)):
        server.witnesses = [other.to_wire()]
        assert check() == 1
        assert f"The witness {other.key} was shown another history" in capsys.readouterr().err
    server.witnesses = [signed_by(5, server.head().root).to_wire() | {"size": 4}]
    assert check() == 1
    assert "not genuine" in capsys.readouterr().err
    server.witnesses = []
    server.fork = {2: "0" * 64}
    assert check() == 1
    assert "signed two different histories" in capsys.readouterr().err
    server.add("more")
    assert check() == 1
    assert "does not go on from" in capsys.readouterr().err


def test_a_partner_holds_the_head_of_the_hotlines_ledgers(
    server: LoggedFeed, sync: Sync, check: Heads, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server.add("one")
    server.anchors = [b"first", b"second"]
    show = ["heads", "show", "--ledgers", "--bank", str(tmp_path / "bank")]
    assert sync() == 0
    assert main(show) == 1
    assert "no head of the ledgers yet" in capsys.readouterr().err
    assert check() == 0
    server.anchors += [b"third"]
    assert check() == 0
    capsys.readouterr()
    assert main(show) == 0
    assert json.loads(capsys.readouterr().out)["size"] == 3
    server.anchors = [b"first", b"another", b"third", b"fourth"]
    assert check() == 1
    assert "what was written down was rewritten" in capsys.readouterr().err
    assert json.loads((tmp_path / "bank" / "ledgers.json").read_text())["size"] == 3, "the proof is kept"
    (tmp_path / "bank" / "ledgers.json").write_text("[" * 100_000)
    assert check() == 1
    assert "ledgers.json cannot be read" in capsys.readouterr().err
    # The hotline said that it restored a backup: what was known is put aside, to compare.
    assert sync("--from-start") == 0
    assert check() == 0
    assert (tmp_path / "bank" / "ledgers-before.json").exists()
