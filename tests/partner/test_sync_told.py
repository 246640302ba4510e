"""What `disrupt sync` is told: addresses, key files, and how long to pause between rounds."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.partner.feed_server import FeedServer
from tests.partner.syncing import Sync

from disrupt.partner.following.feed_client import BadAddress, FeedClient, SyncError, base_address


@pytest.mark.parametrize(
    ("url", "base"),
    [
        ("https://exchange.example", "https://exchange.example"),
        (" https://Exchange.example:443/v1/feed/ ", "https://exchange.example"),
        ("https://exchange.example/hotline/", "https://exchange.example/hotline"),
        ("http://127.0.0.1:8002", "http://127.0.0.1:8002"),
        ("http://[::1]:8002/", "http://[::1]:8002"),
        ("http://localhost", "http://localhost"),
    ],
)
def test_one_spelling_of_each_address(url: str, base: str) -> None:
    assert base_address(url) == base


@pytest.mark.parametrize(
    "url",
    [
        "http://exchange.example", "http://127.0.0.1.example", "http://localhost.example", "ftp://x.example",
        "exchange.example", "https://", "https://user:pw@exchange.example", "https://x.example/?key=1",
        "https://x.example/#a", "http://0.0.0.0:8002", "http://10.0.0.1", "https://x.example:99999", "",
    ],
)  # fmt: skip
def test_addresses_that_no_key_is_sent_to(
    url: str, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(BadAddress):
        base_address(url)
    if url:
        assert sync(url=url) == 2
        assert not (tmp_path / "bank").exists()


@pytest.mark.parametrize("content", [b"", b"two words", b"\xff", b"a\x00b"])
def test_a_file_that_holds_no_key(
    content: bytes, sync: Sync, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file.write_bytes(content)
    assert sync() == 1
    assert "does not hold a key" in capsys.readouterr().err


def test_a_missing_key_file_and_one_that_others_can_read(
    server: FeedServer, sync: Sync, key_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key_file.chmod(0o640)
    assert sync() == 0
    assert f"chmod 600 {key_file}" in capsys.readouterr().err
    key_file.unlink()
    assert sync() == 1
    assert "No such file" in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "x", "1e9"])
def test_watching_takes_a_sensible_pause(sync: Sync, seconds: str) -> None:
    with pytest.raises(SystemExit) as left:
        sync("--watch", seconds)
    assert left.value.code == 2


def test_the_key_is_not_shown_when_the_client_is() -> None:
    client = FeedClient("http://127.0.0.1:1", "dsr_secret")
    assert "dsr_secret" not in repr(client)
    with client, pytest.raises(SyncError):
        client.tries = 1
        client.page(0)


def test_a_dry_run_says_what_would_change_and_changes_nothing(
    server: FeedServer, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def contents() -> dict[str, bytes]:
        folder = tmp_path / "bank"
        return {path.name: path.read_bytes() for path in folder.glob("*")} if folder.exists() else {}

    def told(*more: str) -> str:
        assert sync(*more) == 0
        return capsys.readouterr().out

    server.page_size = 2
    server.add("one", "two", "three")
    dry = told("--dry-run")
    assert contents() == {}
    assert told() == dry == "3 added, 0 withdrawn; at change 3, 3 entries\n"
    server.add("four")
    server.withdraw("one")
    server.withdraw("four")
    server.withdraw("never there")
    before = contents()
    for more in ((), ("--from-start",)):
        dry = told("--dry-run", *more)
        assert contents() == before
    assert dry == "4 added, 2 withdrawn; at change 7, 2 entries\n"
    assert told("--dry-run") == "1 added, 2 withdrawn; at change 7, 2 entries\n" == told()
    assert told("--dry-run") == "0 added, 0 withdrawn; at change 7, 2 entries\n"
