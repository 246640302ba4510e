"""The watch: looks once a minute, tells alarms, and shows the figures to Prometheus on this machine."""

from __future__ import annotations

import ipaddress
import logging
import signal
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import django

log = logging.getLogger(__name__)

# Seconds between two looks.
EVERY = 60.0


class NotLoopback(ValueError):
    """The figures are shown on this machine only: name an address such as 127.0.0.1."""


class _Server(ThreadingMixIn, WSGIServer):
    """Somebody who connects and says nothing keeps nobody from the figures, nor the watch from ending."""

    daemon_threads = True
    block_on_close = False


class _Quiet(WSGIRequestHandler):
    # Seconds that a request may take to arrive.
    timeout = 10

    def log_message(self, *args: object) -> None:
        return None


class Watch:
    """What the last look saw, and what Prometheus is given of it."""

    def __init__(self) -> None:
        self.page = ""
        self._database_away = False

    def look(self) -> list[str]:
        """Look and tell; the lines that were told. A database that is away is an alarm in the log."""
        from django.conf import settings
        from django.db import DatabaseError

        from disrupt.hotline.common.running import pulse
        from disrupt.hotline.operating import disks, metrics, status, telling
        from disrupt.hotline.operating.alarms import alarms

        try:
            seen = status.look()
            raised = alarms(seen)
            self.page = metrics.exposition(seen, raised)
            pulse.feel("watch")  # before anything is told: what cannot be noted would be told each minute
            told = telling.tell_what_is_new(raised)
        except DatabaseError as error:
            self.page = ""
            log.error("the database does not answer: %s", type(error).__name__)
            why = (
                "" if disks.takes(settings.VAR) else ", and the disk takes nothing: it is broken or read-only"
            )
            lines = [] if self._database_away else [f"ALARM database: the database does not answer{why}"]
            self._database_away |= bool(lines) and telling.send(lines)
            return lines
        if self._database_away:
            self._database_away = not telling.send(["ended database: the database answers again"])
        return told

    def serve(self, environ: dict[str, str], start_response: object) -> list[bytes]:
        """A WSGI application with one page."""
        found = environ.get("PATH_INFO") == "/metrics"
        status = "200 OK" if found and self.page else "503 Service Unavailable" if found else "404 Not Found"
        start_response(status, [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])  # type: ignore[operator]
        return [self.page.encode() if found else b""]


def _server(watch: Watch, bind: str) -> WSGIServer:
    host, _, port = bind.rpartition(":")
    try:
        loopback = ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise NotLoopback(f"{bind} is not an address of this machine: use 127.0.0.1:9108.")
    return make_server(host, int(port), watch.serve, server_class=_Server, handler_class=_Quiet)


def run(*, metrics: str, once: bool = False, every: float = EVERY) -> int:
    """Watch until SIGTERM or SIGINT. Raises NotLoopback."""
    django.setup()
    from django.db import close_old_connections

    watch, stop = Watch(), threading.Event()
    if once:
        sys.stdout.writelines(f"{line}\n" for line in watch.look())
        return 0
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    server = _server(watch, metrics) if metrics else None
    thread = threading.Thread(target=server.serve_forever, daemon=True) if server else None
    if thread:
        thread.start()
    while not stop.is_set():
        close_old_connections()
        watch.look()
        stop.wait(every)
    if server and thread:
        server.shutdown()
        thread.join()
        server.server_close()
    return 0
