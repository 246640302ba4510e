"""Asking only whether a page has changed (RFC 9110, 13): else it is still there; once a week all is read.

What stands around a picture can stay the same when the picture goes: so not for long, and never where
somebody says that something has changed.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping

from disrupt.hotline.common.outbound.door import Fetched
from disrupt.hotline.takedown.checks.signs import Verdict
from disrupt.hotline.takedown.models import Presence, Seen, Target

UNCHANGED = Verdict(Seen.LIVE, "unchanged")
READ_EACH = dt.timedelta(days=7)
_TAG = re.compile(r'(?:W/)?"[!#-~]{1,150}"')
_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")


def asked(target: Target, now: dt.datetime) -> Mapping[str, str]:
    """The header fields that ask only for what has changed; none where all is to be read."""
    lately = target.read_at is not None and dt.timedelta() <= now - target.read_at < READ_EACH
    if not lately or target.presence != Presence.LIVE or target.leaning != Presence.LIVE:
        return {}
    fields = {"If-None-Match": target.etag, "If-Modified-Since": target.modified}
    return {name: value for name, value in fields.items() if value}


def remember(target: Target, verdict: Verdict, fetched: Fetched | None, now: dt.datetime) -> None:
    """What to ask by the next time: only of a page that stood where it was asked for, and was there."""
    if verdict == UNCHANGED:
        return
    target.etag, target.modified, target.read_at = "", "", None
    if (
        fetched is None
        or verdict.seen != Seen.LIVE
        or len(fetched.hops) > 1
        or fetched.response.status != 200
    ):
        return
    headers = fetched.response.headers
    tag, date = headers.get("etag", "").strip(), headers.get("last-modified", "").strip()
    target.etag = tag if _TAG.fullmatch(tag) else ""
    target.modified = date if _DATE.fullmatch(date) else ""
    target.read_at = now
