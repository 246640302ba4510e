"""The feed's wire format, version 1: numbered changes of a bank, as JSON, parsed strictly.

A reader keeps one number, the last `seq` it applied, and asks for what comes after. A withdrawal names only
the entry. An entry that was withdrawn before the reader came is sent as a withdrawal at both of its numbers:
the sequence has no gap, and nobody is handed a fingerprint that was taken back. docs/api.md says the same.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

from disrupt.protocol.taking.came import ID, check, matches, whole
from disrupt.protocol.taking.came import MOST_THROUGH as MOST_THROUGH
from disrupt.protocol.taking.came import BadChange as BadChange
from disrupt.protocol.taking.came import Came as Came

FORMAT = "disrupt-feed/1"
DEFAULT_LIMIT = 1000
MOST_WAIT = 25
"""A reader asks to wait for news so many seconds at most; proxies commonly give up after 30 or 60."""
MAX_LIMIT = 5000
KINDS = ("image", "video")
ORIGINS = ("examined", "declared", "shared")
SHARED = "shared"
"""Told to the hotline by a partner or another hotline; a file of which only a PDQ or an MD5 may be known."""
MINORS = (None, "examined", "declared")
"""Who says that the person shown was, or may have been, a minor: nobody, an analyst, the reporter."""
DERIVED = "derived"
ROLES = ("stored", "upright", "shown", DERIVED)
"""Of which form of the picture a PDQ is; a reader takes a word that it does not know for `derived`."""

T = TypeVar("T")

_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX32 = re.compile(r"[0-9a-f]{32}")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")


class NotAFeed(ValueError):
    """What was received is not a page of a Disrupt feed of this version."""


@dataclass(frozen=True, slots=True)
class PdqPrint:
    """One PDQ of a picture: 64 hexadecimal digits, quality 0-100, and of which form of it (`role`)."""

    hex: str
    quality: int
    role: str

    def __post_init__(self) -> None:
        check(matches(_HEX64, self.hex), "a PDQ is 64 lower-case hexadecimal digits", self.hex)
        check(whole(self.quality, 0, 100), "a quality is a whole number from 0 to 100", self.quality)
        check(matches(_WORD, self.role), "a role is one word", self.role)


@dataclass(frozen=True, slots=True)
class VpdqPrint:
    """One hashed frame of a video: its number, its time in seconds, its quality 0-100 and its PDQ."""

    frame: int
    timestamp: float
    quality: int
    hex: str

    def __post_init__(self) -> None:
        check(whole(self.frame, 0), "a frame is a whole number from 0 up", self.frame)
        number = isinstance(self.timestamp, int | float) and not isinstance(self.timestamp, bool)
        good = number and math.isfinite(self.timestamp) and self.timestamp >= 0
        check(good, "a timestamp is a number of seconds", self.timestamp)
        check(whole(self.quality, 0, 100), "a quality is a whole number from 0 to 100", self.quality)
        check(matches(_HEX64, self.hex), "a PDQ is 64 lower-case hexadecimal digits", self.hex)


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The entry is no longer offered: forget it. To withdraw what one never had is no error."""

    seq: int
    at: dt.datetime
    id: str
    proof: Mapping[str, Any] | None = None

    def __post_init__(self) -> None:
        _check_head(self.seq, self.at, self.id)

    def to_wire(self) -> dict[str, Any]:
        wire = {"seq": self.seq, "at": stamp(self.at), "action": "withdrawn", "id": self.id}
        return wire | ({"proof": dict(self.proof)} if self.proof else {})


@dataclass(frozen=True, slots=True)
class Added:
    """The entry is offered from now on. `md5` is None where only the person's own device saw the file;
    `sha256` may be None where the entry is shared, and `came` is of such entries alone."""

    seq: int
    at: dt.datetime
    id: str
    kind: str
    category: str
    origin: str
    sha256: str | None
    md5: str | None
    pdq: tuple[PdqPrint, ...] = ()
    vpdq: tuple[VpdqPrint, ...] = ()
    minors: str | None = None
    jurisdiction: str | None = None
    proof: Mapping[str, Any] | None = None
    came: Came | None = None

    def __post_init__(self) -> None:
        _check_head(self.seq, self.at, self.id)
        check(
            self.came is None or self.origin == SHARED, "only what is shared came from elsewhere", self.origin
        )
        check(self.minors in MINORS, "minors is null, examined or declared", self.minors)
        good = self.jurisdiction is None or matches(_WORD, self.jurisdiction)
        check(good, "a jurisdiction is one word", self.jurisdiction)
        check(self.kind in KINDS, "a kind is image or video", self.kind)
        check(matches(_WORD, self.category), "a category is a code of the classification", self.category)
        check(self.origin in ORIGINS, "an origin is examined, declared or shared", self.origin)
        good = matches(_HEX64, self.sha256) or (self.sha256 is None and self.origin == SHARED)
        check(good, "a SHA-256 is 64 lower-case hexadecimal digits", self.sha256)
        good = self.md5 is None or matches(_HEX32, self.md5)
        check(good, "an MD5 is 32 lower-case hexadecimal digits", self.md5)

    def to_wire(self) -> dict[str, Any]:
        more = {"came": self.came.to_wire()} if self.came else {}
        return (
            {
                "seq": self.seq,
                "at": stamp(self.at),
                "action": "added",
                "id": self.id,
                "kind": self.kind,
                "category": self.category,
                "origin": self.origin,
                "minors": self.minors,
                "jurisdiction": self.jurisdiction,
                "sha256": self.sha256,
                "md5": self.md5,
                "pdq": [{"hex": p.hex, "quality": p.quality, "role": p.role} for p in self.pdq],
                "vpdq": [
                    {"frame": f.frame, "timestamp": f.timestamp, "quality": f.quality, "hex": f.hex}
                    for f in self.vpdq
                ],
            }
            | more
            | ({"proof": dict(self.proof)} if self.proof else {})
        )


Change = Added | Withdrawn


@dataclass(frozen=True, slots=True)
class Malformed:
    """A change that could not be read, under its number, so that a reader can name it and go on."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """Consecutive changes; `next` is the cursor to ask with next, `last` the newest number there is.

    `log` (here and `proof` of a change) is what signed_log.py reads.
    """

    changes: tuple[Change | Malformed, ...]
    next: int
    last: int
    more: bool
    log: Mapping[str, Any] | None = None


def stamp(moment: dt.datetime) -> str:
    """A time as it goes over the wire."""
    return moment.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def is_entry_id(text: str) -> bool:
    """Whether this is how an exchange names an entry."""
    return ID.fullmatch(text) is not None


def _check_head(seq: object, at: dt.datetime, entry_id: object) -> None:
    check(whole(seq, 1), "a seq is a whole number from 1 up", seq)
    check(at.tzinfo is not None, "a time states its zone", at)
    check(matches(ID, entry_id), "an id is a UUID", entry_id)


def _list_of(raw: object, name: str, make: Callable[..., T], fields: tuple[str, ...]) -> tuple[T, ...]:
    check(isinstance(raw, list), f"{name} is a list", raw)
    made = []
    for item in raw:  # type: ignore[attr-defined]  # a list, checked above
        check(isinstance(item, Mapping), f"{name} holds objects", item)
        made.append(make(*(item.get(field) for field in fields)))
    return tuple(made)


def prints_from(raw: Mapping[str, Any]) -> tuple[tuple[PdqPrint, ...], tuple[VpdqPrint, ...]]:
    """The `pdq` and `vpdq` lists of a change, or of a bank row. Raises BadChange."""
    pdq = _list_of(raw.get("pdq", []), "pdq", PdqPrint, ("hex", "quality", "role"))
    vpdq = _list_of(raw.get("vpdq", []), "vpdq", VpdqPrint, ("frame", "timestamp", "quality", "hex"))
    return pdq, vpdq


@lru_cache(1024)
def time_of(text: str) -> dt.datetime:
    """A time as it is written; a whole batch of changes has the same. Raises ValueError."""
    return dt.datetime.fromisoformat(text)


def parse_change(raw: object) -> Change:
    """One change from its JSON value; unknown keys are ignored. Raises BadChange."""
    if not isinstance(raw, Mapping):
        raise BadChange("a change is an object")
    try:
        at = time_of(str(raw.get("at")))
    except ValueError:
        raise BadChange("a time is written as in ISO 8601") from None
    seq, entry_id, action = raw.get("seq"), raw.get("id"), raw.get("action")
    proof = raw.get("proof") if isinstance(raw.get("proof"), Mapping) else None
    check(action in ("added", "withdrawn"), "an action is added or withdrawn", action)
    if action == "withdrawn":
        return Withdrawn(seq, at, entry_id, proof)  # type: ignore[arg-type]  # the constructor checks the values
    pdq, vpdq = prints_from(raw)
    names = ("kind", "category", "origin", "sha256", "md5", "minors", "jurisdiction")
    plain: dict[str, Any] = {name: raw.get(name) for name in names}
    if raw.get("came") is not None:
        plain["came"] = Came.from_wire(raw["came"])
    return Added(seq, at, entry_id, pdq=pdq, vpdq=vpdq, proof=proof, **plain)  # type: ignore[arg-type]  # as above


def write_page(page: Page) -> dict[str, Any]:
    """A page as the JSON value that goes over the wire (it must hold no Malformed)."""
    return {
        "format": FORMAT,
        "changes": [c.to_wire() for c in page.changes if not isinstance(c, Malformed)],
        "next": page.next,
        "last": page.last,
        "more": page.more,
    } | ({"log": dict(page.log)} if page.log else {})


def parse_page(raw: object) -> Page:
    """A page from its JSON value. Raises NotAFeed when the page itself is wrong."""
    changes, next_, last, more, log = read_page(raw, parse_change)
    return Page(tuple(changes), next_, last, more, log)


def read_page(
    raw: object, read: Callable[[object], T]
) -> tuple[list[T | Malformed], int, int, bool, Mapping[str, Any] | None]:
    """The changes of a page as `read` makes them, then its next, last, more and log.

    A change that is malformed, but whose number can be read, becomes a Malformed. Raises NotAFeed when the
    page itself is wrong: another format, numbers missing, out of order, or against its own `next` and `last`.
    """
    if not isinstance(raw, Mapping) or raw.get("format") != FORMAT:
        found = raw.get("format") if isinstance(raw, Mapping) else None
        raise NotAFeed(f"expected a page of format {FORMAT}, got {str(found)[:40]!r}")
    changes: list[T | Malformed] = []
    items, before = raw.get("changes"), 0
    if not isinstance(items, list):
        raise NotAFeed("the page has no list of changes")
    for item in items:
        seq = item.get("seq") if isinstance(item, Mapping) else None
        if not isinstance(seq, int) or not whole(seq, 1):
            raise NotAFeed(f"a change has no number: {str(seq)[:40]!r}")
        if changes and seq != before + 1:
            raise NotAFeed(f"the numbers go from {before} to {seq}")
        before = seq
        try:
            changes.append(read(item))
        except BadChange as error:
            changes.append(Malformed(seq, str(error)))
    next_, last, more = raw.get("next"), raw.get("last"), raw.get("more")
    if not (isinstance(next_, int) and isinstance(last, int) and whole(next_, 0) and whole(last, next_)):
        raise NotAFeed("next and last are not numbers in order")
    if not isinstance(more, bool):
        raise NotAFeed("more is neither true nor false")
    if changes and before != next_:
        raise NotAFeed(f"next is {next_}, but the page ends at {before}")
    if more and not changes:
        raise NotAFeed("the page is empty, but says there is more")
    log = raw.get("log")
    return changes, next_, last, more, log if isinstance(log, Mapping) else None
