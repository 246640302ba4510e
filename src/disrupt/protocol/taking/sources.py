"""The file that says which other lists a hotline takes in, and by which rules; who fetches reads it too.

docs/federation.md explains each member.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from disrupt.protocol.feed import KINDS, ORIGINS

PROTOCOLS = ("disrupt", "stopncii", "ncmec", "threatexchange")
ALL_OTHERS = "*"
MOST_ENTRIES = 1_000_000
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
ASIDE, STAYS = "aside", "stays"
_RULES = ("pass_on", "minors", "origins", "kinds", "quality", "categories", "most", "on_dispute")
_MEMBERS = {"name", "protocol", "url", "key_file", "log_keys", "group", *_RULES}


class BadSources(ValueError):
    """The file of sources cannot be used; the message names what to correct."""


@dataclass(frozen=True)
class Rules:
    """What of a list is taken in.

    `pass_on`: that hotline allows us to offer its entries to our partners; without it they are counted, and
    nothing of them is kept. `categories`: their codes and ours, `*` for all others. `quality`: of a hash, at
    least. `most`: so many entries of this source. `on_dispute`: what a partner disputes is set aside until a
    person has decided, or stays meanwhile.
    """

    pass_on: bool = False
    minors: bool = False
    origins: frozenset[str] = frozenset({"examined"})
    kinds: frozenset[str] = frozenset(KINDS)
    quality: int = 50
    categories: Mapping[str, str] = field(default_factory=dict)
    most: int = MOST_ENTRIES
    on_dispute: str = ASIDE

    def as_json(self) -> dict[str, Any]:
        # Named only where it is not as it always was: rules that stay the same keep their mark.
        dispute = {} if self.on_dispute == ASIDE else {"on_dispute": self.on_dispute}
        return dispute | {
            "pass_on": self.pass_on,
            "minors": self.minors,
            "origins": sorted(self.origins),
            "kinds": sorted(self.kinds),
            "quality": self.quality,
            "categories": dict(sorted(self.categories.items())),
            "most": self.most,
        }

    @property
    def mark(self) -> str:
        """Differs where what is taken in may."""
        return hashlib.sha256(json.dumps(self.as_json(), sort_keys=True).encode()).hexdigest()

    def category(self, theirs: str) -> str:
        """Ours for one of theirs; empty where nothing of it is taken in."""
        return self.categories.get(theirs, self.categories.get(ALL_OTHERS, ""))


@dataclass(frozen=True)
class Source:
    """One other list; its name is that of its folder."""

    name: str
    url: str
    key_file: Path
    protocol: str = "disrupt"
    log_keys: tuple[str, ...] = ()
    group: int = 0
    """The privacy group, of ThreatExchange."""
    rules: Rules = field(default_factory=Rules)


def read_file(path: Path) -> tuple[Source, ...]:
    """The sources of this file. Raises BadSources, also where it cannot be read."""
    try:
        raw = json.loads(path.read_bytes())
    except OSError as error:
        raise BadSources(f"{path}: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        raise BadSources(f"{path} is not JSON.") from None
    return read_sources(raw)


def read_sources(raw: object) -> tuple[Source, ...]:
    """The sources of a file's JSON value. Raises BadSources."""
    rows = raw.get("sources") if isinstance(raw, Mapping) and set(raw) == {"sources"} else None
    if not isinstance(rows, list):
        raise BadSources("The file is one object with a list of sources.")
    found = tuple(_source(row) for row in rows)
    if len({one.name for one in found}) != len(found):
        raise BadSources("Two sources have one name.")
    return found


def _source(row: object) -> Source:
    if not isinstance(row, Mapping):
        raise BadSources("A source is an object.")
    name, url, key_file = row.get("name"), row.get("url"), row.get("key_file")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadSources(f"A source has a name of a-z, 0-9 and -, not {str(name)[:80]!r}.")
    unknown = sorted(set(row) - _MEMBERS)
    _need(not unknown, name, f"there is no {', '.join(map(str, unknown))[:80]}")
    _need(isinstance(url, str) and url != "", name, "url is the address of its exchange")
    _need(isinstance(key_file, str) and key_file != "", name, "key_file is where our key for it is")
    protocol, keys = row.get("protocol", "disrupt"), _words(row, "log_keys", (), name)
    _need(protocol in PROTOCOLS, name, f"protocol is one of {', '.join(PROTOCOLS)}")
    _need(all(_HEX64.fullmatch(key) for key in keys), name, "a log key is 64 hexadecimal digits")
    group = row.get("group", 0)
    _need(
        type(group) is int and (group > 0) == (protocol == "threatexchange"),
        name,
        "group is its number there",
    )
    return Source(name, str(url), Path(str(key_file)), protocol, tuple(keys), group, _rules(row, name))


def _rules(row: Mapping[str, Any], name: str) -> Rules:
    origins, kinds = _words(row, "origins", ("examined",), name), _words(row, "kinds", KINDS, name)
    _need(set(origins) <= set(ORIGINS), name, f"the origins are {', '.join(ORIGINS)}")
    _need(set(kinds) <= set(KINDS), name, f"the kinds are {', '.join(KINDS)}")
    categories = row.get("categories", {})
    good = isinstance(categories, Mapping) and all(
        isinstance(word, str) and (word == ALL_OTHERS or _CODE.fullmatch(word))
        for pair in categories.items()
        for word in pair
    )
    _need(good and ALL_OTHERS not in categories.values(), name, "categories are their codes and ours")
    flags = {flag: row.get(flag, False) for flag in ("pass_on", "minors")}
    _need(
        all(isinstance(value, bool) for value in flags.values()), name, "pass_on and minors are true or false"
    )
    quality, most = row.get("quality", 50), row.get("most", MOST_ENTRIES)
    _need(type(quality) is int and 50 <= quality <= 100, name, "quality is from 50 to 100")
    _need(type(most) is int and 0 <= most <= 10**9, name, "most is a number of entries")
    dispute = row.get("on_dispute", ASIDE)
    _need(dispute in (ASIDE, STAYS), name, f"on_dispute is {ASIDE} or {STAYS}")
    return Rules(
        origins=frozenset(origins), kinds=frozenset(kinds), quality=quality, categories=categories, most=most,
        on_dispute=dispute, **flags,
    )  # fmt: skip


def _words(row: Mapping[str, Any], member: str, default: tuple[str, ...], name: str) -> tuple[str, ...]:
    value = row.get(member, list(default))
    _need(isinstance(value, list) and all(isinstance(one, str) for one in value), name, f"{member} is a list")
    return tuple(value)


def _need(good: bool, name: str, wanted: str) -> None:
    if not good:
        raise BadSources(f"{name}: {wanted}.")
