"""Who receives a notice: a curated, versioned registry; for a host that it does not know, a person looks.

`data/recipients-<version>.json` holds examples under reserved names; settings.RECIPIENTS_FILE replaces it
with the hotline's own, and a row that was changed on a page wins. docs/law.md explains each field. Whoever
runs a site may be the abuser: its own mailbox (`abuse@`, RFC 2142) is written to only where the hotline's
file says so.
"""

from __future__ import annotations

import datetime as dt
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
from disrupt.hotline.common.outbound import BadAddress, check_address
from disrupt.hotline.common.sites import registrable
from disrupt.hotline.takedown import packaged
from disrupt.hotline.takedown.hosts import Place
from disrupt.hotline.takedown.notices import languages
from disrupt.hotline.takedown.states import Channel

# What Regulation (EU) 2022/2065 makes of a service. Who owes a trusted flagger priority (Art. 22) is an
# online platform that is neither micro nor small: no bare host, registrar or small forum.
TIERS = ("none", "host", "small_platform", "platform", "vlop", "vlose")
OWES_PRIORITY = frozenset({"platform", "vlop", "vlose"})
MOST_AT_ONCE, USUAL_AT_ONCE = 250, 50
# What a file for an authority or a lawyer is written in (`data/complaint-*.json`).
_FILES_IN = frozenset({"fr", "en"})
# Messages to one mail domain in an hour; help desks set aside what comes faster.
USUAL_AN_HOUR = 20
# So long a way that was tested counts as known, where the line itself does not say until when.
TESTED_FOR = dt.timedelta(days=180)


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
    tier: str = "none"
    bulk_max: int = USUAL_AT_ONCE
    others: tuple[str, ...] = ()
    per_hour: int = USUAL_AN_HOUR
    form: str = ""
    take_down: str = ""
    xarf: bool = False
    flagger: str = ""
    appeal: str = ""


@dataclass(frozen=True)
class Flagger:
    """The hotline's designation as a trusted flagger: in what words, and for which categories."""

    words: Text
    areas: Collection[str]


@dataclass(frozen=True)
class HostEntry:
    """One line of the curated registry."""

    pattern: str
    recipient: Recipient
    tested: dt.date
    expires: dt.date
    own: bool = False
    """Changed on a page."""

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


_NOTHING_SAID = Fallback("en", {})


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

    def host(self, place: Place) -> Recipient:
        """Who is told that a URL is on their service: the longest pattern that matches, else the fallback."""
        known = [one for one in self.hosts if one.matches(place)]
        if known:
            return max(known, key=lambda one: len(one.pattern)).recipient
        return self.fallback.recipient(place)

    def flagger_towards(self, place: Place, address: str, category: str) -> Flagger | None:
        """The designation, where it holds: in its areas, and towards a platform that owes it priority."""
        flagger, who = self.trusted_flagger, self.host(place)
        holds = flagger is not None and category in flagger.areas and who.tier in OWES_PRIORITY
        return flagger if holds and address in {who.address, who.flagger} else None


def _recipient(raw: Mapping[str, Any], scope: str) -> Recipient:
    channel = Channel(raw["channel"])
    address = raw.get("address", "")
    if channel == Channel.EMAIL:
        check_address(address)
    if channel == Channel.GUARD and not address.startswith(("https://", "http://")):
        raise BadRegistry(f"“{raw['name']}”: the address of a guard is its site's, https://…")
    if raw["language"] not in languages.known():
        raise BadRegistry(f"“{raw['name']}”: there is no notice text in the language “{raw['language']}”.")
    tier, bulk_max = raw.get("dsa_tier", "none"), raw.get("bulk_max", USUAL_AT_ONCE)
    if tier not in TIERS:
        raise BadRegistry(f"“{raw['name']}”: dsa_tier is one of {', '.join(TIERS)}, not “{tier}”.")
    if not (isinstance(bulk_max, int) and 1 <= bulk_max <= MOST_AT_ONCE):
        raise BadRegistry(f"“{raw['name']}”: bulk_max is a number from 1 to {MOST_AT_ONCE}.")
    form = raw.get("form", "")
    if not isinstance(form, str) or (form and not form.startswith("https://")):
        raise BadRegistry(f"“{raw['name']}”: form is the address of the recipient's form, https://…")
    per_hour = raw.get("per_hour", 0 if scope == "police" else USUAL_AN_HOUR)
    if not (isinstance(per_hour, int) and per_hour >= 0):
        raise BadRegistry(f"“{raw['name']}”: per_hour is a number; 0 where there is no limit.")
    others = tuple(check_address(other) for other in raw.get("others", ()))
    name, language, take_down = raw["name"], raw["language"], raw.get("take_down", "")
    if take_down:
        check_address(take_down)
    return Recipient(
        name, channel, address, language, scope, tier, bulk_max, others, per_hour, form, take_down,
        raw.get("xarf") is True, _mail(raw, "flagger"), _mail(raw, "appeal"),
    )  # fmt: skip


def _mail(raw: Mapping[str, Any], key: str) -> str:
    return check_address(raw[key]) if raw.get(key) else ""


def _known(raw: Mapping[str, Any], name: str) -> Recipient | None:
    """Somebody who is the same whatever the address is; None where the file does not name them."""
    if not raw.get(name):
        return None
    if raw[name]["language"] not in _FILES_IN:
        raise BadRegistry(f"“{name}”: the file for them is written in French or English only.")
    return _recipient(raw[name], name)


def _engine(raw: Mapping[str, Any]) -> Engine:
    form = raw.get("form", "")
    if form and not form.startswith("https://"):
        raise BadRegistry(f"“{raw['name']}”: form is the address of the search engine's form, https://…")
    if raw["language"] not in languages.known():
        raise BadRegistry(f"“{raw['name']}”: there is no text in the language “{raw['language']}”.")
    return Engine(raw["name"], form, raw["language"], *_dates(raw))


def _dates(raw: Mapping[str, Any]) -> tuple[dt.date | None, dt.date | None]:
    """When a way was tested, and until when that counts; None: never."""
    said = raw.get("tested_on") or raw.get("tested")
    tested = dt.date.fromisoformat(said) if said else None
    until = raw.get("expires_on")
    if until:
        return tested, dt.date.fromisoformat(until)
    return tested, tested + TESTED_FOR if tested else None


def entry(raw: Mapping[str, Any]) -> HostEntry:
    """A line of the registry from its JSON. Raises BadRegistry, BadAddress, KeyError."""
    tested, expires = _dates(raw)
    if tested is None or expires is None:
        raise BadRegistry(f"“{raw['pattern']}”: tested_on says when somebody last tried this way.")
    return HostEntry(raw["pattern"].lower(), _recipient(raw, raw["scope"]), tested, expires)


def _fallback(raw: Mapping[str, Any] | None) -> Fallback:
    if not raw:
        return _NOTHING_SAID
    return Fallback(
        raw["language"],
        dict(raw.get("language_by_suffix", {})),
        raw.get("tell_operator") is True,
        raw.get("local_part", "abuse"),
    )


def parse(raw: Mapping[str, Any], police_address: str) -> Registry:
    """A registry from its JSON. Raises BadRegistry."""
    try:
        police = dict(raw["police"])
        police["address"] = police.get("address") or police_address
        flagger = raw["notifier"].get("trusted_flagger")
        return Registry(
            version=raw["version"],
            police=_recipient(police, "police"),
            hosts=tuple(map(entry, raw["hosts"])),
            fallback=_fallback(raw.get("fallback")),
            trusted_flagger=Flagger(Text(flagger["fr"], flagger["en"]), frozenset(flagger.get("areas", ())))
            if flagger
            else None,
            omit_notifier_for=frozenset(raw["notifier"].get("omit_for", ())),
            search=tuple(map(_engine, raw.get("search", ()))),
            regulator=_known(raw, "regulator"),
            prosecutor=_known(raw, "prosecutor"),
            counsel=_known(raw, "counsel"),
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


def registry() -> Registry:
    """The registry in force: the file, and the rows that were changed on a page. Raises BadRegistry."""
    known, changed = from_file(), amendments.of(Kind.HOST)
    if not changed:
        return known
    kept = [one for one in known.hosts if one.pattern not in changed]
    own = [replace(entry(raw), own=True) for raw in changed.values() if not raw.get("off")]
    return replace(known, hosts=tuple(kept + own))


def from_file() -> Registry:
    """The file's; the operator's is read again when it changes. Raises BadRegistry."""
    path: Path | None = settings.RECIPIENTS_FILE
    try:
        modified = path.stat().st_mtime_ns if path else 0
    except OSError as error:
        raise BadRegistry(f"The file of recipients cannot be read ({error.strerror}).") from error
    return _load(path, modified, settings.PHAROS_EMAIL)
