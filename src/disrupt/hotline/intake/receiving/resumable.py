"""Uploads that can be interrupted: from the first byte to the last; handover.py tells what becomes of them.

The row says how much of a file is durable; the sealed store may hold a little more, which is found again when
the upload goes on. Whoever shows the sender's token reaches the upload; for everybody else it does not exist.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from disrupt.hotline.common import clock
from disrupt.hotline.common.store import growing
from disrupt.hotline.common.store.growing import Growing, KeptAlready
from disrupt.hotline.common.store.vault import ContentDestroyed
from disrupt.hotline.intake.models import Upload
from disrupt.hotline.intake.receiving import room

# A connection that breaks every few bytes makes segments, each with its key; no real line needs so many.
MOST_SEGMENTS = 10_000


class UnknownUpload(LookupError):
    """No upload of this sender has this name."""


class GoneUpload(LookupError):
    """The upload was abandoned for too long, taken back or destroyed: begin again."""


class TooLarge(ValueError):
    """The file is larger than this hotline takes."""


class TooMany(ValueError):
    """The sender has as many uploads as a report holds."""


@dataclass(frozen=True)
class Progress:
    """How far an upload has come."""

    name: str
    length: int
    offset: int
    expires_at: dt.datetime

    @property
    def whole(self) -> bool:
        return self.offset == self.length


def new_token() -> str:
    """What the sender's browser keeps, in a cookie: 192 random bits."""
    return secrets.token_urlsafe(24)


def owner_of(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.blake2b(token.encode(), digest_size=32, person=b"upload-owner").hexdigest()


def create(owner: str, length: int) -> Progress:
    """Begin an upload. Raises ValueError (no bytes), TooLarge, TooMany, NoRoom."""
    if length <= 0:
        raise ValueError("The file is empty.")
    if length > settings.MAX_UPLOAD_BYTES:
        raise TooLarge(f"At most {settings.MAX_UPLOAD_BYTES} bytes.")
    if Upload.objects.filter(owner=owner, draft="").count() >= settings.MAX_FILES:
        raise TooMany(f"At most {settings.MAX_FILES} files: take one out first, or send the report.")
    room.must_fit(length)
    vault_id, mark = growing.begin(length)
    now = clock.now()
    row = Upload.objects.create(
        name=secrets.token_urlsafe(24),
        owner=owner,
        vault_id=vault_id,
        length=length,
        created_at=now,
        expires_at=now + settings.KEEP_ABANDONED,
        **Upload.columns(mark),
    )
    return _progress(row)


def _progress(row: Upload) -> Progress:
    return Progress(row.name, row.length, row.offset, row.expires_at)


def _find(owner: str, name: str) -> Upload:
    """Raises UnknownUpload, GoneUpload. One that a form has taken is no upload any more."""
    row = Upload.objects.filter(owner=owner, name=name, draft="").first()
    if row is None:
        raise UnknownUpload("No such upload.")
    if row.expires_at <= clock.now():
        raise GoneUpload("This upload was left for too long and is destroyed.")
    return row


def known(owner: str, name: str) -> None:
    """Raises UnknownUpload, GoneUpload unless the sender may go on with this upload."""
    _find(owner, name)


def of_sender(owner: str) -> list[Progress]:
    """What a sender has under way or whole, oldest first; offsets as last made durable."""
    rows = Upload.objects.filter(owner=owner, draft="", expires_at__gt=clock.now()).order_by("pk")
    return [_progress(row) for row in rows]


class Going:
    """An upload that is held: write to it, then save how far it has come."""

    def __init__(self, row: Upload, content: Growing | None) -> None:
        self._row, self._content = row, content

    @property
    def progress(self) -> Progress:
        row = self._row
        return Progress(row.name, row.length, self.offset, row.expires_at)

    @property
    def offset(self) -> int:
        return self._row.length if self._content is None else self._content.mark.offset

    @property
    def missing(self) -> int:
        """Bytes that have not arrived."""
        return self._row.length - self.offset

    @property
    def worn_out(self) -> bool:
        """Broken off too often to go on."""
        return self._content is not None and self._content.mark.segments >= MOST_SEGMENTS

    def write(self, data: bytes) -> None:
        """Seal at most 64 KiB. Raises NoRoom, OSError (a full disk); what was sealed before stays."""
        if self._content is None or len(data) > self.missing:
            raise ValueError("The upload would become longer than was said.")
        room.take(len(data))
        self._content.write(data)

    def save(self) -> Progress:
        """Make what has arrived durable, the whole file when it is whole. Raises GoneUpload."""
        changes: dict[str, Any] = {"expires_at": clock.now() + settings.KEEP_ABANDONED}
        if self._content is not None:
            try:
                if self.missing:
                    self._content.sync()
                else:
                    self._content.keep()
            except FileNotFoundError:
                raise GoneUpload("This upload was destroyed while it arrived.") from None
            changes |= Upload.columns(self._content.mark)
        if not self.missing and self._row.whole_at is None:
            changes |= {"offset": self._row.length, "whole_at": clock.now()}
        # Who left in a hurry meanwhile has ended it: what still arrived does not bring it back.
        mine = Upload.objects.filter(pk=self._row.pk, draft="", expires_at__gt=clock.now())
        if not mine.update(**changes):
            raise GoneUpload("This upload was taken back or sent while it arrived.")
        for name, value in changes.items():
            setattr(self._row, name, value)
        return self.progress


@contextmanager
def going(owner: str, name: str) -> Iterator[Going]:
    """Hold an upload. Raises UnknownUpload, GoneUpload, growing.HeldElsewhere."""
    row = _find(owner, name)
    if row.whole_at is not None:
        yield Going(row, None)
        return
    try:
        content = Growing(row.content, row.mark)
    except KeptAlready:
        # Killed between the rename and the row.
        yield Going(row, None)
        return
    except ContentDestroyed:
        raise GoneUpload("This upload was destroyed: begin again.") from None
    with content:
        # The one who held it before may have saved more since the row was read.
        yield Going(row, content)
