"""What a site lets robots look at (RFC 9309): asked once a day, before anything else of it is fetched."""

from __future__ import annotations

import datetime as dt
import threading
from urllib.parse import unquote, urlsplit
from urllib.robotparser import RobotFileParser

from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door

AGENT = "Disrupt"
KEPT = dt.timedelta(hours=24)
_PATIENCE, _MOST = 6.0, 1000
_NOTHING = ("User-agent: *", "Disallow: /")
# RFC 9309, 2.5: at least so much of it is read.
_LONGEST = 500 * 1024
_lock = threading.Lock()
_known: dict[str, tuple[dt.datetime, RobotFileParser]] = {}


def allowed(url: str, door: Door) -> bool:
    """Whether we may look at a page. Raises Busy."""
    try:
        return _rules(url, door).can_fetch(AGENT, url)
    except ValueError:  # no address of the web, once its percent signs are read
        return False


def _rules(url: str, door: Door) -> RobotFileParser:
    parts, now = urlsplit(url), clock.now()
    with _lock:
        found = _known.get(parts.netloc)
    if found is not None and found[0] <= now < found[0] + KEPT:
        return found[1]
    rules = RobotFileParser()
    try:
        response = door.get(f"{parts.scheme}://{parts.netloc}/robots.txt", patience=_PATIENCE).response
    except errors.Busy:
        raise
    except errors.DoorError:
        # Where that cannot be found out, nothing is looked at.
        rules.parse(_NOTHING)
    else:
        if 200 <= response.status <= 299:
            rules.parse(_sound(response.body[:_LONGEST].decode("utf-8", "replace")))
        else:
            # Without such a file all is open; a site in trouble is let be.
            rules.parse([] if 400 <= response.status <= 499 else _NOTHING)
    with _lock:
        if len(_known) >= _MOST:
            _known.clear()
        _known[parts.netloc] = (now, rules)
    return rules


def _sound(text: str) -> list[str]:
    """The lines that matter here, without those over which the standard reader would fall."""
    kept = []
    for line in text.splitlines():
        name, _colon, value = line.partition("#")[0].partition(":")
        if name.strip().lower() not in {"user-agent", "allow", "disallow"}:
            continue
        try:
            urlsplit(unquote(value.strip()))
        except ValueError:
            continue
        kept.append(line)
    return kept
