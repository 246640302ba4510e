"""A guard that anybody can write to: what is no mail holds it nowhere, and forgeries fill nothing."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
from collections.abc import Iterator, MutableMapping
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.full_disk import full_disk
from tests.partner.guarding import jpeg, notice, photo, settle, sign, site
from tests.waiting import until

from disrupt.fingerprint import Sandbox
from disrupt.partner.guard import fetching
from disrupt.partner.guard.desk import Desk
from disrupt.partner.guard.endpoint import NOTICES, Endpoint
from disrupt.partner.guard.running import _fetch


async def posted(app: Endpoint, times: int) -> list[int]:
    """The statuses of the answers to what is no notice."""
    said: list[int] = []

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: MutableMapping[str, object]) -> None:
        if "status" in message:
            said.append(int(str(message["status"])))

    scope = {"type": "http", "method": "POST", "path": NOTICES, "query_string": b"", "headers": []}
    for _ in range(times):
        await app(scope, receive, send)
    return said


def test_what_is_no_mail_holds_nobody_and_a_crowd_of_forgeries_fills_no_log(
    decoders: Sandbox, tmp_path: Path
) -> None:
    home = site(tmp_path, {"a.jpg": jpeg(photo(1))})
    box = tmp_path / "Maildir"
    for place in ("new", "cur", "tmp"):
        (box / place).mkdir(parents=True)
    mail = EmailMessage()
    mail.set_content("A notice.")
    mail.add_attachment(sign(notice("none.jpg")), "application", "json", filename=fetching.ATTACHED)
    os.mkfifo(box / "new" / "1")
    (box / "new" / "2").symlink_to(home.folder / "answers.key")
    (box / "new" / "3").mkdir()
    (box / "new" / "4").write_bytes(mail.as_bytes())
    (box / "new" / "5").write_bytes(b"Subject: hello\n\nno notice\n")
    desk = Desk(settle(home, f"maildir = {json.dumps(str(box))}"), decoders)
    fetching.from_maildir(desk)
    assert sorted(path.name for path in (box / "new").iterdir()) == ["1", "2", "3", "5"]
    assert [path.name for path in (box / "cur").iterdir()] == ["4:2,S"]
    assert len(list(desk.records.all())) == 1

    app = Endpoint(desk, lambda: None)
    before = len(list(desk.quarantine.log()))

    assert set(asyncio.run(posted(app, 50))) == {400}
    assert len(list(desk.quarantine.log())) == before + 1


def test_a_refusal_is_told_with_its_code_where_the_disk_is_full(decoders: Sandbox, tmp_path: Path) -> None:
    desk = Desk(site(tmp_path, {"a.jpg": jpeg(photo(1))}), decoders)
    app, before = Endpoint(desk, lambda: None), len(list(desk.quarantine.log()))
    with full_disk(0):
        assert asyncio.run(posted(app, 3)) == [400, 400, 400]
    assert len(list(desk.quarantine.log())) == before
    assert asyncio.run(posted(app, 2)) == [400, 400]
    (line,) = desk.quarantine.log(before)
    assert (line["deed"], line["since"]) == ("refused", 3), "those that had no line are counted"


def nested(parts: int) -> bytes:
    """A mail whose parts stand in one another: deeper than Python's own parser goes."""
    return b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(parts))


def test_a_mail_that_no_parser_bears_and_keys_that_are_none_end_no_fetching(
    decoders: Sandbox, tmp_path: Path
) -> None:
    box = tmp_path / "Maildir"
    for place in ("new", "cur", "tmp"):
        (box / place).mkdir(parents=True)
    pictures = site(tmp_path, {"a.jpg": jpeg(photo(1))})
    home = settle(pictures, f"maildir = {json.dumps(str(box))}", "poll_seconds = 1")
    with pytest.raises(RecursionError):
        list(fetching._attached(message_from_bytes(nested(3000))))
    (box / "new" / "1").write_bytes(nested(3000))
    keys, desk = home.folder / "hotline.keys", Desk(home, decoders)
    pinned = keys.read_text()
    keys.write_text("no key\n")
    ended = threading.Event()
    thread = threading.Thread(target=_fetch, args=(desk, threading.Event(), ended))
    thread.start()
    try:
        mail = EmailMessage()
        mail.add_attachment(sign(notice("none.jpg")), "application", "json", filename=fetching.ATTACHED)
        (box / "new" / "2").write_bytes(mail.as_bytes())
        time.sleep(1.5)  # it meets the keys that are none at least once
        keys.write_text(pinned)
        until(lambda: [record.way for record in desk.records.all()] == ["mail"])
    finally:
        ended.set()
        thread.join()
    assert [path.name for path in (box / "new").iterdir()] == ["1"]
    # Mail that brings no notice is read once.
    other: set[str] = set()
    fetching.from_maildir(desk, other)
    assert other == {"1"}
    (box / "new" / "1").unlink()
    fetching.from_maildir(desk, other)
    assert other == set()


class Endless(httpx.SyncByteStream):
    """An answer that goes on; `read` counts what was taken of it."""

    def __init__(self) -> None:
        self.read = 0

    def __iter__(self) -> Iterator[bytes]:
        while True:
            self.read += 1
            yield b" " * (1 << 20)


def test_a_hotline_that_was_taken_over_fills_no_memory_and_ends_no_fetching(
    decoders: Sandbox, tmp_path: Path
) -> None:
    home = settle(site(tmp_path, {"a.jpg": jpeg(photo(1))}), 'poll = "https://hotline.example/guard"')
    desk, endless, said = Desk(home, decoders), Endless(), [sign(notice("none.jpg"))]
    answers: dict[str, Any] = {
        "endless": {"stream": endless},
        "nested": {"content": b"[" * 200_000},
        "no JSON": {"content": b"<html>"},
        "notices": {"content": b'{"notices": [%s, 7, [], {}]}' % said[0]},
    }
    now = ["endless"]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, **(answers[now[0]] if request.method == "GET" else {"stream": endless}))

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        for now[0] in ("endless", "nested", "no JSON"):
            with pytest.raises(ValueError, match=r"."):
                fetching.from_hotline(desk, client)
        assert endless.read <= 20
        now[0] = "notices"
        fetching.from_hotline(desk, client)
        assert [record.way for record in desk.records.all()] == ["poll"]
        fetching.send_answers(desk, client)
    assert endless.read <= 20
    assert [record.sent for record in desk.records.all()] == [True]
