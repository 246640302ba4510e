"""All who wait for news of the feed are answered together: one question about their keys, one page a sight.

They are answered as `views.feed` would, by the same code and through the same middleware. What differs from
the plainest request is left to that one, and so is every refusal.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import http_date
from django.utils.module_loading import import_string

from disrupt.hotline.bank import readers
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.common import clock
from disrupt.hotline.exchange import pages
from disrupt.hotline.exchange.door import recently
from disrupt.hotline.exchange.door.limits import ALLOWANCE
from disrupt.hotline.exchange.door.plain import END, fields_of, key_in
from disrupt.hotline.exchange.door.scopes import Scope
from disrupt.hotline.exchange.door.sight import Sight, sight_of
from disrupt.hotline.exchange.services import note_uses
from disrupt.protocol.feed import DEFAULT_LIMIT, MAX_LIMIT, MOST_WAIT

Answer = tuple[bytes, bool]

_LINE = re.compile(rb"GET /v1/feed\?([a-z0-9=&]{1,100}) HTTP/1\.1\r\n")
_PART = re.compile(r"(after|limit|wait)=([0-9]{1,18})")
_TAG = re.compile(r'W/"[0-9a-f]{32}"|')
_RANGES = {"after": (0, 10**18 - 1), "limit": (1, MAX_LIMIT), "wait": (0, MOST_WAIT)}


@dataclass(frozen=True, slots=True)
class Question:
    """What decides a page, but for what the key may see."""

    after: int
    limit: int
    host: str
    encodings: str
    seen: str

    def request(self) -> HttpRequest:
        """The same as Django's middleware and the view read it."""
        made = HttpRequest()
        made.method, made.path, made.path_info = "GET", "/v1/feed", "/v1/feed"
        told = {
            "HTTP_HOST": self.host,
            "HTTP_ACCEPT_ENCODING": self.encodings,
            "HTTP_IF_NONE_MATCH": self.seen,
        }
        made.META = {name: text for name, text in told.items() if text}
        return made


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: the mark of its key, the question, and whether the connection is kept."""

    mark: bytes
    question: Question
    keeps: bool


class News:
    """Reads in the server's loop, answers in a thread beside it."""

    def reads(self, data: bytes) -> Asked | None:
        """What is asked by the plain and whole request that is `data`."""
        line, end = _LINE.match(data), data.find(END)
        if not line or end + len(END) != len(data):
            return None
        numbers, fields = _numbers(line[1].decode()), fields_of(data[line.end() : end + 2])
        key = key_in(fields) if fields else None
        if numbers is None or not fields or not key or "content-length" in fields:
            return None
        connection, seen = fields.get("connection", "keep-alive").lower(), fields.get("if-none-match", "")
        if connection not in ("keep-alive", "close") or not _TAG.fullmatch(seen):
            return None
        after, limit = numbers.get("after", 0), numbers.get("limit", DEFAULT_LIMIT)
        question = Question(after, limit, fields["host"], fields.get("accept-encoding", ""), seen)
        return Asked(recently.mark_of(key), question, connection == "keep-alive")

    def answers(self, asked: Sequence[Asked]) -> tuple[list[Answer | None], Callable[[], None]]:
        """For each the answer and whether the connection is kept, None where it is for the view to say; and
        what is to be done once they are told: it may wait for others who write.
        """
        keys = recently.let_in_again(one.mark for one in asked)
        keys = {mark: key for mark, key in keys.items() if Scope.FEED_READ in key.scopes}
        sights, last = {mark: sight_of(key) for mark, key in keys.items()}, last_seq()
        made: dict[tuple[Question, Sight, bool], bytes] = {}
        found: list[Answer | None] = []
        held: set[readers.Held] = set()
        for one in asked:
            key, sight = keys.get(one.mark), sights.get(one.mark)
            if key is None or sight is None or one.question.after > last or ALLOWANCE.wait(key.pk):
                found.append(None)
                continue
            what = (one.question, sight, one.keeps)
            if what not in made:
                made[what] = _text(one.question, sight, last, keeps=one.keeps)
            found.append((made[what], one.keeps))
            held.add(readers.Held(key.partner_id, one.question.after, sight))

        def afterwards() -> None:
            note_uses(keys.values())
            readers.acknowledge_all(held)

        return found, afterwards


def _numbers(query: str) -> dict[str, int] | None:
    parts = [_PART.fullmatch(part) for part in query.split("&")]
    found = {part[1]: int(part[2]) for part in parts if part}
    if len(found) != len(parts):
        return None
    within = all(_RANGES[name][0] <= number <= _RANGES[name][1] for name, number in found.items())
    return found if within else None


def _text(question: Question, sight: Sight, last: int, *, keeps: bool) -> bytes:
    """The whole answer, through the middleware of every other."""

    def view(request: HttpRequest) -> HttpResponse:
        return pages.answer(request, question.after, question.limit, last, sight, waited=True)

    handler: Callable[[HttpRequest], HttpResponse] = view
    for name in reversed(settings.MIDDLEWARE):
        handler = import_string(name)(handler)
    response = handler(question.request())
    lines = [f"HTTP/1.1 {response.status_code} {response.reason_phrase}"]
    told = {"Date": http_date(clock.now().timestamp()), "Connection": "keep-alive" if keeps else "close"}
    lines += [f"{name}: {text}" for name, text in (told | dict(response.items())).items()]
    return "\r\n".join(lines).encode("latin-1") + END + response.content


NEWS = News()
