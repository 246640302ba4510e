"""Pictures for the analyst's eye, made in the sandbox, kept in memory for two minutes, shown to one person.

By default small, grey and blurred. Nothing of it is written to a disk; the page names each picture by a
random token that answers to the account it was made for, and a clear one answers once.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from disrupt.fingerprint import MovingPicture, fingerprint_file, preview, stills
from disrupt.fingerprint import errors as media
from disrupt.fingerprint.errors import FingerprintError
from disrupt.fingerprint.sniff import HEAD, sniff
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import vault
from disrupt.hotline.common.vault import VaultId
from disrupt.hotline.processing import recognise
from disrupt.hotline.processing.recognise import Known
from disrupt.hotline.review import strips

LIFETIME = 120.0
MOST = 64
SMALL, LARGE = 320, 1280
BLUR = 9.0
# One still of a strip; its luma comes from the sandbox as a square of this side.
STILL, STILL_CLEAR, STILL_BLUR = 112, 256, 4.0
# Fingerprinting a long video takes minutes: for the hint on the page, its exact digest is enough.
_FEWEST = 2
_EXACT_ONLY_ABOVE = 64 * 1024 * 1024


@dataclass(frozen=True)
class Shown:
    """What can be said and shown of a content."""

    kind: str = ""
    width: int = 0
    height: int = 0
    known: Known | None = None
    problem: str = ""
    token: str = ""
    strip: str = ""
    seconds: tuple[float, ...] = ()


@dataclass
class _Kept:
    jpeg: bytes
    user_id: int
    until: float
    once: bool


@dataclass
class _Shelf:
    """At most MOST pictures, each for LIFETIME seconds."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    kept: OrderedDict[str, _Kept] = field(default_factory=OrderedDict)

    def put(self, jpeg: bytes, user_id: int, *, once: bool) -> str:
        token = secrets.token_urlsafe(24)
        with self.lock:
            self._sweep()
            self.kept[token] = _Kept(jpeg, user_id, time.monotonic() + LIFETIME, once)
            while len(self.kept) > MOST:
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


_shelf = _Shelf()
take = _shelf.take


def reason(error: FingerprintError) -> str:
    """Why a file cannot be displayed, in the analyst's language."""
    words = {
        media.EmptyFile: _("it is empty"),
        media.UnsupportedMedia: _("it is neither a picture nor a video of a known kind"),
        media.UnreadableMedia: _("it is damaged or cut short"),
        media.MediaTooLarge: _("it is too large to be decoded safely"),
        media.NoVideoStream: _("it holds sound only, no picture"),
        media.SandboxFailure: _("the decoder stopped; the file may be hostile"),
    }
    return words.get(type(error), str(error))


def examine(item: Item, user_id: int, *, picture: bool, clear: bool = False, force: bool = False) -> Shown:
    """Fingerprint a content, look it up in the bank, and make its picture if `picture`.

    A content that the bank knows already is not made into a picture, unless `force`. What moves also gets a
    strip of stills, but for films that are too long to be gone through while somebody waits.
    Raises ContentDestroyed.
    """
    data = vault.read_content(VaultId(item.vault_id))
    film: MovingPicture | None = None
    try:
        if sniff(data[:HEAD]) == "video" and len(data) > _EXACT_ONLY_ABOVE:
            shown = Shown("video", known=recognise.by_digest(_sha256(data)))
        else:
            film = _moving(data, STILL_CLEAR if clear else STILL) if picture else None
            found = film.fingerprint if film else fingerprint_file(data)
            shown = Shown(found.kind, found.width, found.height, recognise.by_prints(found))
    except FingerprintError as error:
        return Shown(known=recognise.by_digest(_sha256(data)), problem=reason(error))
    if not picture or (shown.known and not force):
        return shown
    try:
        side, blur = (LARGE, 0.0) if clear else (SMALL, BLUR)
        jpeg = preview(data, max_side=side, blur=blur)
    except FingerprintError as error:
        return Shown(shown.kind, shown.width, shown.height, shown.known, reason(error))
    token = _shelf.put(jpeg, user_id, once=clear)
    shown = replace(shown, token=token)
    if film is None or len(film.seconds) < _FEWEST:
        return shown
    # Blurred as much as the picture above it: its stills are a third of its size.
    row, seconds = strips.sheet(film, STILL_CLEAR if clear else STILL, 0.0 if clear else STILL_BLUR)
    return replace(shown, strip=_shelf.put(row, user_id, once=clear), seconds=seconds)


def _moving(data: bytes, side: int) -> MovingPicture | None:
    """The stills of a video or of an animated picture; None for a picture that does not move."""
    if sniff(data[:HEAD]) == "video":
        return stills(data, side=side)
    notes = fingerprint_file(data).notes
    return stills(data, side=side) if any(note.startswith("animated") for note in notes) else None


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
