"""A scripted exchange and its key, `disrupt sync` that never really waits, decoders for many commands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from tests.partner import clean as cleanly
from tests.partner.feed_server import FeedServer
from tests.partner.syncing import Sync

from disrupt.cli import main
from disrupt.fingerprint import Sandbox
from disrupt.partner import match as partner_match
from disrupt.partner.bank import adding as partner_bank
from disrupt.partner.following.feed_client import FeedClient


@pytest.fixture
def server() -> Iterator[FeedServer]:
    made = FeedServer()
    yield made
    made.close()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long it would have waited; it does not wait."""
    waited: list[float] = []
    defaults = (6, waited.append, lambda: 1.0, None, None, "", lambda: None)
    monkeypatch.setattr(FeedClient.__init__, "__defaults__", defaults)
    return waited


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    file = tmp_path / "key"
    file.write_text("dsr_key\n")
    file.chmod(0o600)
    return file


@pytest.fixture
def sync(server: FeedServer, tmp_path: Path, key_file: Path, pauses: list[float]) -> Sync:
    def run(*more: str, url: str = "") -> int:
        where = ["--url", url or server.url, "--key-file", str(key_file), "--bank", str(tmp_path / "bank")]
        return main(["sync", *where, *more])

    return run


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> cleanly.Clean:
    """The wheel where nothing else is, made once."""
    return cleanly.made(tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="session")
def decoders() -> Iterator[Sandbox]:
    """Confined decoders, started once."""
    with Sandbox(workers=2) as sandbox:
        yield sandbox


@pytest.fixture
def shared_decoders(monkeypatch: pytest.MonkeyPatch, decoders: Sandbox) -> None:
    """Commands decode as ever, in decoders that are there already: starting them costs a second each time.

    The tests of `disrupt hash` start and end their own.
    """
    for command in (partner_bank, partner_match):
        monkeypatch.setattr(command, "Sandbox", lambda *_, **__: nullcontext(decoders))
