"""Heads of requests in which nothing is unusual, read without a web server: what such a one says."""

from __future__ import annotations

import re

from django.conf import settings
from django.http.request import split_domain_port, validate_host

END = b"\r\n\r\n"
_FIELD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([!-~](?:[ -~]*[!-~])?)?[ \t]*")
_BEARER = re.compile(r"bearer +(\S+) *", re.IGNORECASE)
_ONCE = frozenset(
    {"host", "authorization", "content-length", "connection", "accept-encoding", "if-none-match"}
)
_ELSEWHERE = frozenset(
    {"transfer-encoding", "expect", "upgrade", "te", "trailer", "http2-settings", "content-encoding"}
)


def fields_of(lines: bytes) -> dict[str, str] | None:
    """The fields of a head by their names in small letters; None if anything in it is unusual."""
    fields: dict[str, str] = {}
    for line in lines.removesuffix(b"\r\n").split(b"\r\n"):
        found = _FIELD.fullmatch(line)
        if not found:
            return None
        name, value = found[1].decode().lower(), (found[2] or b"").decode()
        if name in _ELSEWHERE or (name in _ONCE and name in fields):
            return None
        fields[name] = value
    # What Django's own hosts check does; it says so itself where a host is not ours.
    host = split_domain_port(fields.get("host", ""))[0]
    return fields if host and validate_host(host, settings.ALLOWED_HOSTS) else None


def key_in(fields: dict[str, str]) -> str | None:
    """The key that a head shows."""
    found = _BEARER.fullmatch(fields.get("authorization", ""))
    return found[1] if found else None
