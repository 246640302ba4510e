"""An alarm reaches an operator once when it begins and once when it ends, by real mail and a real POST."""

from __future__ import annotations

import hashlib
import hmac
import http.server
import json
import socket
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIServer

import pytest
from aiosmtpd.controller import Controller
from tests.functional.servers import free_port
from tests.hotline.operating.test_faults import database_takes_nothing
from tests.loopback import LOOKS_EVERY, answering

from disrupt.hotline.common.models import Pulse
from disrupt.hotline.operating import telling, watch
from disrupt.hotline.operating.alarms import Alarm

pytestmark = pytest.mark.django_db
DISK = Alarm("disk", "1.0 GB of disk are free (2%)")


class _Letters:
    def __init__(self) -> None:
        self.received: list[bytes] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.received.append(envelope.content)
        return "250 OK"


@pytest.fixture
def letters(settings: Any) -> Iterator[list[bytes]]:
    handler = _Letters()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.ALERT_EMAIL = "on-call@hotline.example"
    yield handler.received
    controller.stop()


@pytest.fixture
def posts(settings: Any) -> Iterator[list[tuple[str, bytes]]]:
    received: list[tuple[str, bytes]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append((self.headers["X-Disrupt-Signature"], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return None

    with answering(http.server.HTTPServer(("127.0.0.1", 0), Handler)) as address:
        settings.ALERT_WEBHOOK = f"{address}/alarm"
        settings.ALERT_WEBHOOK_SECRET = "shared secret"
        yield received


def test_once_when_it_begins_and_once_when_it_ends(letters: list[bytes]) -> None:
    assert telling.tell_what_is_new([DISK]) == [f"ALARM disk: {DISK.text}"]
    assert telling.tell_what_is_new([Alarm("disk", "0.9 GB of disk are free (2%)")]) == []
    assert telling.tell_what_is_new([]) == ["ended disk: 0.9 GB of disk are free (2%)"]
    assert telling.tell_what_is_new([]) == []
    assert len(letters) == 2
    assert b"Subject: Disrupt: ALARM disk" in letters[0]
    assert DISK.text.encode() in letters[0]


def test_many_lines_are_lines_to_a_mail_server_too(letters: list[bytes]) -> None:
    telling.tell_what_is_new([Alarm(f"kind {n}", "x" * 60) for n in range(40)])
    (message,) = letters
    assert message.count(b"ALARM kind") == 41, "the subject, and each alarm"
    assert max(map(len, message.split(b"\r\n"))) < 200


def test_a_hook_is_told_and_can_tell_who_speaks(posts: list[tuple[str, bytes]]) -> None:
    telling.tell_what_is_new([DISK])
    [(signature, body)] = posts
    assert signature == "sha256=" + hmac.new(b"shared secret", body, hashlib.sha256).hexdigest()
    assert json.loads(body)["lines"] == [f"ALARM disk: {DISK.text}"]


def test_what_could_not_be_told_is_told_the_next_time(settings: Any, letters: list[bytes]) -> None:
    right, settings.EMAIL_PORT = settings.EMAIL_PORT, free_port()
    assert telling.tell_what_is_new([DISK]) == []
    settings.EMAIL_PORT = right
    assert telling.tell_what_is_new([DISK]) == [f"ALARM disk: {DISK.text}"]
    assert len(letters) == 1


def test_the_watch_looks_tells_and_shows_figures(letters: list[bytes]) -> None:
    keeper = watch.Watch()
    told = keeper.look()
    assert any(line.startswith("ALARM silent:worker") for line in told)
    assert keeper.look() == []
    assert Pulse.objects.filter(name="watch").exists()
    server: WSGIServer = watch._server(keeper, f"127.0.0.1:{free_port()}")
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=10) as answer:
        assert b"disrupt_alarm" in answer.read()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("bind", ["0.0.0.0:9108", "192.0.2.1:9108", "hotline.example:9108", "9108"])
def test_figures_are_shown_on_this_machine_only(bind: str) -> None:
    with pytest.raises(watch.NotLoopback):
        watch._server(watch.Watch(), bind)


def test_who_connects_and_says_nothing_keeps_nobody_from_the_figures() -> None:
    keeper = watch.Watch()
    keeper.page = "disrupt_up 1\n"
    server = watch._server(keeper, f"127.0.0.1:{free_port()}")
    thread = threading.Thread(target=server.serve_forever, args=(LOOKS_EVERY,))
    thread.start()
    with socket.create_connection(("127.0.0.1", server.server_port)) as silent:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics", timeout=5) as answer:
            assert answer.read() == b"disrupt_up 1\n"
        server.shutdown()
        thread.join(timeout=60)
        assert not thread.is_alive()
        server.server_close()
        silent.close()


@pytest.mark.django_db(transaction=True)
def test_what_the_database_cannot_note_is_told_once(letters: list[bytes]) -> None:
    """A database that can be read only: else the same alarm would come by mail each minute."""
    keeper = watch.Watch()
    with database_takes_nothing():
        first = keeper.look()
        assert first[0].startswith("ALARM database: the database does not answer")
        assert keeper.look() == []
    assert len(letters) == 1
    keeper.look()
    assert sum(b"ended database: the database answers again" in one for one in letters) == 1
