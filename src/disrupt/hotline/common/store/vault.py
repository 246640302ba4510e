"""The sealed store and its key store: what is deposited here can be destroyed for certain.

    store/ab/abcd...   ciphertext of one content (SQL databases and backups never hold it), or in a bucket
    keystore/ab/abcd...  its key (or keys, when it came in pieces), sealed to the review key; never backed up

To destroy is to remove the key, then the ciphertext, and to look that both are gone. Overwriting the key
first is a bonus on the file systems where it means anything, never the promise.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NewType

from django.conf import settings
from nacl.public import PrivateKey, PublicKey

from disrupt.hotline.common import clock, keys
from disrupt.hotline.common.store import segments, shared
from disrupt.hotline.common.store.contents import contents
from disrupt.hotline.common.store.files import NotOurFile, open_own, sync_folder
from disrupt.hotline.common.store.sealing import (
    MAGIC,
    ContentKey,
    SealingWriter,
    new_key,
    open_key,
    open_stream,
    open_text,
    seal_key,
    seal_text,
)
from disrupt.hotline.common.store.wiping import wipe

VaultId = NewType("VaultId", str)
_ID = re.compile(r"[0-9a-f]{32}")


# Of a content of many pieces: more than any upload makes.
LARGEST_KEYS = 64 * 1024 * 1024


class NotAVaultId(ValueError):
    """A name that is none of the store's: nothing is looked for under it."""


class ContentDestroyed(LookupError):
    """The content or text was destroyed: its key does not exist any more."""


class DestructionFailed(RuntimeError):
    """Something of the content is still on the disk after its destruction; it must be tried again."""


@dataclass(frozen=True)
class SealedText:
    """A text at rest: `vault_id` names its key in the key store, `ciphertext` goes to the database."""

    vault_id: VaultId
    ciphertext: bytes


@dataclass(frozen=True)
class Receipt:
    """What was verified when a content was destroyed."""

    vault_id: VaultId
    destroyed_at: dt.datetime
    ciphertext_bytes: int
    key_absent: bool
    ciphertext_absent: bool

    def as_data(self) -> dict[str, object]:
        """For the ledger: plain values, and a hash instead of the store's own name."""
        return {
            "content": hashlib.sha256(self.vault_id.encode()).hexdigest()[:16],
            "destroyed_at": self.destroyed_at.isoformat(),
            "ciphertext_bytes": self.ciphertext_bytes,
            "key_absent": self.key_absent,
            "ciphertext_absent": self.ciphertext_absent,
        }


def _place(root: Path, vault_id: str) -> Path:
    # The portal writes these names to the database, and holds less than who reads them there.
    if not _ID.fullmatch(vault_id):
        raise NotAVaultId("This names nothing in the store.")
    return root / vault_id[:2] / vault_id


def _store(vault_id: str) -> Path:
    return _place(settings.STORE_FOLDER, vault_id)


def _key(vault_id: str) -> Path:
    return _place(settings.KEYSTORE_FOLDER, vault_id)


def places(vault_id: VaultId) -> tuple[Path, Path]:
    """Where its ciphertext and its keys stand."""
    return _store(vault_id), _key(vault_id)


def part_path(vault_id: VaultId) -> Path:
    """Where its ciphertext stands until it is whole."""
    return _store(vault_id).with_suffix(".part")


class Deposit:
    """One content on its way in: `write` seals as bytes arrive, `keep` makes it durable, `drop` forgets it.

    A process that dies in between leaves ciphertext without a key, which nobody can open and
    `forget_abandoned` sweeps away.
    """

    def __init__(self) -> None:
        self.vault_id = VaultId(uuid.uuid4().hex)
        self._path = part_path(self.vault_id)
        shared.make_room(self._path)
        self._secret = new_key()
        fd = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, shared.file_mode())
        self._file = os.fdopen(fd, "wb")
        self._writer = SealingWriter(self._file, self._secret)

    @property
    def size(self) -> int:
        """Bytes of plaintext received so far."""
        return self._writer.size

    def write(self, data: bytes) -> None:
        """Seal more bytes."""
        self._writer.write(data)

    def keep(self) -> VaultId:
        """Finish: from here on the review key can open the content."""
        self._writer.finish()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        shared.write(_key(self.vault_id), seal_key(self._secret, keys.review_public_key()))
        contents().keep(self._path, _store(self.vault_id))
        return self.vault_id

    def drop(self) -> None:
        """Forget it: nothing of it remains."""
        with contextlib.suppress(OSError):  # on a full disk what was not written yet cannot be
            self._file.close()
        self._path.unlink(missing_ok=True)


def deposit(chunks: Iterable[bytes]) -> VaultId:
    """Seal and keep a whole content."""
    incoming = Deposit()
    try:
        for chunk in chunks:
            incoming.write(chunk)
        return incoming.keep()
    except BaseException:
        incoming.drop()
        raise


def sealed_key(vault_id: VaultId) -> bytes:
    """Its key, or keys, as they stand in the key store. Raises ContentDestroyed."""
    try:
        with open_own(_key(vault_id)) as file:
            return file.read(LARGEST_KEYS)
    except FileNotFoundError:
        raise ContentDestroyed("This content was destroyed: its key is gone.") from None


def _content_key(vault_id: VaultId, private: PrivateKey | None = None) -> ContentKey:
    return open_key(sealed_key(vault_id), private or keys.review_private_keys())


def open_content(vault_id: VaultId) -> Iterator[bytes]:
    """The plaintext, chunk by chunk. Raises ContentDestroyed, SealBroken, ReviewKeyMissing."""
    sealed, private = sealed_key(vault_id), keys.review_private_keys()
    try:
        file = contents().open(_store(vault_id))
    except FileNotFoundError:
        raise ContentDestroyed("This content was destroyed: its ciphertext is gone.") from None
    with file:
        if segments.is_one(file):
            file.read(len(MAGIC))
            yield from segments.open_segments(file, sealed, private, vault_id)
        else:
            yield from open_stream(file, open_key(sealed, private))


def open_briefly(vault_id: VaultId) -> Iterator[bytes]:
    """As `open_content`, but each piece is overwritten as soon as the next one is asked for."""
    for piece in open_content(vault_id):
        try:
            yield piece
        finally:
            wipe(piece)


def read_content(vault_id: VaultId) -> bytes:
    """The plaintext in memory. Raises as `open_content`."""
    return b"".join(open_content(vault_id))


def seal(text: str, to: PublicKey | None = None) -> SealedText:
    """Seal a text with a key of its own, which goes to the key store; readable with the review key.

    With `to` (a case's public key) it is readable with that key's private half instead, and only so.
    """
    vault_id = VaultId(uuid.uuid4().hex)
    key = new_key()
    shared.write(_key(vault_id), seal_key(key, to or keys.review_public_key()))
    return SealedText(vault_id, seal_text(text, key))


def unseal(sealed: SealedText, private: PrivateKey | None = None) -> str:
    """The text again, with the review key unless another is given.

    Raises ContentDestroyed, SealBroken, ReviewKeyMissing.
    """
    return open_text(sealed.ciphertext, _content_key(sealed.vault_id, private))


def exists(vault_id: VaultId) -> bool:
    """Whether anything of it (key or ciphertext) is still there."""
    final, key = places(vault_id)
    return key.exists() or part_path(vault_id).exists() or not contents().is_gone(final)


def is_whole(vault_id: VaultId) -> bool:
    """Whether both its key and its ciphertext are there."""
    final, key = places(vault_id)
    return key.exists() and contents().size(final) is not None


def has_key(vault_id: VaultId) -> bool:
    """Whether its key is there: a text's ciphertext stands in the database."""
    return _key(vault_id).exists()


def destroy(vault_id: VaultId) -> Receipt:
    """Destroy a content or a text for good; safe to call again. Raises DestructionFailed, BucketFailed."""
    ciphertext, key = places(vault_id)
    part, kept = part_path(vault_id), contents()
    # The key first: without it the rest says nothing, also where a store of objects is away.
    _overwrite(key)
    for path in (key, part):
        there = path.stat().st_size if path == part and path.exists() else 0
        path.unlink(missing_ok=True)
        if path.parent.exists():
            sync_folder(path.parent)
    size = there + (kept.size(ciphertext) or 0)
    kept.destroy(ciphertext)
    absent = not part.exists() and kept.is_gone(ciphertext)
    receipt = Receipt(vault_id, clock.now(), size, not key.exists(), absent)
    if not (receipt.key_absent and receipt.ciphertext_absent):
        raise DestructionFailed("The content is still there after its destruction; it is tried again.")
    return receipt


def _overwrite(path: Path) -> None:
    try:
        with open_own(path, os.O_RDWR) as file:
            file.write(os.urandom(os.fstat(file.fileno()).st_size))
            file.flush()
            os.fsync(file.fileno())
    except (FileNotFoundError, NotOurFile):
        return  # a link is taken away, and what it leads to is left alone


def stored_ids() -> Iterator[tuple[VaultId, dt.datetime]]:
    """Everything in the store or the key store, with the time of its last change."""
    seen: set[str] = set()
    for root in (settings.STORE_FOLDER, settings.KEYSTORE_FOLDER):
        for path in sorted(Path(root).glob("??/*")):
            name = path.name.removesuffix(".part")
            if name in seen or name.startswith("."):
                continue
            seen.add(name)
            try:
                changed = dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC)
            except FileNotFoundError:
                continue
            yield VaultId(name), changed
    for name, changed in contents().all():
        if name not in seen and _ID.fullmatch(name):
            yield VaultId(name), changed
