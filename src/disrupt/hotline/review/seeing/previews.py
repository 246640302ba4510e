"""Pictures for the analyst's eye, made in the sandbox, kept in memory for two minutes, shown to one person.

By default small, grey and blurred (manners.py). Nothing of it is written to a disk; the page names each
picture by a random token that answers to the account it was made for, and a clear one answers once.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from disrupt.fingerprint import Look, preview
from disrupt.fingerprint import errors as media
from disrupt.fingerprint.errors import DecodersBusy, FingerprintError
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import ContentDestroyed, VaultId
from disrupt.hotline.processing import decoding, preparing, recognise
from disrupt.hotline.processing.recognise import Known
from disrupt.hotline.review.seeing import glances, strips
from disrupt.hotline.review.seeing.glances import Glance
from disrupt.hotline.review.seeing.manners import LARGE, Way

LIFETIME = 120.0
MOST = 64
# Of a few kilobytes each.
MOST_STAMPS = 1024
_FEWEST = 2


@dataclass(frozen=True)
class Shown:
    """What can be said and shown of a content.

    `until`: the second up to which a film was looked through, where a page's time was not enough for all of
    it. `busy`: nothing could be decoded just now; it is no fault of the file's.
    """

    kind: str = ""
    width: int = 0
    height: int = 0
    known: Known | None = None
    problem: str = ""
    token: str = ""
    strip: str = ""
    seconds: tuple[float, ...] = ()
    until: float | None = None
    busy: bool = False

    @property
    def seen(self) -> bool:
        """Whether any of it is in sight."""
        return bool(self.token or self.strip)

    @property
    def across(self) -> int:
        """How many stills of the strip stand in one row."""
        return max(1, min(strips.ACROSS, len(self.seconds)))


@dataclass
class _Kept:
    jpeg: bytes
    user_id: int
    until: float
    once: bool


@dataclass
class _Shelf:
    """At most so many pictures, each for LIFETIME seconds."""

    most: int
    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)

    def put(self, jpeg: bytes, user_id: int, *, once: bool) -> str:
        token = secrets.token_urlsafe(24)
        with self.lock:
            self._sweep()
            self.kept[token] = _Kept(jpeg, user_id, time.monotonic() + LIFETIME, once)
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)
        return token

    def take(self, token: str, user_id: int) -> bytes | None:
        with self.lock:
            self._sweep()
            found = self.kept.get(token)
            if found is None or found.user_id != user_id:
                return None
            if found.once:
                del self.kept[token]
            return found.jpeg

    def _sweep(self) -> None:
        now = time.monotonic()
        for token in [t for t, kept in self.kept.items() if kept.until < now]:
            del self.kept[token]


_shelf, _stamps = _Shelf(MOST), _Shelf(MOST_STAMPS)


def reason(error: FingerprintError) -> str:
    """Why a file cannot be displayed, in the analyst's language."""
    words = {
        media.EmptyFile: _("it is empty"),
        media.UnsupportedMedia: _("it is neither a picture nor a video of a known kind"),
        media.UnreadableMedia: _("it is damaged or cut short"),
        media.MediaTooLarge: _("it is too large to be decoded safely"),
        media.TookTooLong: _("decoding it takes longer than a page may wait"),
        media.NoVideoStream: _("it holds sound only, no picture"),
        media.Unconfined: _("this machine does not hold decoders in as it must: ask the operator"),
        media.SandboxFailure: _("the decoder stopped; the file may be hostile"),
    }
    return words.get(type(error), str(error))


def examine(item: Item, user_id: int, way: Way, *, picture: bool, force: bool = False) -> Shown:
    """Look at a content within a page's time, look it up in the bank, and make its picture if `picture`.

    A content that the bank knows already is not made into a picture, unless `force`. What moves also gets a
    strip of stills; a film is not gone through, but looked at here and there.
    Raises ContentDestroyed.
    """
    sketch = preparing.sketch_of(item)
    prepared = recognise.by_sketch(sketch) if sketch else None
    if sketch and sketch.kind and (not picture or (prepared and not force)):
        return Shown(sketch.kind, sketch.width, sketch.height, prepared)
    wanted = glances.Wanted(way.side if picture else 0, way.blur, way.still, views=sketch is None)
    try:
        glance = glances.at(item, wanted, kept=not way.clear)
    except DecodersBusy:
        return Shown(busy=True)
    seen = glance.look
    if seen is None:
        problem = reason(glance.error) if glance.error else ""
        return Shown(known=recognise.by_digest(glance.sha256), problem=problem)
    kind = "image" if seen.picture else "video"
    known = prepared if sketch else _recognised(glance, seen)
    if not picture or (known and not force):
        return Shown(kind, seen.width, seen.height, known)
    token, strip, seconds = "", "", tuple[float, ...]()
    if len(seen.seconds) >= _FEWEST:
        row, seconds = strips.sheet(seen, way.still, way.still_blur)
        strip = _shelf.put(row, user_id, once=way.clear)
    if way.cover or not strip:
        token = _shelf.put(seen.cover, user_id, once=way.clear)
    return Shown(kind, seen.width, seen.height, known, "", token, strip, seconds, seen.until)


def _recognised(glance: Glance, seen: Look) -> Known | None:
    """The same for a file that arrived a moment ago, and was not prepared yet."""
    if seen.picture is None:
        return recognise.by_digest(glance.sha256) or recognise.by_stills(seen.luma)
    known = recognise.by_prints(seen.picture)
    if known is None and glance.views is not None:
        known = recognise.by_views(glance.views)
    return known


def keep_stamp(jpeg: bytes, user_id: int) -> str:
    """The name of a stamp for a page of this account."""
    return _stamps.put(jpeg, user_id, once=False)


def take(token: str, user_id: int) -> bytes | None:
    """A picture that a page of this account names; None where there is none (any more)."""
    return _shelf.take(token, user_id) or _stamps.take(token, user_id)


def of_proof(item: Item, user_id: int) -> Shown:
    """The picture of a proof, once, to whoever asked for it: nothing is fingerprinted, nothing looked up."""
    try:
        data = vault.read_content(VaultId(item.vault_id))
        jpeg = preview(data, max_side=LARGE, blur=0.0, sandbox=decoding.sandbox())
    except ContentDestroyed:
        return Shown(problem=_("it was destroyed"))
    except DecodersBusy:
        return Shown(busy=True)
    except FingerprintError as error:
        return Shown(problem=reason(error))
    return Shown(token=_shelf.put(jpeg, user_id, once=True))
