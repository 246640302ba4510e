"""Middleware: answers are compressed as the client reads it, with Zstandard rather than with gzip."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponseBase
from django.http.response import StreamingHttpResponse
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from disrupt.protocol.zstandard import zstd

_ACCEPTED = re.compile(r"(?:^|[\s,])zstd(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))(?=[\s,;]|$)", re.IGNORECASE)
_PAGE, _STREAM = 3, 1
"""Levels: of the processor, a page takes a quarter of what gzip does (docs/exchange-figures.md)."""


def accepted(request: HttpRequest) -> bool:
    """Whether the client says that it reads Zstandard."""
    return _ACCEPTED.search(request.META.get("HTTP_ACCEPT_ENCODING", "")) is not None


def _packed(parts: Iterable[bytes]) -> Iterator[bytes]:
    packer = zstd.ZstdCompressor(level=_STREAM)
    for part in parts:
        said = packer.compress(part)
        if said:
            yield said
    yield packer.flush()


class Packed(GZipMiddleware):
    """A streamed answer is packed in whole; a page only if that makes it shorter."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.headers.get("Content-Type", "").startswith("text/html"):
            return response  # a page has what a form is known by in it: it is not packed (BREACH)
        # What says `identity` is not worth gzip: hashes, as good as random, beside numbers that are not.
        plain = response.headers.get("Content-Encoding", "identity") == "identity"
        if not plain or not accepted(request):
            return super().process_response(request, response)
        if isinstance(response, StreamingHttpResponse):
            patch_vary_headers(response, ("Accept-Encoding",))
            response.streaming_content = _packed(response.streaming_content)  # type: ignore[arg-type]  # not async
            response.headers["Content-Encoding"] = "zstd"
        elif len(response.content) >= 200:  # type: ignore[attr-defined]  # it is not streamed
            patch_vary_headers(response, ("Accept-Encoding",))
            packed = zstd.compress(response.content, level=_PAGE)  # type: ignore[attr-defined]  # as above
            if len(packed) < len(response.content):  # type: ignore[attr-defined]
                response.content = packed  # type: ignore[attr-defined]
                response.headers["Content-Length"] = str(len(packed))
                response.headers["Content-Encoding"] = "zstd"
        return response
