"""Who receives a notice: a curated, versioned registry; for a host that it does not know, a person looks.

`data/recipients-<version>.json` holds examples under reserved names; settings.RECIPIENTS_FILE replaces it
with the hotline's own, and a row that was changed on a page wins. docs/law.md explains each field. Whoever
runs a site may be the abuser: its own mailbox (`abuse@`, RFC 2142) is written to only where the hotline's
file says so.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings

from disrupt.hotline.cases.categories import Text
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.common.outbound import BadAddress
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.hosts import Place
from disrupt.hotline.takedown.notices import languages
from disrupt.hotline.takedown.registry import reading
from disrupt.hotline.takedown.registry.lines import (
    MOST_AT_ONCE,
    OWES_PRIORITY,
    USUAL_AN_HOUR,
    USUAL_AT_ONCE,
    BadRegistry,
    Engine,
    Fallback,
    Flagger,
    HostEntry,
    Recipient,
)

__all__ = [
    "MOST_AT_ONCE",
    "USUAL_AN_HOUR",
    "USUAL_AT_ONCE",
    "BadRegistry",
    "Flagger",
    "Recipient",
    "Registry",
    "parse",
    "registry",
]


@dataclass(frozen=True)
class Registry:
    """A version of the registry."""

    version: str
    police: Recipient
    hosts: tuple[HostEntry, ...]
    fallback: Fallback
    trusted_flagger: Flagger | None
    omit_notifier_for: Collection[str]
    search: tuple[Engine, ...] = ()
    regulator: Recipient | None = None
    prosecutor: Recipient | None = None
    counsel: Recipient | None = None

    def entry(self, place: Place) -> HostEntry | None:
        """The line of a place: the longest pattern that matches; None where no line does."""
        known = [entry for entry in self.hosts if entry.matches(place)]
        return max(known, key=lambda entry: len(entry.pattern)) if known else None

    def host(self, place: Place, category: str = "") -> Recipient:
        """Who is told that a URL is on their service: by the way for its category, else by the fallback."""
        entry = self.entry(place)
        return entry.to(category) if entry else self.fallback.recipient(place)

    def way_to(self, place: Place, address: str) -> Recipient | None:
        """The way of a place's line that leads to an address; None where none does."""
        entry = self.entry(place)
        return next((way for way in entry.ways if way.address == address), None) if entry else None

    def flagger_towards(self, place: Place, address: str, category: str) -> Flagger | None:
        """The designation, where it holds: in its areas, and towards a platform that owes it priority."""
        flagger, who = self.trusted_flagger, self.host(place, category)
        holds = flagger is not None and category in flagger.areas and who.tier in OWES_PRIORITY
        known = {who.address, who.flagger} | ({""} if who.flagger_form else set())
        return flagger if holds and address in known else None


def parse(raw: Mapping[str, Any], police_address: str) -> Registry:
    """A registry from its JSON. Raises BadRegistry, BadLanguage."""
    try:
        police = dict(raw["police"])
        police["address"] = police.get("address") or police_address
        flagger = raw["notifier"].get("trusted_flagger")
        return Registry(
            version=raw["version"],
            police=reading.recipient(police, "police"),
            hosts=tuple(map(reading.entry, raw["hosts"])),
            fallback=reading.fallback(raw.get("fallback")),
            trusted_flagger=Flagger(Text(flagger["fr"], flagger["en"]), frozenset(flagger.get("areas", ())))
            if flagger
            else None,
            omit_notifier_for=frozenset(raw["notifier"].get("omit_for", ())),
            search=tuple(map(reading.engine, raw.get("search", ()))),
            regulator=reading.authority(raw, "regulator"),
            prosecutor=reading.authority(raw, "prosecutor"),
            counsel=reading.authority(raw, "counsel"),
        )
    except (BadRegistry, languages.BadLanguage):
        raise
    except (KeyError, TypeError, ValueError, AttributeError, BadAddress) as error:
        raise BadRegistry(
            f"The file of recipients is not usable ({type(error).__name__}: {error})."
        ) from error


@functools.lru_cache(maxsize=8)
def _load(path: Path | None, modified: int, police_address: str) -> Registry:
    if path is None:
        text = packaged.versions_of("recipients")[-1]
    else:
        text = path.read_text("utf-8")
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadRegistry(f"The file of recipients is not JSON ({error}).") from error
    return parse(raw, police_address)


@dataclass(frozen=True)
class _Made:
    """The registry in force as it was made last, and from what."""

    file: Registry
    changed: Mapping[str, Mapping[str, Any]]
    registry: Registry


_made: list[_Made] = []


def registry() -> Registry:
    """The registry in force: the file, and the rows that were changed on a page. Raises BadRegistry."""
    known, changed = from_file(), amendments.of(Kind.HOST)
    if not changed:
        return known
    made = _made[-1] if _made else None
    # The rows are read anew each second: what they say, and not which they are, counts.
    if made is None or made.file is not known or made.changed != changed:
        kept = [one for one in known.hosts if one.pattern not in changed]
        own = [replace(reading.entry(raw), own=True) for raw in changed.values() if not raw.get("off")]
        made = _Made(known, changed, replace(known, hosts=tuple(kept + own)))
        _made[:] = [made]
    return made.registry


def from_file() -> Registry:
    """The file's; the operator's is read again when it changes. Raises BadRegistry."""
    path: Path | None = settings.RECIPIENTS_FILE
    try:
        modified = path.stat().st_mtime_ns if path else 0
    except OSError as error:
        raise BadRegistry(f"The file of recipients cannot be read ({error.strerror}).") from error
    return _load(path, modified, settings.PHAROS_EMAIL)
