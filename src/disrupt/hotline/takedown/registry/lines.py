"""What a line of the registry says: who, by which ways, how its service speaks and is called on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from disrupt.hotline.cases.categories import Text
from disrupt.hotline.common.outbound.pace import Manner
from disrupt.hotline.common.sites import registrable
from disrupt.hotline.takedown.hosts import Place
from disrupt.hotline.takedown.states import CLOUDFLARE_ADULTS, CLOUDFLARE_MINORS, Channel

# What Regulation (EU) 2022/2065 makes of a service. Who owes a trusted flagger priority (Art. 22) is an
# online platform that is neither micro nor small: no bare host, registrar or small forum.
TIERS = ("none", "host", "small_platform", "platform", "vlop", "vlose")
OWES_PRIORITY = frozenset({"platform", "vlop", "vlose"})
MOST_AT_ONCE, USUAL_AT_ONCE = 250, 50
# Messages to one mail domain in an hour; help desks set aside what comes faster.
USUAL_AN_HOUR = 20
# So long a way that was tested counts as known, where the line itself does not say until when.
TESTED_FOR = dt.timedelta(days=180)
_CLOUDFLARE = CLOUDFLARE_ADULTS | CLOUDFLARE_MINORS | {""}


class BadRegistry(ValueError):
    """The file of recipients cannot be used; the message names what to correct."""


@dataclass(frozen=True)
class Habits:
    """How a service answers, shows that something is gone or behind a sign-in, and wants to be called on.

    `receipts`: words of its mails that confirm a receipt; `removals`: words that say that it acted;
    `gone_signs`, `login_signs`: words of its pages; of a sign-in also the beginning of a path (“/login”). All
    in lower case.
    """

    receipts: tuple[str, ...] = ()
    removals: tuple[str, ...] = ()
    gone_signs: tuple[str, ...] = ()
    login_signs: tuple[str, ...] = ()
    manner: Manner | None = None


@dataclass(frozen=True)
class Recipient:
    """Whom to write to, by one way. An empty address with the channel `form` is a person's task."""

    name: str
    channel: Channel
    address: str
    language: str
    scope: str
    tier: str = "none"
    bulk_max: int = USUAL_AT_ONCE
    others: tuple[str, ...] = ()
    per_hour: int = USUAL_AN_HOUR
    form: str = ""
    take_down: str = ""
    xarf: bool = False
    flagger: str = ""
    flagger_form: str = ""
    appeal: str = ""
    for_category: frozenset[str] = frozenset()
    needs_login: bool = False
    fields: tuple[str, ...] = ()
    habits: Habits = field(default_factory=Habits)

    def takes(self, category: str) -> bool:
        """Whether this way is for notices of a category; "" is any."""
        if self.channel == Channel.CLOUDFLARE and category not in _CLOUDFLARE:
            return False
        return not self.for_category or category in self.for_category


@dataclass(frozen=True)
class Flagger:
    """The hotline's designation as a trusted flagger: in what words, and for which categories."""

    words: Text
    areas: Collection[str]


@dataclass(frozen=True)
class HostEntry:
    """One line of the curated registry: its ways in the order in which they are tried."""

    pattern: str
    ways: tuple[Recipient, ...]
    tested: dt.date
    expires: dt.date
    own: bool = False
    """Changed on a page."""
    raw: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    """As it was read, for the page on which it is changed."""

    @property
    def recipient(self) -> Recipient:
        """By the first way."""
        return self.ways[0]

    def to(self, category: str) -> Recipient:
        """By the first way that takes a category; by the first of all where none does.

        An interface that has no place for it is no way at all: then a person finds one.
        """
        first = next((way for way in self.ways if way.takes(category)), self.ways[0])
        has_no_place = first.channel == Channel.CLOUDFLARE and not first.takes(category)
        return replace(first, channel=Channel.FORM) if has_no_place else first

    def matches(self, place: Place) -> bool:
        """`*.b.org` is b.org and everything under it; a pattern with a port holds for that port only."""
        pattern, _, port = self.pattern.partition(":") if "[" not in self.pattern else (self.pattern, "", "")
        if port and str(place.port or "") != port:
            return False
        if pattern.startswith("*."):
            return place.host == pattern[2:] or place.host.endswith(pattern[1:])
        return place.host == pattern.strip("[]")


@dataclass(frozen=True)
class Engine:
    """A search engine: the form in which a person asks it to leave something out; `tested`: None, never."""

    name: str
    form: str
    language: str
    tested: dt.date | None
    expires: dt.date | None


@dataclass(frozen=True)
class Fallback:
    """What is done about a host that the registry does not know: a person's task, in a likely language."""

    language: str
    language_by_suffix: Mapping[str, str]
    tell_operator: bool = False
    local_part: str = "abuse"

    def recipient(self, place: Place) -> Recipient:
        name = registrable(place.host)
        language = self.language_by_suffix.get(place.host.rpartition(".")[2], self.language)
        if name and self.tell_operator:
            return Recipient(name, Channel.EMAIL, f"{self.local_part}@{name}", language, "operator")
        return Recipient(name or place.host or "?", Channel.FORM, "", language, "unknown")
