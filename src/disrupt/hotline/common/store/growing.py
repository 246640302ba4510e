"""A content that arrives in several requests: it can be taken up where it was left, and not opened here.

Its ciphertext stands in the store as `<id>.part` until it is whole. Only one at a time may hold it (`flock`,
which the kernel lets go when a process is killed). What was sealed reaches the kernel chunk by chunk, so a
killed process loses no whole chunk; `sync` brings it to the disk, so a power cut loses nothing that was
acknowledged.
"""

from __future__ import annotations

import fcntl
import os
import uuid
from types import TracebackType
from typing import BinaryIO

from disrupt.hotline.common import keys
from disrupt.hotline.common.store import segments, shared
from disrupt.hotline.common.store.contents import contents
from disrupt.hotline.common.store.files import sync_folder
from disrupt.hotline.common.store.segments import SEALED_KEY, Mark, SegmentWriter
from disrupt.hotline.common.store.vault import ContentDestroyed, VaultId, part_path, places


class HeldElsewhere(RuntimeError):
    """Somebody else is writing to this content now: try again in a moment."""


class KeptAlready(RuntimeError):
    """The content is whole and kept: nothing can be added."""


def begin(length: int) -> tuple[VaultId, Mark]:
    """Start a content of `length` bytes; the mark says where `Growing` goes on."""
    vault_id = VaultId(uuid.uuid4().hex)
    part, (_, key) = part_path(vault_id), places(vault_id)
    for path in (key, part):
        shared.make_room(path)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, shared.file_mode()))
    with part.open("r+b", buffering=0) as file:
        return vault_id, segments.begin(file, vault_id, length)


class Growing:
    """The hold on a content that is not whole yet, as a context manager.

    `mark` is how far it was known to be; what a killed process had sealed beyond it is found and kept. Raises
    HeldElsewhere, KeptAlready, vault.ContentDestroyed.
    """

    def __init__(self, vault_id: VaultId, mark: Mark) -> None:
        self.vault_id = vault_id
        self._part = part_path(vault_id)
        self._final, self._key = places(vault_id)
        self._new = mark.offset == 0
        self._target = self._take()
        try:
            # Neither is made here: a content that was destroyed meanwhile must not come back.
            self._keys: BinaryIO = self._key.open("r+b", buffering=0)
        except FileNotFoundError:
            self._target.close()
            raise ContentDestroyed("This content was destroyed: its key is gone.") from None
        found = segments.last_whole(self._target, self._keys, mark)
        for file, size in ((self._target, found.position), (self._keys, found.segments * SEALED_KEY)):
            file.truncate(size)
            file.seek(size)
        self._writer = SegmentWriter(self._target, self._keys, found, keys.review_public_key())

    def _take(self) -> BinaryIO:
        try:
            file: BinaryIO = self._part.open("r+b", buffering=0)
        except FileNotFoundError:
            raise self._why_absent() from None
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # It may have become whole, or been destroyed, between the two lines above.
            if os.fstat(file.fileno()).st_ino == self._part.stat().st_ino:
                return file
            raise self._why_absent()
        except BlockingIOError:
            file.close()
            raise HeldElsewhere("This content is being written to.") from None
        except FileNotFoundError:
            file.close()
            raise self._why_absent() from None
        except BaseException:
            file.close()
            raise

    def _why_absent(self) -> Exception:
        if contents().size(self._final) is not None:
            return KeptAlready("This content is whole.")
        return ContentDestroyed("This content was destroyed: its ciphertext is gone.")

    @property
    def mark(self) -> Mark:
        return self._writer.mark

    def write(self, data: bytes) -> None:
        """Seal at most 64 KiB more."""
        self._writer.write(data)

    def sync(self) -> None:
        """Bring what was sealed to the disk."""
        os.fsync(self._target.fileno())
        os.fsync(self._keys.fileno())
        if self._new:
            sync_folder(self._part.parent)
            sync_folder(self._key.parent)
            self._new = False

    def keep(self) -> VaultId:
        """Seal the end and make it durable: from here on the review key can open the content."""
        if not self.mark.ended:
            self._writer.end()
        self.sync()
        contents().keep(self._part, self._final)
        return self.vault_id

    def __enter__(self) -> Growing:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._keys.close()
        self._target.close()
