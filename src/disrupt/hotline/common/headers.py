"""Response headers that every page of every process carries, by value (not merely present).

https://developer.mozilla.org/docs/Web/HTTP/Headers ; OWASP Secure Headers.
"""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "media-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation",
        "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb",
    )
)  # fmt: skip
_TRANSPORT = "max-age=63072000; includeSubDomains"

HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _PERMISSIONS,
    # Not `no-referrer`: with it browsers send `Origin: null` with our own forms, which the CSRF check must
    # refuse (Fetch, "append a request Origin header"). No other site is told anything either way.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def headers() -> dict[str, str]:
    """The headers of an answer that is written without Django."""
    more = {"Cache-Control": "no-store"}
    if not settings.INSECURE_LOOPBACK:
        more["Strict-Transport-Security"] = _TRANSPORT
    return HEADERS | more


class SafeHeaders:
    """Sets the headers, and `no-store` unless the view decided on caching itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in headers().items():
            response.headers.setdefault(name, value)
        return response
