"""Makes the first pages light on a bad line, without giving away what the others say.

Compressed pages can be guessed by their length when an attacker's words and a secret share one page (BREACH,
https://www.breachattack.com/). So a page is compressed only where there is no secret in it: when the browser
shows no cookie of ours but the CSRF one, whose token is masked anew in every answer. Static files always are.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from typing import cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import patch_vary_headers

from disrupt.hotline.intake.templatetags.sheets import allow_sheets

_TEXT = (".css", ".js", ".svg")
_WORTHWHILE = 500

Get = Callable[[HttpRequest], HttpResponseBase]


class Compress:
    """Middleware, outside WhiteNoise and inside SafeHeaders."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response
        # The files do not change while the process runs (WhiteNoise relies on it as well).
        self._static: dict[str, bytes] = {}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        allow_sheets(request, response)
        static = (
            request.path.startswith(settings.STATIC_URL)
            and request.path.endswith(_TEXT)
            and response.status_code == 200
        )
        if response.status_code not in {200, 404} or response.has_header("Content-Encoding"):
            return response
        if not static and (
            request.path.startswith(settings.STATIC_URL) or not _holds_no_secret(request, response)
        ):
            return response
        patch_vary_headers(response, ["Accept-Encoding"])
        if "gzip" not in request.headers.get("Accept-Encoding", "") or request.method != "GET":
            return response
        return self._file(request.path, response) if static else _page(response)

    def _file(self, path: str, response: HttpResponseBase) -> HttpResponseBase:
        if path not in self._static:
            self._static[path] = gzip.compress(_body(response), 9, mtime=0)
        small = HttpResponse(self._static[path], status=200)
        for name, value in response.items():
            small[name] = value
        response.close()
        return _say(small)


def _body(response: HttpResponseBase) -> bytes:
    if isinstance(response, StreamingHttpResponse):
        return b"".join(cast("Iterator[bytes]", response.streaming_content))
    return cast(HttpResponse, response).content


def _holds_no_secret(request: HttpRequest, response: HttpResponseBase) -> bool:
    ours = {settings.SESSION_COOKIE_NAME, settings.UPLOADS_COOKIE_NAME}
    return (
        isinstance(response, HttpResponse)
        and response.get("Content-Type", "").startswith("text/html")
        and not ours & {*request.COOKIES, *response.cookies}
        and len(response.content) >= _WORTHWHILE
    )


def _page(response: HttpResponseBase) -> HttpResponse:
    whole = cast(HttpResponse, response)
    whole.content = gzip.compress(whole.content, 6, mtime=0)
    return _say(whole)


def _say(response: HttpResponse) -> HttpResponse:
    response["Content-Encoding"] = "gzip"
    response["Content-Length"] = str(len(response.content))
    return response
