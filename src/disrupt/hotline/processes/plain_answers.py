"""Answers to requests that no application sees, because they cannot be read: safe, and with a way out.

A program is answered in the shape of the exchange's API.
"""

from __future__ import annotations

import json
from html import escape

from django.conf import settings
from gunicorn.http import errors

from disrupt.hotline.common.headers import headers

# Nobody knows which language was asked for.
_PAGE = """<!doctype html>
<html lang="fr">
<head>
<meta charset="utf-8">
<title>Information</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
</head>
<body>
<p><a href="{exit}" rel="noreferrer">Quitter ce site</a></p>
<p lang="en"><a href="{exit}" rel="noreferrer">Leave this site</a></p>
<main>
<h1>Cette demande n’a pas pu être lue</h1>
<p><a href="/">Première page</a></p>
<div lang="en"><h2>This request could not be read</h2><p><a href="/">First page</a></p></div>
</main>
</body>
</html>
"""
_STATUS = (
    (errors.LimitRequestLine, "414 URI Too Long", "uri_too_long"),
    (errors.LimitRequestHeaders, "431 Request Header Fields Too Large", "headers_too_large"),
    (errors.ParseException, "400 Bad Request", "bad_request"),
)
_FAILED = ("500 Internal Server Error", "internal_error")


def _json(code: str) -> bytes:
    # Only the exchange has its own errors loaded: no other process may.
    from disrupt.hotline.exchange.door.errors import ApiError

    return json.dumps(ApiError(code, "This request could not be read.").shape).encode()


def answer_of(error: BaseException) -> bytes:
    """The whole answer, head and body, to a request that was refused with this error."""
    found = next(((text, code) for kind, text, code in _STATUS if isinstance(error, kind)), _FAILED)
    status, code = found
    programs = settings.SPEAKS_TO_PROGRAMS
    body = _json(code) if programs else _PAGE.format(exit=escape(settings.EXIT_URL)).encode()
    fields = {
        **headers(),
        "Connection": "close",
        "Content-Type": "application/problem+json" if programs else "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + body
