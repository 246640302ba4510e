"""What a decoder saw of a content, for a page that waits: within seconds, once, and forgotten in minutes.

A film that is slow to decode costs the console ten seconds, however often its page is opened and by however
many: what was seen of it, or that it failed, is kept in memory for two minutes. Films never take the last
decoder, so that an ordinary picture is shown meanwhile.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field, replace

from disrupt.fingerprint import FingerprintError, Held, Look, image_luma, look
from disrupt.fingerprint.errors import DecodersBusy
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common.store import vault
from disrupt.hotline.common.store.vault import VaultId
from disrupt.hotline.processing import decoding
from disrupt.matching.views import MIN_QUALITY, Views, views_of

LIFETIME = 120.0
MOST = 32
_FILMS_AT_ONCE = 2


@dataclass(frozen=True)
class Wanted:
    """The side of the picture (0: none), its blur, the side of the stills, whether views are needed."""

    side: int
    blur: float
    still: int
    views: bool = True


@dataclass(frozen=True)
class Glance:
    """What was seen of a content, or why nothing could be.

    `views`: of a picture with features, the hashes of all that it may have been before an edit.
    """

    sha256: str
    look: Look | None = None
    error: FingerprintError | None = None
    views: Views | None = None


@dataclass
class _Kept:
    """The glances of the last minutes; two pages that ask for the same one wait for one decoder."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    films: threading.BoundedSemaphore = field(
        default_factory=lambda: threading.BoundedSemaphore(_FILMS_AT_ONCE)
    )
    glances: dict[tuple[str, Wanted], tuple[float, Glance]] = field(default_factory=dict)
    making: dict[tuple[str, Wanted], threading.Lock] = field(default_factory=dict)

    def find(self, key: tuple[str, Wanted]) -> Glance | None:
        with self.lock:
            now = time.monotonic()
            for old in [one for one, (until, _) in self.glances.items() if until < now]:
                del self.glances[old]
            found = self.glances.get(key)
            return found[1] if found else None

    def put(self, key: tuple[str, Wanted], glance: Glance) -> None:
        with self.lock:
            self.glances[key] = time.monotonic() + LIFETIME, glance
            while len(self.glances) > MOST:
                del self.glances[next(iter(self.glances))]

    def turn(self, key: tuple[str, Wanted]) -> threading.Lock:
        with self.lock:
            for idle in [one for one, lock in self.making.items() if one != key and not lock.locked()]:
                del self.making[idle]
            return self.making.setdefault(key, threading.Lock())


_kept = _Kept()


def at(item: Item, wanted: Wanted, *, kept: bool) -> Glance:
    """Look at the content of an item; `kept`: the picture may be remembered (a clear one may not).

    Raises DecodersBusy, ContentDestroyed.
    """
    key = item.vault_id, wanted
    turn = _kept.turn(key)
    if not turn.acquire(timeout=decoding.PAGE + decoding.PAGE_WAIT):
        raise DecodersBusy
    try:
        if not vault.is_whole(VaultId(item.vault_id)):
            raise vault.ContentDestroyed("This content was destroyed.")
        found = _kept.find(key)
        if found is None:
            with decoding.content_of(item) as content:
                found = _look(content, wanted)
            if kept or found.look is None:
                _kept.put(key, found)
        return found
    finally:
        turn.release()


def _look(content: Held, wanted: Wanted) -> Glance:
    film = content.kind == "video"
    if film and not _kept.films.acquire(timeout=decoding.PAGE_WAIT):
        raise DecodersBusy
    try:
        seen = look(
            content,
            max_side=wanted.side,
            blur=wanted.blur,
            still_side=wanted.still,
            seconds=decoding.PAGE,
            patience=decoding.PAGE_WAIT,
            sandbox=decoding.sandbox(),
        )
    except DecodersBusy:
        raise
    except FingerprintError as error:
        return Glance(content.digests().sha256, error=error)
    finally:
        if film:
            _kept.films.release()
    return Glance(seen.digests.sha256, seen, views=_views(content, seen) if wanted.views else None)


def _views(content: Held, seen: Look) -> Views | None:
    """None where no time or decoder is left: the picture is recognised as it is, or not at all."""
    if seen.picture is None or seen.picture.pdq.quality < MIN_QUALITY:
        return None
    try:
        decoded = image_luma(content, sandbox=decoding.sandbox())
    except FingerprintError:
        return None
    views = views_of(decoded.luma, whole=seen.picture.pdq, size=(seen.width, seen.height))
    return replace(views, taken=None)  # a glance that is kept holds hashes, and no picture beside its cover
