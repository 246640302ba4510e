"""The Content-Security-Policy of the page and of the workers that make fingerprints (docs/adr/0006, 0114).

They open no connection at all, and the browser sees to it; a worker obeys the policy of its own script.
"""

from __future__ import annotations

from wsgiref.headers import Headers

_REST = "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
DEVICE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; worker-src 'self'; "
    f"media-src blob:; connect-src 'none'; {_REST}"
)
WORKER_POLICY = f"default-src 'none'; script-src 'self'; connect-src 'none'; {_REST}"
# WebAssembly runs in this one worker only, which nothing but a HEIC starts.
HEIF_POLICY = WORKER_POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
_HEIF_WORKER = "intake/device/heif/worker.js"
_WORKERS = ("intake/device/worker.js", "intake/work.js")


def of_static_file(headers: Headers, path: str, url: str) -> None:
    """WhiteNoise asks for each file as it starts."""
    if url.endswith(_HEIF_WORKER):
        headers["Content-Security-Policy"] = HEIF_POLICY
    elif url.endswith(_WORKERS):
        headers["Content-Security-Policy"] = WORKER_POLICY
