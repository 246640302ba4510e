"""What an address leads to when it is not simply the page with the picture, and what to do then, in one line.

An invitation, a page of one's own account, a story, a search result, a copy in an archive, a profile, an
application (data/address-kinds.json). The page that a result or a copy is of is read out of the address:
nothing is fetched.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from disrupt.hotline.intake.asking import addresses
from disrupt.hotline.intake.packaged import packaged

_FILE = "address-kinds.json"
# Google's own notation of the page that it kept a copy of: cache:<a few letters>:<address>+<words>
_CACHE = re.compile(r"^cache:(?:[\w-]+:)?(\S+)")
_ONE_SLASH = re.compile(r"^(https?):/(?!/)")


class Kind(enum.StrEnum):
    """What an address leads to."""

    INVITATION = "invitation"
    ACCOUNT = "account"
    STORY = "story"
    RESULTS = "results"
    COPY = "copy"
    WRAPPED = "wrapped"
    APPLICATION = "application"
    PROFILE = "profile"


_WORDS: Mapping[Kind, str | Promise] = {
    Kind.INVITATION: gettext_lazy(
        "An invitation: we cannot look into a group. Say in your words what it is called, and who shares "
        "there."
    ),
    Kind.ACCOUNT: gettext_lazy(
        "This opens on your own account only. Report it in the application too, and say in your words who "
        "sent it."
    ),
    Kind.STORY: gettext_lazy(
        "A story is gone after a day: report it in the application now, and give the address of the account "
        "too."
    ),
    Kind.RESULTS: gettext_lazy(
        "A list of results. Open the one with the picture, and copy that address too."
    ),
    Kind.COPY: gettext_lazy("A copy of a page. If you know the page itself, give its address too."),
    Kind.APPLICATION: gettext_lazy(
        "This only installs an application. Say in your words which account it is."
    ),
    Kind.PROFILE: gettext_lazy(
        "An account. Give the address of the picture itself if you can, or say in your words which one it is."
    ),
}
# Without more from the person, little can be done about these: the page says so before it goes on.
_STOPS = frozenset({Kind.INVITATION, Kind.ACCOUNT, Kind.STORY, Kind.RESULTS, Kind.APPLICATION})


@dataclass(frozen=True)
class Form:
    """Where a search engine is asked to take a result away."""

    name: str
    link: str


@dataclass(frozen=True)
class Hint:
    """One line about an address; `inside` is the page behind it, where the address says it."""

    url: str
    kind: Kind
    words: str
    inside: str = ""
    form: Form | None = None

    @property
    def stops(self) -> bool:
        """Whether it is worth reading before going on."""
        return self.kind in _STOPS and not self.inside


@dataclass(frozen=True)
class _Row:
    kind: Kind
    hosts: re.Pattern[str]
    path: re.Pattern[str]
    inside: tuple[str, ...]


def _host_pattern(names: list[str]) -> re.Pattern[str]:
    each = (re.escape(name).replace(r"\.\*", r"(?:\.[a-z]{2,3}){1,2}") for name in names)
    return re.compile(rf"(?:^|\.)(?:{'|'.join(each)})$")


@functools.cache
def _rows() -> tuple[_Row, ...]:
    def read(row: dict[str, Any]) -> _Row:
        path = re.compile(row.get("path", ""))
        return _Row(Kind(row["kind"]), _host_pattern(row["hosts"]), path, tuple(row.get("inside", ())))

    return tuple(read(row) for row in packaged(_FILE)["kinds"])


@functools.cache
def _forms() -> tuple[tuple[re.Pattern[str], Form], ...]:
    rows = packaged(_FILE)["forms"]["rows"]
    return tuple((_host_pattern(row["hosts"]), Form(row["name"], row["link"])) for row in rows)


def hint(url: str) -> Hint | None:
    """What to say of a clean address; None where it may well be the page with the picture."""
    parts = urlsplit(url)
    host = (parts.hostname or "").rstrip(".").removeprefix("www.")
    for row in _rows():
        found = row.path.search(parts.path) if row.hosts.search(host) else None
        if found is None:
            continue
        inside = _inside(row, found, parts.query, url)
        if row.kind == Kind.WRAPPED and not inside:
            continue
        form = None
        if row.kind in {Kind.RESULTS, Kind.COPY}:
            form = next((form for hosts, form in _forms() if hosts.search(host)), None)
        words = (
            _("The page behind it is taken along: %(page)s") % {"page": inside}
            if inside
            else str(_WORDS[row.kind])
        )
        return Hint(url, row.kind, words, inside, form)
    return None


def _inside(row: _Row, found: re.Match[str], query: str, url: str) -> str:
    """The address of the page itself, if it can be read out of this one."""
    named = found.groupdict().get("inside")
    held = parse_qs(query)
    candidates = [named + (f"?{query}" if query else "")] if named else []
    candidates += [held[name][0] for name in row.inside if name in held]
    for candidate in candidates:
        cached = _CACHE.match(candidate)
        try:
            text = _ONE_SLASH.sub(r"\1://", cached[1] if cached else candidate)
            page = addresses.clean(text)
        except addresses.NotAnAddress:
            continue
        if page != url:
            return page
    return ""


def with_pages(urls: list[str]) -> list[str]:
    """The addresses, each followed by the page behind it; of one that only leads there, the page instead."""
    found: list[str] = []
    for url in urls:
        said = hint(url)
        if said is None or said.kind != Kind.WRAPPED:
            found.append(url)
        if said is not None and said.inside:
            found.append(said.inside)
    return found


@functools.cache
def _applications() -> tuple[tuple[str, re.Pattern[str]], ...]:
    rows = packaged(_FILE)["applications"].items()
    return tuple(
        (name, re.compile(rf"\b(?:{'|'.join(map(re.escape, said))})\b", re.I)) for name, said in rows
    )


def application(text: str) -> str:
    """The application that a line of words names, or ""."""
    return next((name for name, pattern in _applications() if pattern.search(text)), "")
