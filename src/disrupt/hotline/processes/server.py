"""Serves a web process with gunicorn, whose logs are kept free of addresses (D10)."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import re
import resource
from typing import Any

from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.unreader import SocketUnreader

from disrupt.hotline.common.running.loading import loading
from disrupt.hotline.processes.worker_class import PatientWorker

_M_ARENA_MAX = -8  # malloc.h
_MOST_CONNECTIONS, _OTHER_FILES = 4000, 1000
_ADDRESS = re.compile(r"\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-fA-F]{0,4}(?::[0-9a-fA-F]{0,4}){2,7}\b")

_WITH_PATH = "Error handling request"  # gunicorn adds which


class _NoAddresses(logging.Filter):
    """Takes IP addresses and paths out of gunicorn's log, and the tracebacks of broken connections."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            if "request" in str(record.msg):
                record.exc_info = record.exc_text = None
            said = record.getMessage()
            if said.startswith(_WITH_PATH):
                said = _WITH_PATH
            record.msg, record.args = _ADDRESS.sub("[address]", said), ()
        return True


class QuietLogger(Logger):  # type: ignore[misc]  # gunicorn is untyped
    """No access log at all; the error log without addresses."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.addFilter(_NoAddresses())

    def access(self, resp: Any, req: Any, environ: Any, request_time: Any) -> None:
        return None


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from django.core.wsgi import get_wsgi_application
        from django.urls import get_resolver

        with loading():
            application = get_wsgi_application()
            _ = get_resolver().url_patterns  # its pages too: the first request waits for none
        from django.db import connections

        from disrupt.hotline.common.running import schema

        schema.must_fit()
        connections.close_all()  # requests have threads, and connections, of their own
        return application


def _connections() -> int:
    """How many connections may be open at once; each takes a file, and so do uploads and the database."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_CONNECTIONS + _OTHER_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return max(256, soft - _OTHER_FILES)
    return _MOST_CONNECTIONS


def _few_arenas() -> None:
    """Have all threads take memory from two places instead of one for each (glibc's mallopt).

    Otherwise what one thread frees is not there for the others, and a portal with a hundred threads grows for
    hours. Another C library does without.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, 2)


def _wait_for_the_review_key() -> None:
    """Before anything is served, and in the process whose children inherit it: they end and start anew."""
    from django.conf import settings

    from disrupt.hotline.common import keys
    from disrupt.hotline.common.together import asking

    if settings.MAY_OPEN and keys.review_lock(settings.KEYS_FOLDER).exists():
        asking.wait_for(keys.review_private_key)


def serve(process: str, bind: str, threads: int) -> None:
    """Serve one process until it is told to stop (SIGTERM)."""
    _few_arenas()
    os.environ["DJANGO_SETTINGS_MODULE"] = f"disrupt.hotline.processes.{process}.settings"
    _wait_for_the_review_key()
    # gunicorn reads up to a megabyte ahead for each connection: with many uploads at once that is the memory.
    SocketUnreader.max_body_chunk = 64 * 1024
    _Server(
        {
            "bind": bind,
            "workers": 1,
            "threads": threads,
            "worker_connections": _connections(),
            "worker_class": PatientWorker,
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 5,
            "logger_class": QuietLogger,
            "proc_name": f"disrupt-{process}",
            "control_socket_disable": True,
        }
    ).run()
