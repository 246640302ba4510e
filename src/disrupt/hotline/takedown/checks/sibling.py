"""A made-up sibling of an address: the same host and kind, and surely nobody's."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit, urlunsplit

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.takedown.checks.page import Shape, is_page, read, shape_of
from disrupt.hotline.takedown.models import Probe

KEPT = dt.timedelta(hours=24)
_PATIENCE = 6.0


def invent(url: str) -> str:
    """Another address of the same kind: the last value of its query, or of its path, made up."""
    parts = urlsplit(url)
    if "=" in parts.query:
        before, _, value = parts.query.rpartition("=")
        return urlunsplit((parts.scheme, parts.netloc, parts.path, f"{before}={_like(value)}", ""))
    folder, _, name = parts.path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    made = f"{_like(stem)}.{ending}" if dot else _like(name)
    return urlunsplit((parts.scheme, parts.netloc, f"{folder}/{made}", "", ""))


def _like(value: str) -> str:
    """Something that looks alike; numbers so long that nobody has got there."""
    if value and all(character in "0123456789" for character in value):
        return str(10**14 + secrets.randbelow(9 * 10**14))
    return secrets.token_hex(max(8, min(16, len(value) // 2)))


def kind_of(url: str, egress: str = "") -> str:
    """What is one kind of address on a host: its folder, and the names in its query; for each way out."""
    parts = urlsplit(url)
    names = "&".join(pair.partition("=")[0] for pair in parts.query.split("&")) if parts.query else ""
    folder = parts.path if names else parts.path.rpartition("/")[0]
    return hmac.digest(
        keys.address_key(), f"probe:{egress}{parts.netloc}{folder}?{names}".encode(), hashlib.sha256
    ).hex()


def sibling_of(url: str, door: Door) -> Shape | None:
    """What a made-up sibling shows, asked once a day; None where that cannot be found out. Raises Busy."""
    digest, now = kind_of(url, f"{door.egress.host} " if door.egress else ""), clock.now()
    known = Probe.objects.filter(digest=digest, at__gt=now - KEPT, at__lte=now).first()
    if known is not None:
        return Shape.from_data(known.shape)
    try:
        fetched = door.get(invent(url), patience=_PATIENCE)
    except errors.Busy:
        raise
    except errors.DoorError:
        return None
    response = fetched.response
    content_type = response.headers.get("content-type", "")
    page = read(response.body, content_type, fetched.url) if is_page(content_type, response.body) else None
    landed = urlsplit(fetched.url).path if len(fetched.hops) > 1 else ""
    shape = shape_of(response.status, landed, page, response.body)
    Probe.objects.update_or_create(digest=digest, defaults={"at": now, "shape": shape.as_data()})
    return shape
