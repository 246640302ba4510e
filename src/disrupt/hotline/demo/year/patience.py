"""Who presses again when a page does not come: a process may be killed at any moment."""

from __future__ import annotations

import time

import httpx

_WITHIN = 60.0


class Again(httpx.BaseTransport):
    """Sends the very same request again until it is answered, as a browser's “reload” does."""

    def __init__(self) -> None:
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raises httpx.TransportError once nothing has answered for a minute."""
        request.read()
        until = time.monotonic() + _WITHIN
        while True:
            try:
                response = self._real.handle_request(request)
                response.read()
            except httpx.TransportError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
            else:
                return response

    def close(self) -> None:
        self._real.close()
