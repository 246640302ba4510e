"""Asking an exchange whether fingerprints are on its list (`POST /v1/match`), read strictly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from disrupt.matching.index import RADIUS
from disrupt.matching.views import AS_IT_IS
from disrupt.protocol.numbers import as_whole

MOST_LOOK_UPS = 1000
MOST_RADIUS = 64
_HEX64 = re.compile(r"[0-9a-f]{64}")
_HEX32 = re.compile(r"[0-9a-f]{32}")
_VIEW = re.compile(r"[ -~]{1,60}")
_HEX_ONLY = re.compile(r"[0-9a-f]*")
_MEMBERS = frozenset({"pdq", "quality", "sha256", "md5", "view", "radius"})


class BadLookUp(ValueError):
    """What is asked does not follow the format; the sentence says which look-up and why."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """One upload, or one view of it: its PDQ and that one's quality, its digests, or all of them.

    `view` names what was done to the upload before it was hashed, and comes back with its matches.
    """

    pdq: str | None = None
    quality: int = 100
    sha256: str | None = None
    md5: str | None = None
    view: str = AS_IT_IS
    radius: int = RADIUS


def _text(raw: Mapping[str, Any], name: str, pattern: re.Pattern[str], wanted: str) -> str | None:
    value = raw.get(name)
    if value is not None and not (isinstance(value, str) and pattern.fullmatch(value)):
        raise BadLookUp(f"{name} is {wanted}")
    return value


def _whole(raw: Mapping[str, Any], name: str, default: int, most: int) -> int:
    value = as_whole(raw.get(name, default), most)
    if value is None:
        raise BadLookUp(f"{name} is a whole number from 0 to {most}")
    return value


def _look_up(raw: object) -> LookUp:
    if not isinstance(raw, Mapping) or not raw.keys() <= _MEMBERS:
        raise BadLookUp(f"a look-up is an object of {', '.join(sorted(_MEMBERS))}")
    found = LookUp(
        _text(raw, "pdq", _HEX64, "64 lower-case hexadecimal digits"),
        _whole(raw, "quality", 100, 100),
        _text(raw, "sha256", _HEX64, "64 lower-case hexadecimal digits"),
        _text(raw, "md5", _HEX32, "32 lower-case hexadecimal digits"),
        _text(raw, "view", _VIEW, "1 to 60 printable characters") or AS_IT_IS,
        _whole(raw, "radius", RADIUS, MOST_RADIUS),
    )
    if found.pdq is None and found.sha256 is None and found.md5 is None:
        raise BadLookUp("a look-up needs pdq, sha256 or md5")
    return found


def _plain(several: list[Any]) -> tuple[LookUp, ...] | None:
    """All of them together, at a fifth of the cost, where each is a PDQ and at most its quality."""
    try:
        texts = [one["pdq"] for one in several]
        told = [one.get("quality", 100) for one in several]
        joined = "".join(texts)
        others = any(len(one) > 1 and (len(one) > 2 or "quality" not in one) for one in several)
    except (KeyError, TypeError, AttributeError):
        return None
    if others or set(map(len, texts)) != {64} or not _HEX_ONLY.fullmatch(joined):
        return None
    if set(map(type, told)) != {int} or not (min(told) >= 0 and max(told) <= 100):
        return None
    return tuple(map(LookUp, texts, told))


def parse_look_ups(raw: object) -> tuple[tuple[LookUp, ...], bool]:
    """What is asked, and whether it came as a list (`look_ups`): the answer has the same form.

    Raises BadLookUp.
    """
    if not isinstance(raw, Mapping) or "look_ups" not in raw:
        return (_look_up(raw),), False
    several = raw["look_ups"]
    if not isinstance(several, list) or not 1 <= len(several) <= MOST_LOOK_UPS or len(raw) > 1:
        raise BadLookUp(f"look_ups is a list of 1 to {MOST_LOOK_UPS:,}, and stands alone")
    plain = _plain(several)
    if plain is not None:
        return plain, True
    found = []
    for number, one in enumerate(several):
        try:
            found.append(_look_up(one))
        except BadLookUp as error:
            raise BadLookUp(f"look_ups[{number}]: {error}") from None
    return tuple(found), True
