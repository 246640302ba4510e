"""The lines of the registry, read from JSON: what cannot be used is refused by name (docs/law.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from disrupt.hotline.common.outbound import check_address
from disrupt.hotline.common.outbound.pace import Manner
from disrupt.hotline.takedown.notices import languages
from disrupt.hotline.takedown.registry.lines import (
    MOST_AT_ONCE,
    TESTED_FOR,
    TIERS,
    USUAL_AN_HOUR,
    USUAL_AT_ONCE,
    BadRegistry,
    Engine,
    Fallback,
    Habits,
    HostEntry,
    Recipient,
)
from disrupt.hotline.takedown.states import Channel

# What a file for an authority or a lawyer is written in (`data/complaint-*.json`).
_FILES_IN = frozenset({"fr", "en"})
KINDS = {
    "email": Channel.EMAIL,
    "form": Channel.FORM,
    "portal": Channel.FORM,
    "guard": Channel.GUARD,
    "cloudflare": Channel.CLOUDFLARE,
}
# What stands with a way, and not with its line.
_OF_A_WAY = frozenset(
    {"channel", "address", "form", "for_category", "bulk_max", "per_hour", "fields", "needs_login", "xarf"}
)  # fmt: skip


def recipient(raw: Mapping[str, Any], scope: str) -> Recipient:
    """Whom to write to, by one way. Raises BadRegistry, BadAddress, KeyError, ValueError."""
    name, channel, address = raw["name"], Channel(raw["channel"]), raw.get("address", "")
    if channel == Channel.EMAIL:
        check_address(address)
    if channel == Channel.GUARD and not address.startswith(("https://", "http://")):
        raise BadRegistry(f"“{name}”: the address of a guard is its site's, https://…")
    tier, bulk_max = raw.get("dsa_tier", "none"), raw.get("bulk_max", USUAL_AT_ONCE)
    if tier not in TIERS:
        raise BadRegistry(f"“{name}”: dsa_tier is one of {', '.join(TIERS)}, not “{tier}”.")
    if not (isinstance(bulk_max, int) and 1 <= bulk_max <= MOST_AT_ONCE):
        raise BadRegistry(f"“{name}”: bulk_max is a number from 1 to {MOST_AT_ONCE}.")
    form = raw.get("form", "")
    if not isinstance(form, str) or (form and not form.startswith("https://")):
        raise BadRegistry(f"“{name}”: form is the address of the recipient's form, https://…")
    per_hour = raw.get("per_hour", 0 if scope == "police" else USUAL_AN_HOUR)
    if not (isinstance(per_hour, int) and per_hour >= 0):
        raise BadRegistry(f"“{name}”: per_hour is a number; 0 where there is no limit.")
    return Recipient(
        name,
        channel,
        address,
        _language(raw),
        scope,
        tier,
        bulk_max,
        tuple(check_address(other) for other in raw.get("others", ())),
        per_hour,
        form,
        take_down=_mail(raw, "take_down"),
        xarf=raw.get("xarf") is True,
        flagger=_mail(raw, "flagger"),
        appeal=_mail(raw, "appeal"),
        for_category=frozenset(_texts(raw, "for_category")),
        needs_login=raw.get("needs_login") is True,
        fields=_texts(raw, "fields"),
        habits=_habits(raw),
    )


def _language(raw: Mapping[str, Any]) -> str:
    """The first of its languages that notices are written in."""
    wanted = [raw["language"]] if isinstance(raw["language"], str) else list(raw["language"])
    found = next((one for one in wanted if one in languages.known()), None)
    if found is None:
        told = ", ".join(map(str, wanted))
        raise BadRegistry(f"“{raw['name']}”: there is no notice text in the language “{told}”.")
    return str(found)


def _mail(raw: Mapping[str, Any], key: str) -> str:
    return check_address(raw[key]) if raw.get(key) else ""


def _texts(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    found = raw.get(key, ())
    if isinstance(found, str) or not all(isinstance(one, str) and one.strip() for one in found):
        raise BadRegistry(f"“{raw['name']}”: {key} is a list of words.")
    return tuple(one.strip() for one in found)


def _habits(raw: Mapping[str, Any]) -> Habits:
    answers = {"name": raw["name"], **raw.get("answer_style", {})}
    wanted = raw.get("politeness")
    manner = None
    if wanted:
        rps, at_once = float(wanted.get("rps", 0.5)), wanted.get("concurrency", 1)
        if not 0.001 <= rps <= 100 or not (isinstance(at_once, int) and 1 <= at_once <= 50):
            raise BadRegistry(
                f"“{raw['name']}”: politeness has rps (0.001 to 100) and concurrency (1 to 50)."
            )
        manner = Manner(dt.timedelta(seconds=at_once / rps), at_once)
    return Habits(
        receipts=_lower(answers, "receipt"),
        removals=_lower(answers, "removed"),
        gone_signs=_lower(raw, "gone_signs"),
        login_signs=_lower(raw, "login_signs"),
        manner=manner,
    )


def _lower(raw: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(one.lower() for one in _texts(raw, key))


def entry(raw: Mapping[str, Any]) -> HostEntry:
    """A line: its ways, or the one that it describes itself."""
    found = [_way(raw, one) for one in raw["channels"]] if raw.get("channels") else [raw]
    days = [(tested, until) for tested, until in map(dates, found) if tested and until]
    if len(days) < len(found):
        raise BadRegistry(f"“{raw['pattern']}”: tested_on says when somebody last tried this way.")
    tested, expires = min(day for day, _until in days), min(until for _day, until in days)
    ways = [recipient(one, raw["scope"]) for one in found if one.get("for_flaggers") is not True]
    if not ways:
        raise BadRegistry(f"“{raw['pattern']}”: it has ways for trusted flaggers only.")
    apart = [one for one in found if one.get("for_flaggers") is True]
    mails = [one["address"] for one in apart if one["channel"] == Channel.EMAIL]
    forms = [one["form"] for one in apart if one["channel"] == Channel.FORM]
    ways = [
        replace(
            way,
            others=(*way.others, *_after(way, ways)),
            flagger=way.flagger or (check_address(mails[0]) if mails else ""),
            flagger_form=forms[0] if forms else "",
        )
        for way in ways
    ]
    return HostEntry(raw["pattern"].lower(), tuple(ways), tested, expires, raw=raw)


def _way(raw: Mapping[str, Any], way: Mapping[str, Any]) -> dict[str, Any]:
    """One of the ways of a line, as a line of its own."""
    try:
        channel = KINDS[way["kind"]]
    except KeyError:
        raise BadRegistry(f"“{raw['pattern']}”: a channel is of the kind {', '.join(KINDS)}.") from None
    own = {**{key: value for key, value in way.items() if key not in {"kind", "url", "flagger"}}}
    if channel == Channel.FORM:
        own["form"] = way.get("url", "")
    line = {key: value for key, value in raw.items() if key not in _OF_A_WAY | {"channels"}}
    return {**line, **own, "channel": channel.value, "for_flaggers": way.get("flagger") is True}


def _after(way: Recipient, ways: list[Recipient]) -> list[str]:
    """The addresses of later ways that take the same, for when this one's mail comes back."""
    later = ways[ways.index(way) + 1 :]
    same = [
        one for one in later if not one.for_category or one.for_category >= set(way.for_category) != set()
    ]
    return [one.address for one in same if one.channel == Channel.EMAIL and one.address != way.address]


def dates(raw: Mapping[str, Any]) -> tuple[dt.date | None, dt.date | None]:
    """When a way was tested, and until when that counts; None: never."""
    said = raw.get("tested_on") or raw.get("tested")
    tested = dt.date.fromisoformat(said) if said else None
    until = raw.get("expires_on")
    if until:
        return tested, dt.date.fromisoformat(until)
    return tested, tested + TESTED_FOR if tested else None


def authority(raw: Mapping[str, Any], name: str) -> Recipient | None:
    """Somebody who is the same whatever the address is; None where the file does not name them."""
    if not raw.get(name):
        return None
    if raw[name]["language"] not in _FILES_IN:
        raise BadRegistry(f"“{name}”: the file for them is written in French or English only.")
    return recipient(raw[name], name)


def engine(raw: Mapping[str, Any]) -> Engine:
    """A search engine."""
    form = raw.get("form", "")
    if form and not form.startswith("https://"):
        raise BadRegistry(f"“{raw['name']}”: form is the address of the search engine's form, https://…")
    return Engine(raw["name"], form, _language(raw), *dates(raw))


def fallback(raw: Mapping[str, Any] | None) -> Fallback:
    """What is done about hosts that are in no line."""
    if not raw:
        return Fallback("en", {})
    return Fallback(
        raw["language"],
        dict(raw.get("language_by_suffix", {})),
        raw.get("tell_operator") is True,
        raw.get("local_part", "abuse"),
    )
