"""Whether the pictures of a page are those of the case: fetched, fingerprinted in the sandbox, kept nowhere.

The strongest sign of all that content is still there; and, where it was seen before, that a page stands
without it. Minors' pictures are not fetched unless the hotline may (`CHECK_MINORS_MEDIA`).
"""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from disrupt.hotline.bank.queries import entry_of_item
from disrupt.hotline.cases.categories import UnknownCategory, scheme_at
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.common.outbound.door import Door
from disrupt.hotline.common.running.decoders import Decoders
from disrupt.hotline.takedown.models import Check, Target

if TYPE_CHECKING:
    from disrupt.matching.views import Views

MATCHES, ABSENT = "media_matches", "media_absent"
MOST, MOST_BYTES, SECONDS = 40, 20 * 1024 * 1024, 60.0
_PATIENCE, _SIDE = 6.0, 512

_decoders = Decoders(2)


@dataclass(frozen=True)
class Wanted:
    """The fingerprints of the cases that an address is of; `seen`: they were found there before."""

    sha256: frozenset[str]
    pdq: tuple[bytes, ...]
    seen: bool


def wanted_for(target: Target) -> Wanted | None:
    """What to look for at an address; None where there is nothing, or where it must not be fetched."""
    if not settings.CHECK_MEDIA:
        return None
    if _of_minors(target) and not settings.CHECK_MINORS_MEDIA:
        return None
    cases = target.concerns.values("item__case")
    digests: set[str] = set()
    hashes: dict[bytes, None] = {}
    for item in Item.objects.filter(case__in=cases).exclude(state=ItemState.WITHDRAWN):
        entry = entry_of_item(item.pk)
        if entry is None or (entry.minors and not settings.CHECK_MINORS_MEDIA):
            continue
        if entry.sha256:
            digests.add(entry.sha256)
        for one in entry.prints.get("pdq", ()):
            hashes[bytes.fromhex(one["hex"])] = None
    if not digests and not hashes:
        return None
    seen = Check.objects.filter(target=target, sign=MATCHES).exists()
    return Wanted(frozenset(digests), tuple(hashes), seen)


def _of_minors(target: Target) -> bool:
    """Whether one of the categories under which it was decided is of minors; in doubt it is."""
    known = scheme_at(clock.now())
    for code in set(target.concerns.values_list("category", flat=True)):
        try:
            if known[code].minors:
                return True
        except (KeyError, UnknownCategory):
            return True
    return False


def among(
    addresses: list[str], wanted: Wanted, door: Door, monotonic: Callable[[], float] = time.monotonic
) -> bool | None:
    """Whether one of a page's pictures is one of the case's; None where not all of them could be seen."""
    ends, all_seen = monotonic() + SECONDS, bool(addresses) and len(addresses) < MOST
    for address in dict.fromkeys(addresses[:MOST]):
        rest = ends - monotonic()
        if rest <= 0:
            return None
        limits = dataclasses.replace(door.limits, body=MOST_BYTES, seconds=min(rest, door.limits.seconds))
        try:
            response = door.get(address, limits, patience=min(rest, _PATIENCE)).response
        except errors.DoorError:
            all_seen = False
            continue
        found = is_one(response.body, wanted) if response.status == 200 and not response.truncated else None
        if found:
            return True
        all_seen = all_seen and found is False
    return False if all_seen else None


def is_one(body: bytes, wanted: Wanted) -> bool | None:
    """Whether a file is one of the case's; None where it cannot be decoded as a picture."""
    if hashlib.sha256(body).hexdigest() in wanted.sha256:
        return True
    views = views_in(body)
    if views is None:
        return None
    for hashed, radius in zip(views.hash, views.radius, strict=True):
        if radius >= 0 and any(_distance(bytes(hashed), one) <= radius for one in wanted.pdq):
            return True
    return False


def views_in(body: bytes) -> Views | None:
    """The views of a picture, decoded in the sandbox; None where it cannot be decoded as one."""
    from disrupt.fingerprint import FingerprintError, image_luma
    from disrupt.matching.views import views_of

    try:
        found = image_luma(body, max_side=_SIDE, sandbox=_decoders.sandbox())
    except FingerprintError:
        return None
    return views_of(found.luma, "fast", whole=found.fingerprint.pdq)


def _distance(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()
