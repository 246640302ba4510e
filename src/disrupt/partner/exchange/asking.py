"""Each question to an exchange, and the patience with which it is asked: what both clients share.

Nothing here opens a connection: `patiently` says when to send and how long to wait, and is told what came.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, TypeVar

from disrupt.partner.exchange import answers
from disrupt.partner.following.feed_client import SyncError, Unreachable, refusal
from disrupt.partner.following.patience import RETRY, TRIES, fault_of, how_long
from disrupt.protocol import feed
from disrupt.protocol.binary_list import BinaryList, NotAList, read_list
from disrupt.protocol.feedback import MOST_WORDS, Word
from disrupt.protocol.look_up import MOST_LOOK_UPS, LookUp

T = TypeVar("T")
LARGEST = 1 << 31


@dataclass(frozen=True)
class Ask(Generic[T]):
    """One question, and how its answer is read.

    All of them may arrive twice without harm: of a `deed` the exchange is told by a name that it is the same.
    """

    method: str
    path: str
    read: Callable[[bytes], T]
    query: Mapping[str, int] = field(default_factory=dict)
    body: object = None
    content: bytes | None = None
    deed: bool = False


@dataclass(frozen=True, slots=True)
class Said:
    """An answer as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """No answer came, because of this."""

    why: str


def patiently(base: str, ask: Ask[T]) -> Generator[float | None, Said | Fault, T]:
    """Gives seconds to wait, or None: send now. Raises SyncError: Refused, Unreachable."""
    fault, told = "", ""
    for attempt in range(TRIES):
        if attempt:
            yield how_long(attempt, told)
        told = ""
        said = yield None
        if isinstance(said, Fault):
            fault = said.why
        elif said.status in RETRY:
            told = said.headers.get("retry-after", "")
            fault = fault_of(said.status, told)
        elif said.status != 200:
            raise refusal(base, said.status, said.body)
        else:
            return _read(base, ask, said.body)
    raise Unreachable(f"{base} cannot be read now, tried {TRIES} times: {fault}.")


def _read(base: str, ask: Ask[T], body: bytes) -> T:
    try:
        return ask.read(body)
    except (KeyError, TypeError, ValueError, RecursionError, feed.NotAFeed, NotAList):
        raise SyncError(f"{base} is not a Disrupt exchange, or speaks another version: {ask.path}.") from None


def _json(read: Callable[[Any], T]) -> Callable[[bytes], T]:
    return lambda body: read(json.loads(body))


def match(look_ups: Sequence[LookUp]) -> Ask[list[answers.Answer]]:
    """One answer for each, in their order."""
    if not 1 <= len(look_ups) <= MOST_LOOK_UPS:
        raise ValueError(f"1 to {MOST_LOOK_UPS} look-ups are asked at once")
    asked = [{name: value for name, value in asdict(one).items() if value is not None} for one in look_ups]

    def read(raw: Any) -> list[answers.Answer]:
        found = answers.read_answers(raw)
        if len(found) != len(asked):
            raise ValueError("another number of answers")
        return found

    return Ask("POST", "/v1/match", _json(read), body={"look_ups": asked})


def upload(content: bytes) -> Ask[answers.Answer]:
    """A picture or film as it is, for who has no matcher."""
    return Ask("POST", "/v1/match", _json(answers.read_answer), content=content)


def feedback(words: Sequence[Word]) -> Ask[answers.Taken]:
    """What was found; a word that is sent again changes nothing."""
    if not 1 <= len(words) <= MOST_WORDS:
        raise ValueError(f"1 to {MOST_WORDS} words are sent at once")
    told = [asdict(word) for word in words]
    for one in told:
        if not one["why"]:
            del one["why"]
    return Ask("POST", "/v1/feedback", _json(answers.read_taken), body={"feedback": told}, deed=True)


def page(after: int, limit: int, wait: int) -> Ask[feed.Page]:
    """The changes after a number, not proven: `disrupt sync` proves them."""
    query = {"after": after, "limit": limit} | ({"wait": wait} if wait else {})
    return Ask("GET", "/v1/feed", _json(feed.parse_page), query)


def hashes(after: int, wait: int = 0, life: int | None = None) -> Ask[BinaryList]:
    """All hashes, or what changed of them."""
    query = {"after": after} | ({"wait": wait} if wait else {}) | ({} if life is None else {"life": life})
    return Ask("GET", "/v1/list", read_list, query)


def _evaluated(raw: Any) -> bytes:
    return bytes.fromhex(raw["evaluated"])


def private_evaluate(blinded: Sequence[bytes]) -> Ask[bytes]:
    """Bands that nobody can read, evaluated (disrupt.partner.private)."""
    return Ask(
        "POST", "/v1/private/evaluate", _json(_evaluated), body={"blinded": [one.hex() for one in blinded]}
    )


PRIVATE_TABLE = Ask("GET", "/v1/private", bytes)
FIGURES = Ask("GET", "/v1/figures", _json(answers.read_figures))
CATEGORIES = Ask("GET", "/v1/categories", _json(answers.read_categories))
ROTATE = Ask("POST", "/v1/key/rotate", _json(answers.read_key), body={}, deed=True)


def name_of_rotation(key: str) -> str:
    """One name for all that ask for another key in the place of this one, also in a later run.

    So a new key whose answer was lost is told again, for a day, and not lost with it.
    """
    return f'"{hashlib.sha256(b"disrupt-rotation:" + key.encode()).hexdigest()}"'
