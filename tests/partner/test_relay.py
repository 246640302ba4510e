"""Fetching a list for who takes it in: verified pages in their order, whatever is stopped or asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.partner.feed_server import id_of
from tests.partner.logged_feed import LoggedFeed

from disrupt.partner.following.feed_client import FeedClient, SyncError
from disrupt.partner.following.proof import Altered
from disrupt.partner.relay import laying
from disrupt.partner.relay.laying import State, Waits, fetch
from disrupt.protocol.feed import Added
from disrupt.protocol.taking import pages
from disrupt.protocol.taking.pages import Fetched, NotAPage


@pytest.fixture
def server() -> Iterator[LoggedFeed]:
    made = LoggedFeed()
    yield made
    made.close()


def fetched(server: LoggedFeed, folder: Path) -> State:
    with FeedClient(server.url, "key", tries=1) as client:
        return fetch(client, folder)


def laid(folder: Path) -> list[Fetched]:
    return [pages.read(path) for path in pages.waiting(folder)]


def names(page: Fetched) -> list[str]:
    return [change.id for change in page.changes if isinstance(change, Added)]


def test_pages_are_laid_once_in_their_order_with_whose_they_are(server: LoggedFeed, tmp_path: Path) -> None:
    server.add("one", "two")
    fetched(server, tmp_path)
    server.add("three")
    server.withdraw("one")
    fetched(server, tmp_path)
    first, second = laid(tmp_path)
    assert names(first) == [id_of("one"), id_of("two")]
    assert (first.hotline, first.round, first.whole) == (server.hotline, 0, False)
    assert names(second) == [id_of("three")]
    assert len(second.changes) == 2
    state = fetched(server, tmp_path)
    assert (state.cursor, state.pages, len(laid(tmp_path))) == (4, 2, 2)


def test_a_page_that_was_altered_is_not_laid(server: LoggedFeed, tmp_path: Path) -> None:
    server.add("one")
    server.edit = lambda page: page["changes"][0].update(category="OTHER")
    with pytest.raises(Altered):
        fetched(server, tmp_path)
    assert laid(tmp_path) == []


def test_everything_is_read_anew_where_that_is_asked_for(server: LoggedFeed, tmp_path: Path) -> None:
    server.add("one")
    fetched(server, tmp_path)
    (tmp_path / pages.AGAIN).touch()
    fetched(server, tmp_path)
    assert [(page.round, page.whole, names(page)) for page in laid(tmp_path)] == [
        (0, False, [id_of("one")]),
        (1, True, [id_of("one")]),
    ]
    assert not (tmp_path / pages.AGAIN).exists()
    assert fetched(server, tmp_path).anew is False


def test_a_stop_before_the_cursor_moved_lays_the_same_page_again(
    server: LoggedFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.add("one")
    with monkeypatch.context() as patched:
        patched.setattr(State, "save", lambda self, folder: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            fetched(server, tmp_path)
    server.add("two")
    fetched(server, tmp_path)
    (page,) = laid(tmp_path)
    assert names(page) == [id_of("one"), id_of("two")]


def test_no_more_is_fetched_while_nobody_takes_in(
    server: LoggedFeed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laying, "A_PAGE", 1)
    monkeypatch.setattr(laying, "MOST_WAITING", 2)
    server.add("one", "two", "three")
    with pytest.raises(Waits, match="taking"):
        fetched(server, tmp_path)
    pages.waiting(tmp_path)[0].unlink()
    fetched(server, tmp_path)
    assert [names(page) for page in laid(tmp_path)] == [[id_of("two")], [id_of("three")]]


def test_after_a_restored_backup_that_is_said_signed_everything_is_read_anew(
    server: LoggedFeed, tmp_path: Path
) -> None:
    server.add("one", "two")
    fetched(server, tmp_path)
    before, server.changes = server.changes, server.changes[:1]
    with pytest.raises(SyncError):
        fetched(server, tmp_path)
    server.say_restored("2027-01-01T00:00:00Z")
    fetched(server, tmp_path)
    assert [(page.round, page.whole, names(page)) for page in laid(tmp_path)[1:]] == [
        (1, True, [id_of("one")])
    ]
    assert len(before) == 2


def test_a_file_that_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "page"
    for text in ("", "[]", "{}", '{"format": "disrupt-taken/1"}', "[" * 100_000):
        path.write_text(text)
        with pytest.raises(NotAPage):
            pages.read(path)
    path.write_text(Fetched(id_of("x"), ()).to_json().replace('"changes": []', '"changes": [1, {}]'))
    assert pages.read(path).malformed == 2
