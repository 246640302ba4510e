"""A hotline that restored a backup: its partners go on by themselves, if it says so and nobody else does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.partner.feed_server import AT, id_of
from tests.partner.logged_feed import LoggedFeed
from tests.partner.syncing import Sync, bank, ids

from disrupt.protocol.signed_log import LEDGERS

LATER = "2999-01-01T00:00:00Z"


@pytest.fixture
def server() -> Iterator[LoggedFeed]:
    made = LoggedFeed()
    yield made
    made.close()


def went_back(server: LoggedFeed, sync: Sync) -> None:
    """Five changes are read; then the list is the first three of them again."""
    server.add(*range(5))
    assert sync() == 0
    server.changes = server.changes[:3]


def test_what_a_backup_lost_is_read_anew(
    server: LoggedFeed, sync: Sync, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    went_back(server, sync)
    server.say_restored(LATER)
    capsys.readouterr()
    assert sync() == 0
    assert f"restored a backup on {LATER}" in capsys.readouterr().err
    assert ids(tmp_path) == {id_of(number) for number in range(3)}
    assert bank(tmp_path).cursor == "3"
    before = json.loads((tmp_path / "bank" / "log-before.json").read_text())
    assert before["head"][0] == 5, "what was known is kept, to compare"
    server.add("after")
    assert sync() == 0
    assert capsys.readouterr().err == "", "it was said once"
    assert len(ids(tmp_path)) == 4


@pytest.mark.parametrize("more", [1, 2, 4])
def test_also_where_the_list_has_grown_over_the_cursor_since(
    server: LoggedFeed, sync: Sync, tmp_path: Path, more: int
) -> None:
    went_back(server, sync)
    server.say_restored(LATER)
    server.add(*(f"new {number}" for number in range(more)))
    assert sync() == 0
    names = [*range(3), *(f"new {number}" for number in range(more))]
    assert ids(tmp_path) == {id_of(name) for name in names}


def _nothing(server: LoggedFeed) -> None:
    pass


def _of_before(server: LoggedFeed) -> None:
    server.say_restored(AT)


def _of_another_log(server: LoggedFeed) -> None:
    server.say_restored(LATER, title=LEDGERS)


def _not_further_back(server: LoggedFeed) -> None:
    whole, server.changes = server.changes, [*server.changes, *server.changes]
    server.say_restored(LATER)
    server.changes = whole


def _by_another_key(server: LoggedFeed) -> None:
    ours, server.signing = server.signing, Ed25519PrivateKey.generate()
    server.say_restored(LATER)
    server.signing = ours


def _altered(server: LoggedFeed) -> None:
    server.say_restored(LATER)
    server.restored[0]["size"] -= 1


def _nonsense(server: LoggedFeed) -> None:
    server.restored = [{"size": "three"}]


def _without_a_zone(server: LoggedFeed) -> None:
    server.say_restored("2999-01-01T00:00:00")


@pytest.mark.parametrize(
    "word",
    [_nothing, _of_before, _of_another_log, _not_further_back, _by_another_key, _altered, _nonsense,
     _without_a_zone],
)  # fmt: skip
def test_nobody_else_and_no_older_word_makes_a_partner_forget(
    server: LoggedFeed, sync: Sync, tmp_path: Path, word: Callable[[LoggedFeed], None]
) -> None:
    went_back(server, sync)
    word(server)
    assert sync() == 1
    assert len(ids(tmp_path)) == 5
    assert bank(tmp_path).cursor == "5"
    assert not (tmp_path / "bank" / "log-before.json").exists()


def test_who_knows_no_log_believes_nobody(server: LoggedFeed, sync: Sync, tmp_path: Path) -> None:
    server.with_log = False
    went_back(server, sync)
    server.with_log = True
    server.say_restored(LATER)
    assert sync() == 1
    assert len(ids(tmp_path)) == 5
