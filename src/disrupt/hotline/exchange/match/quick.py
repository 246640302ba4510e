"""Look-ups of a few PDQs that are answered without a thread, all that come in one moment together.

They are answered as `views.match` would. What differs from the plainest request is left to that one, and so
is every refusal.
"""

from __future__ import annotations

import email.utils
import hashlib
import json
import logging
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import close_old_connections

from disrupt.hotline.common import clock
from disrupt.hotline.common.headers import headers
from disrupt.hotline.exchange.door import recently
from disrupt.hotline.exchange.door.limits import LOOK_UPS
from disrupt.hotline.exchange.door.plain import END, fields_of, key_in
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import Sight
from disrupt.hotline.exchange.match.answers import answers
from disrupt.hotline.exchange.match.counting import COUNTS, set_aside
from disrupt.hotline.exchange.match.following import FOLLOWER
from disrupt.hotline.exchange.match.held import HOLDER, HeldList
from disrupt.hotline.exchange.match.telling import certain, told
from disrupt.hotline.exchange.match.upload.receiving import is_upload
from disrupt.hotline.exchange.models import ApiKey
from disrupt.matching.index import RADIUS
from disrupt.protocol.look_up import BadLookUp, LookUp, parse_look_ups

log = logging.getLogger(__name__)

MOST_LOOK_UPS = 128
"""Of one request; more are worth a thread of their own."""
_MOST_HEADS = 1000
_LINE = b"POST /v1/match HTTP/1.1\r\n"


@dataclass(frozen=True, slots=True)
class Head:
    """A head that is as plain as it should be: the mark of its key, and the length of the body."""

    mark: bytes
    length: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: whose key, what that may see, the look-ups, and whether they came as a list."""

    key: ApiKey
    sight: Sight
    looks: tuple[LookUp, ...]
    several: bool


def plain_head(head: bytes) -> Head | None:
    """What a head says, if nothing in it is unusual."""
    fields = fields_of(head.removeprefix(_LINE))
    key = key_in(fields) if fields else None
    if not fields or not key or fields.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    if is_upload(fields.get("content-type", "")):
        return None
    length = fields.get("content-length", "")
    return Head(recently.mark_of(key), int(length)) if re.fullmatch(r"[0-9]{1,6}", length) else None


class QuickMatch:
    """Reads and answers; used by one thread."""

    def __init__(self, is_ready: Callable[[], bool] = lambda: FOLLOWER.is_ready) -> None:
        self._is_ready = is_ready
        self._heads: dict[bytes, Head] = {}  # by their digests: a key is not kept
        self._dated = (0, b"")

    def reads(self, data: bytes) -> Asked | None:
        """The look-ups of a plain and whole request whose key was let in a moment ago."""
        end = data.find(END) if data.startswith(_LINE) else -1
        if end < 0 or not self._is_ready():
            return None
        head = self._head(data[: end + 2])
        if head is None or len(data) != end + len(END) + head.length:
            return None
        let_in = recently.known(head.mark)
        if let_in is None or Scope.MATCH_ASK not in let_in.key.scopes:
            return None
        if let_in.key.last_used_on != clock.now().date():  # that is written down first
            return None
        try:
            looks, several = parse_look_ups(json.loads(data[end + len(END) :]))
        except (BadLookUp, ValueError, RecursionError):
            return None
        if len(looks) > MOST_LOOK_UPS or not all(map(_is_light, looks)):
            return None
        return Asked(let_in.key, let_in.sight, looks, several)

    def _head(self, text: bytes) -> Head | None:
        digest = hashlib.sha256(text).digest()
        known = self._heads.get(digest)
        if known is None:
            known = plain_head(text)
            if known is not None:
                if len(self._heads) >= _MOST_HEADS:
                    self._heads.clear()
                self._heads[digest] = known
        return known

    def answers(self, asked: Sequence[Asked]) -> list[bytes | None]:
        """One answer for each request, of one question to the list for all of the same sight."""
        found: list[bytes | None] = [None] * len(asked)
        held = HOLDER.list
        by_sight: dict[Sight, list[int]] = {}
        for number, one in enumerate(asked):
            by_sight.setdefault(one.sight, []).append(number)
        for sight, numbers in by_sight.items():
            try:
                self._answer(held, sight, numbers, asked, found)
            except Exception as error:
                log.error("look-ups could not be answered together: %s", type(error).__name__)
        return found

    def _answer(
        self,
        held: HeldList,
        sight: Sight,
        numbers: Sequence[int],
        asked: Sequence[Asked],
        found: list[bytes | None],
    ) -> None:
        every = iter(answers(held, [look for number in numbers for look in asked[number].looks], sight))
        for number in numbers:
            one = asked[number]
            said = [next(every) for _ in one.looks]
            if LOOK_UPS.wait(one.key.pk, len(one.looks)):
                continue  # nothing was taken: the refusal is said elsewhere
            matched = certain(said)
            too_many = COUNTS.note(one.key.partner, matched) if matched else []
            if too_many:
                threading.Thread(target=_leave_it_aside, args=(too_many, one.key), daemon=True).start()
            found[number] = self._whole(told(held.seq, said, several=one.several))

    def _whole(self, value: object) -> bytes:
        body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        now = int(time.time())
        if now != self._dated[0]:
            date = f"HTTP/1.1 200 OK\r\nDate: {email.utils.formatdate(now, usegmt=True)}\r\n"
            fixed = headers() | {"Connection": "keep-alive", "Content-Type": "application/json"}
            lines = "".join(f"{name}: {text}\r\n" for name, text in fixed.items())
            self._dated = (now, (date + lines).encode())
        return b"%sContent-Length: %d\r\n\r\n%s" % (self._dated[1], len(body), body)


def _is_light(look: LookUp) -> bool:
    """Whether no question to the database, and no wide search, is needed."""
    return look.sha256 is None and look.md5 is None and look.radius <= RADIUS


def _leave_it_aside(entries: Sequence[str], key: ApiKey) -> None:
    try:
        set_aside(key.partner, entries)
    except Exception as error:
        log.error("what matched too often could not be set aside: %s", type(error).__name__)
    finally:
        close_old_connections()


QUICK = QuickMatch()
