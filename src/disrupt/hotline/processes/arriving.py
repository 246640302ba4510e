"""Reads how much of an HTTP request has arrived, without taking it: a thread is given to whole requests only.

RFC 9112: a head ends with an empty line; its Content-Length says how long the body is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# So much of a request is looked at; a body up to here has arrived before a thread is given to it.
MOST_PEEKED = 80 * 1024
MOST_SHORT_BODY = 64 * 1024
_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*(?=\r\n)", re.IGNORECASE)
_STREAMED = re.compile(rb"\r\n(?:transfer-encoding|expect):", re.IGNORECASE)
_FORWARDED = re.compile(rb"\r\nx-forwarded-for:([^\r\n]*)", re.IGNORECASE)


@dataclass(frozen=True)
class Arriving:
    """What the first bytes of a request say of it.

    `missing` bytes must come before it is whole; a `long` one has a body that a thread must wait for;
    `forwarded` is the last address that a proxy added.
    """

    missing: int
    long: bool = False
    forwarded: str = ""


def look(data: bytes) -> Arriving:
    """What is known of the request that begins with `data`; never raises: gunicorn judges the request."""
    end = data.find(_END)
    if end < 0:
        # A head of more than that is no browser's: gunicorn refuses it, or reads on like a body.
        return Arriving(0, long=True) if len(data) >= MOST_PEEKED else Arriving(1)
    head = data[: end + 2]
    said = _FORWARDED.findall(head)
    forwarded = said[-1].decode("latin-1").rpartition(",")[2].strip() if said else ""
    lengths = _LENGTH.findall(head)
    # gunicorn reads a number of any length, and would wait for so many bytes.
    if _STREAMED.search(head) or len(lengths) > 1 or any(len(one) > 18 for one in lengths):
        return Arriving(0, long=True, forwarded=forwarded)
    length = int(lengths[0]) if lengths else 0
    if length > MOST_SHORT_BODY or end + len(_END) + length > MOST_PEEKED:
        return Arriving(0, long=True, forwarded=forwarded)
    return Arriving(max(end + len(_END) + length - len(data), 0), forwarded=forwarded)
