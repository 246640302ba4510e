"""Who receives a notice: a curated, versioned registry, then the domain's abuse mailbox (RFC 2142).

`data/recipients-<version>.json` holds examples under reserved names; settings.RECIPIENTS_FILE replaces it
with the hotline's own. docs/law.md explains each field.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from django.conf import settings

from disrupt.hotline.cases.categories import Text
from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.takedown.hosts import Place, registrable
from disrupt.hotline.takedown.states import Channel


class BadRegistry(ValueError):
    """The file of recipients cannot be used; the message names what to correct."""


@dataclass(frozen=True)
class Recipient:
    """Whom to write to. An empty address with the channel `form` is a person's task."""

    name: str
    channel: Channel
    address: str
    language: str
    scope: str


@dataclass(frozen=True)
class HostEntry:
    """One line of the curated registry."""

    pattern: str
    recipient: Recipient
    tested: dt.date

    def matches(self, place: Place) -> bool:
        """`*.b.org` is b.org and everything under it; a pattern with a port holds for that port only."""
        pattern, _, port = self.pattern.partition(":") if "[" not in self.pattern else (self.pattern, "", "")
        if port and str(place.port or "") != port:
            return False
        if pattern.startswith("*."):
            return place.host == pattern[2:] or place.host.endswith(pattern[1:])
        return place.host == pattern.strip("[]")


@dataclass(frozen=True)
class Fallback:
    """How an address is derived for a host that the registry does not know."""

    local_part: str
    scope: str
    language: str
    language_by_suffix: Mapping[str, str]

    def recipient(self, place: Place) -> Recipient | None:
        name = registrable(place.host)
        if not name:
            return None
        language = self.language_by_suffix.get(name.rpartition(".")[2], self.language)
        return Recipient(name, Channel.EMAIL, f"{self.local_part}@{name}", language, self.scope)


@dataclass(frozen=True)
class Registry:
    """A version of the registry."""

    version: str
    police: Recipient
    hosts: tuple[HostEntry, ...]
    fallback: Fallback | None
    trusted_flagger: Text | None
    omit_notifier_for: Collection[str]

    def host(self, place: Place) -> Recipient:
        """Who is told that a URL is on their service: the longest pattern that matches, else the fallback."""
        known = [entry for entry in self.hosts if entry.matches(place)]
        if known:
            return max(known, key=lambda entry: len(entry.pattern)).recipient
        derived = self.fallback.recipient(place) if self.fallback else None
        unknown = self.fallback.language if self.fallback else "en"
        return derived or Recipient(place.host or "?", Channel.FORM, "", unknown, "unknown")


def _recipient(raw: Mapping[str, Any], scope: str) -> Recipient:
    channel = Channel(raw["channel"])
    address = raw.get("address", "")
    if channel == Channel.EMAIL:
        check_address(address)
    if raw["language"] not in {"fr", "en"}:
        raise BadRegistry(f"“{raw['name']}”: there is no notice text in the language “{raw['language']}”.")
    return Recipient(raw["name"], channel, address, raw["language"], scope)


def parse(raw: Mapping[str, Any], police_address: str) -> Registry:
    """A registry from its JSON. Raises BadRegistry."""
    try:
        police = dict(raw["police"])
        police["address"] = police.get("address") or police_address
        fallback, flagger = raw.get("fallback"), raw["notifier"].get("trusted_flagger")
        return Registry(
            version=raw["version"],
            police=_recipient(police, "police"),
            hosts=tuple(
                HostEntry(h["pattern"].lower(), _recipient(h, h["scope"]), dt.date.fromisoformat(h["tested"]))
                for h in raw["hosts"]
            ),
            fallback=Fallback(
                fallback["local_part"],
                fallback["scope"],
                fallback["language"],
                dict(fallback.get("language_by_suffix", {})),
            )
            if fallback
            else None,
            trusted_flagger=Text(flagger["fr"], flagger["en"]) if flagger else None,
            omit_notifier_for=frozenset(raw["notifier"].get("omit_for", ())),
        )
    except BadRegistry:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, BadAddress) as error:
        raise BadRegistry(
            f"The file of recipients is not usable ({type(error).__name__}: {error})."
        ) from error


@functools.lru_cache(maxsize=8)
def _load(path: Path | None, modified: int, police_address: str) -> Registry:
    if path is None:
        folder = resources.files("disrupt.hotline.takedown") / "data"
        newest = max((f for f in folder.iterdir() if f.name.startswith("recipients-")), key=lambda f: f.name)
        text = newest.read_text("utf-8")
    else:
        text = path.read_text("utf-8")
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadRegistry(f"The file of recipients is not JSON ({error}).") from error
    return parse(raw, police_address)


def registry() -> Registry:
    """The registry in force; the operator's file is read again when it changes. Raises BadRegistry."""
    path: Path | None = settings.RECIPIENTS_FILE
    try:
        modified = path.stat().st_mtime_ns if path else 0
    except OSError as error:
        raise BadRegistry(f"The file of recipients cannot be read ({error.strerror}).") from error
    return _load(path, modified, settings.PHAROS_EMAIL)
