"""Giving a list to StopNCII: what is new once, what is gone taken back, whatever stops in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.partner.feed_server import Answer, FeedServer, hex_of

from disrupt.matching import Add, Bank, BankEntry, PdqValue, Withdraw
from disrupt.partner.following.feed_client import SyncError
from disrupt.partner.following.stopncii_client import StopNciiClient
from disrupt.partner.relay import giving
from disrupt.partner.relay.giving import give
from disrupt.protocol.stopncii import parse_hashes


class Receiver(FeedServer):
    """Takes SubmitHashes as our own exchange does: by its parser."""

    def __init__(self) -> None:
        super().__init__()
        self.got: list[tuple[str, str]] = []
        self.refuses_from: int | None = None

    def _elsewhere(self, path: str, query: dict[str, list[str]], body: bytes) -> Answer:
        assert path == "/v1/SubmitHashes"
        if self.refuses_from is not None and len(self.got) >= self.refuses_from:
            return Answer(400, b"{}")
        posted = parse_hashes(json.loads(body))
        self.got += [(one.value, one.opinion.value) for one in posted]
        return Answer(200, json.dumps({"count": len(posted)}).encode())


@pytest.fixture
def server() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.close()


def entry(name: object, **more: Any) -> BankEntry:
    given: dict[str, Any] = {"kind": "image", "category": "NCII-DIF", "origin": "examined",
                             "sha256": hex_of(name),
                             "pdq": (PdqValue(hex_of(("pdq", name)), 90),)}  # fmt: skip
    return BankEntry(str(name), **(given | more))


def given(server: Receiver, bank: Bank) -> tuple[int, int]:
    client = StopNciiClient(f"{server.url}/v1", "submit,subscription", tries=1)
    with client:
        return give(client, bank)


def test_what_is_new_is_given_once_and_what_is_gone_is_taken_back(server: Receiver, tmp_path: Path) -> None:
    bank = Bank.create(tmp_path / "bank")
    film = {"kind": "video", "pdq": (), "md5": hex_of("film", 32)}
    low = {"pdq": (PdqValue(hex_of("low"), 40), PdqValue(hex_of("part"), 90, "derived"))}
    bank.apply([Add(entry("one")), Add(entry("film", **film)), Add(entry("low", **low)),
                Add(entry("unseen", origin="declared")), Add(entry("shared", origin="shared"))])  # fmt: skip
    assert given(server, bank) == (2, 0)
    assert set(server.got) == {(hex_of(("pdq", "one")), "Blocked"), (hex_of("film", 32), "Blocked")}
    assert given(server, bank) == (0, 0)
    bank.apply([Withdraw("one")])
    assert given(server, bank) == (0, 1)
    assert server.got[-1] == (hex_of(("pdq", "one")), "Withdrawn")
    assert given(server, bank) == (0, 0)
    (kept,) = tmp_path.glob("bank/given-*.json")
    assert kept.stat().st_mode & 0o077 == 0


def test_a_run_that_is_stopped_goes_on(
    server: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(giving, "AT_ONCE", 2)
    bank = Bank.create(tmp_path / "bank")
    bank.apply([Add(entry(number)) for number in range(5)])
    server.refuses_from = 2
    with pytest.raises(SyncError):
        given(server, bank)
    server.refuses_from = None
    assert given(server, bank) == (3, 0)
    assert len({value for value, _ in server.got}) == len(server.got) == 5
