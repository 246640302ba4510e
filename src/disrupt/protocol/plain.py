"""Additions of pictures, which are nearly all changes of a feed, read and proven in bulk.

The same rules as in feed.py and the same leaves as in signed_log.py (a test compares them), for a first fetch
of millions: what is not plainly right is given to feed.py, which says what is wrong.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple

from disrupt.protocol import feed
from disrupt.protocol.feed import DERIVED, ROLES, Added, Change, Malformed, PdqPrint
from disrupt.protocol.signed_log import SALT

_NAMES = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12} [0-9a-f]{64}(?: [0-9a-f]{32})?")
_HEX64, _HEX = re.compile(r"[0-9a-f]{64}"), re.compile(r"[0-9a-f]*")
_IDS = re.compile(r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})*")
_MEMBERS = itemgetter(
    "seq", "at", "id", "sha256", "md5", "pdq", "kind", "category", "origin", "minors", "jurisdiction"
)
_PRINT = itemgetter("hex", "quality", "role")
_ROLES = frozenset(ROLES)
_NO_PARTS = b"[]"


class About(NamedTuple):
    """What many additions have in common; each word is one of the feed's."""

    kind: str
    category: str
    origin: str
    minors: str | None
    jurisdiction: str | None


class Plain(NamedTuple):
    """The addition of a picture; every value was checked."""

    seq: int
    at: str
    about: About
    id: str
    sha256: str
    md5: str | None
    pdq: list[tuple[str, int, str]]
    proof: Mapping[str, Any] | None
    vpdq: tuple[()] = ()

    def added(self) -> Added:
        """The same, as one change among others."""
        words = self.about._asdict()
        return Added(
            self.seq,
            feed.time_of(self.at),
            self.id,
            sha256=self.sha256,
            md5=self.md5,
            pdq=tuple(PdqPrint(*one) for one in self.pdq),
            proof=self.proof,
            **words,
        )

    def leaf(self) -> bytes | None:
        """The hash of its leaf in the log; None where what that takes was not sent."""
        proof = self.proof or {}
        try:
            salt, other = bytes.fromhex(proof.get("salt", "")), bytes.fromhex(proof.get("parts_salt", ""))
        except (TypeError, ValueError):
            return None
        rest = [one for one in self.pdq if one[2] == DERIVED]
        whole = [one for one in self.pdq if one[2] != DERIVED] if rest else self.pdq
        if len(salt) != SALT or (rest and not other):
            return None
        kind, category, origin, minors, jurisdiction = self.about
        entry = (
            f'{{"category":"{category}","id":"{self.id}","jurisdiction":{word_of(jurisdiction)},"kind":"{kind}",'
            f'"md5":{word_of(self.md5)},"minors":{word_of(minors)},"origin":"{origin}","pdq":{_prints(whole)},'
            f'"sha256":"{self.sha256}","vpdq":[]}}'
        )
        content = hashlib.sha256(salt + entry.encode()).hexdigest()
        if other:
            parts = hashlib.sha256(other + (_prints(rest).encode() if rest else _NO_PARTS)).hexdigest()
        else:
            parts = str(proof.get("parts", ""))
            if parts and not _HEX64.fullmatch(parts):
                return None
        leaf = (
            f'{{"action":"added","at":"{stamp_of(self.at)}","content":"{content}","id":"{self.id}",'
            f'"parts":"{parts}","seq":{self.seq}}}'
        )
        return hashlib.sha256(b"\x00" + leaf.encode()).digest()


@dataclass(frozen=True, slots=True)
class BulkPage:
    """A page as `feed.Page`, most of its changes plain."""

    changes: Sequence[Plain | Change | Malformed]
    next: int
    last: int
    more: bool
    log: Mapping[str, Any] | None = None


def read_bulk_page(raw: object) -> BulkPage:
    """A page from its JSON value. Raises NotAFeed."""
    plain = iter(_together(raw.get("changes")) if isinstance(raw, Mapping) else [])
    changes, next_, last, more, log = feed.read_page(raw, lambda one: next(plain, None) or _read(one))
    return BulkPage(tuple(changes), next_, last, more, log)


def _together(items: object) -> list[Plain | None]:
    """The plain ones of a page's changes, each in its place; nothing where one of them is odd.

    All values of a kind are checked at once, which takes a third of the time.
    """
    try:
        if type(items) is not list:
            return []
        places = [n for n, raw in enumerate(items) if raw["action"] == "added" and raw["vpdq"] == []]
        found = _plains([items[n] for n in places])
    except (TypeError, KeyError):
        return []
    made: list[Plain | None] = [None] * len(items)
    for place, plain in zip(places, found, strict=False):
        made[place] = plain
    return made


def _plains(items: list[Any]) -> list[Plain]:
    """Additions of pictures; none where one of them is odd. Raises KeyError, TypeError for one that is."""
    if not items:
        return []
    seqs, times, ids, digests, md5s, prints, *words = zip(*map(_MEMBERS, items), strict=True)
    kinds = [*zip(*words, strict=True)]
    abouts = {one: about_of(*one) for one in set(kinds)}
    hashes = [_PRINT(one) for some in prints for one in some]
    texts, qualities, roles = zip(*hashes, strict=True) if hashes else ((), (), ())
    good = (
        None not in abouts.values()
        and all(type(at) is str and stamp_of(at) for at in set(times))
        and set(map(len, ids)) == {36}
        and _IDS.fullmatch("".join(ids))
        and _are_hex(digests, 64)
        and _are_hex([md5 for md5 in md5s if md5 is not None], 32)
        and set(map(type, prints)) == {list}
        and _are_hex(texts, 64)
        and set(map(type, qualities)) <= {int}
        and all(0 <= quality <= 100 for quality in set(qualities))
        and _ROLES.issuperset(roles)
    )
    if not good:
        return []
    proofs = [proof if type(proof := raw.get("proof")) is dict else None for raw in items]
    each = iter(hashes)
    pdq = [[*islice(each, len(some))] for some in prints]
    about = [found for one in kinds if (found := abouts[one])]
    return [*map(Plain, seqs, times, about, ids, digests, md5s, pdq, proofs)]


def _are_hex(texts: Collection[str], length: int) -> bool:
    """Raises TypeError where one is no text."""
    return set(map(len, texts)) <= {length} and _HEX.fullmatch("".join(texts)) is not None


def _read(raw: object) -> Plain | Change:
    """Raises BadChange."""
    try:
        plain = _plain(raw)
    except (TypeError, KeyError):
        plain = None
    return feed.parse_change(raw) if plain is None else plain


def _plain(raw: object) -> Plain | None:
    """A change that is plainly a picture's addition. Raises KeyError, TypeError where it is plainly none."""
    if type(raw) is not dict or raw["action"] != "added" or raw["vpdq"] != [] or type(raw["pdq"]) is not list:
        return None
    if raw.get("came") is not None:
        return None
    md5, at, proof = raw["md5"], raw["at"], raw.get("proof")
    names = (raw["id"], raw["sha256"]) if md5 is None else (raw["id"], raw["sha256"], md5)
    words = (raw["kind"], raw["category"], raw["origin"], raw.get("minors"), raw.get("jurisdiction"))
    about = about_of(*words)
    if about is None or type(at) is not str or not stamp_of(at) or not _NAMES.fullmatch(" ".join(names)):
        return None
    if len(names) == 2 and len(names[1]) != 64:
        return None
    pdq = []
    for one in raw["pdq"]:
        hexadecimal, quality, role = one["hex"], one["quality"], one["role"]
        if (
            not _HEX64.fullmatch(hexadecimal)
            or type(quality) is not int
            or not 0 <= quality <= 100
            or role not in _ROLES
        ):
            return None
        pdq.append((hexadecimal, quality, role))
    return Plain(
        raw["seq"], at, about, raw["id"], raw["sha256"], md5, pdq, proof if type(proof) is dict else None
    )


@lru_cache(4096)
def about_of(
    kind: str, category: str, origin: str, minors: str | None, jurisdiction: str | None
) -> About | None:
    """These words, if feed.py takes them and they are a picture's."""
    try:
        Added(
            1, feed.time_of("2026-01-01T00:00:00Z"), "0" * 8 + "-0000" * 3 + "-" + "0" * 12, kind, category,
            origin, "0" * 64, None, minors=minors, jurisdiction=jurisdiction,
        )  # fmt: skip
    except feed.BadChange:
        return None
    return About(kind, category, origin, minors, jurisdiction) if kind == "image" else None


@lru_cache(1024)
def stamp_of(at: str) -> str:
    """A time in its one spelling; empty where it is none."""
    try:
        moment = feed.time_of(at)
    except ValueError:
        return ""
    return feed.stamp(moment) if moment.tzinfo is not None else ""


def word_of(value: str | None) -> str:
    """A word, or none, as JSON."""
    return "null" if value is None else f'"{value}"'


def _prints(pdq: list[tuple[str, int, str]]) -> str:
    rows = [f'{{"hex":"{text}","quality":{quality},"role":"{role}"}}' for text, quality, role in pdq]
    return f"[{','.join(rows)}]"
