"""The Content-Security-Policy of the page and of the worker that make fingerprints (docs/adr/0006).

Both open no connection at all, and the browser sees to it; a worker obeys the policy of its own script.
"""

from __future__ import annotations

from wsgiref.headers import Headers

_REST = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
DEVICE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; worker-src 'self'; "
    f"media-src blob:; connect-src 'none'; {_REST}"
)
WORKER_POLICY = f"default-src 'none'; script-src 'self'; connect-src 'none'; {_REST}"
_WORKERS = ("intake/device/worker.js", "intake/work.js")


def of_static_file(headers: Headers, path: str, url: str) -> None:
    """WhiteNoise asks for each file as it starts."""
    if url.endswith(_WORKERS):
        headers["Content-Security-Policy"] = WORKER_POLICY
