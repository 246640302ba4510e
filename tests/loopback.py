"""A server of a test's own: it answers in a thread for as long as a block lasts."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

LOOKS_EVERY = 0.01
"""Seconds: how often it looks whether it shall end. Of itself the library looks twice a second, which is
half a second at the end of each test that has a server."""


@contextmanager
def answering(server: socketserver.BaseServer) -> Iterator[str]:
    """Its address without a slash at the end; afterwards it has ended, and its port is free."""
    thread = threading.Thread(target=server.serve_forever, args=(LOOKS_EVERY,))
    thread.start()
    host, port = server.server_address[:2]
    try:
        yield f"http://{host!s}:{port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
