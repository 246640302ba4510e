"""Authenticated encryption of a stream, so that no plaintext ever reaches a disk.

libsodium's secretstream (XChaCha20-Poly1305): reordering, truncating or altering the chunks is detected.
File: 8 bytes of magic, 24 bytes of header, sealed chunks of 64 KiB + 17 bytes; the last is tagged final.
https://doc.libsodium.org/secret-key_cryptography/secretstream
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO, NewType

from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox
from nacl.utils import random as random_bytes

from disrupt.hotline.common.store.wiping import wipe_state

ContentKey = NewType("ContentKey", bytes)

MAGIC = b"DSRPT\x00\x00\x01"
CHUNK = 64 * 1024
_OVERHEAD = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL


class SealBroken(ValueError):
    """The sealed bytes are truncated, altered, or were sealed with another key."""


def new_key() -> ContentKey:
    """A random key for one content."""
    return ContentKey(sodium.crypto_secretstream_xchacha20poly1305_keygen())


def seal_key(key: ContentKey, to: PublicKey) -> bytes:
    """The key, readable by the holder of `to`'s private half only."""
    return bytes(SealedBox(to).encrypt(key))


def open_key(sealed: bytes, private: PrivateKey | Sequence[PrivateKey]) -> ContentKey:
    """The key that `seal_key` sealed, with the first of these that opens it. Raises SealBroken."""
    for one in (private,) if isinstance(private, PrivateKey) else private:
        try:
            return ContentKey(SealedBox(one).decrypt(sealed))
        except CryptoError:
            continue
    raise SealBroken("The content's key does not open with this review key.")


class SealingWriter:
    """Seals what it is given, chunk by chunk, into a binary file; `finish` makes it complete."""

    def __init__(self, target: BinaryIO, key: ContentKey) -> None:
        self._target = target
        self._state = sodium.crypto_secretstream_xchacha20poly1305_state()
        header = sodium.crypto_secretstream_xchacha20poly1305_init_push(self._state, key)
        self._pending = bytearray()
        self.size = 0
        target.write(MAGIC + header)

    def write(self, data: bytes) -> None:
        """Seal more plaintext."""
        self.size += len(data)
        self._pending += data
        # One full chunk always stays behind, because the last one must carry the final tag.
        while len(self._pending) > CHUNK:
            self._push(bytes(self._pending[:CHUNK]), _MESSAGE)
            del self._pending[:CHUNK]

    def finish(self) -> None:
        """Seal the last chunk; without it the file does not open."""
        self._push(bytes(self._pending), _FINAL)
        self._pending.clear()

    def _push(self, chunk: bytes, tag: int) -> None:
        sealed = sodium.crypto_secretstream_xchacha20poly1305_push(self._state, chunk, None, tag)
        self._target.write(sealed)


def open_stream(source: BinaryIO, key: ContentKey) -> Iterator[bytes]:
    """The plaintext, chunk by chunk. Raises SealBroken when the file is not exactly what was sealed."""
    if source.read(len(MAGIC)) != MAGIC:
        raise SealBroken("Not a sealed file of this version.")
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    header = source.read(_HEADER)
    if len(header) != _HEADER:
        raise SealBroken("The sealed file is truncated.")
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    tag = _MESSAGE
    try:
        while tag != _FINAL:
            chunk = source.read(CHUNK + _OVERHEAD)
            if not chunk:
                raise SealBroken("The sealed file is truncated.")
            try:
                plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, chunk, None)
            except (CryptoError, RuntimeError, ValueError) as error:
                raise SealBroken("The sealed file was altered or is sealed with another key.") from error
            yield plain
    finally:
        wipe_state(state)
    if source.read(1):
        raise SealBroken("The sealed file goes on after its end.")


def seal_text(text: str, key: ContentKey) -> bytes:
    """A short text (contact, description, message) sealed with a key of its own."""
    return seal_bytes(text.encode(), key)


def open_text(sealed: bytes, key: ContentKey) -> str:
    """The text that `seal_text` sealed. Raises SealBroken."""
    return open_bytes(sealed, key).decode()


def seal_bytes(data: bytes, key: bytes) -> bytes:
    """A few kilobytes sealed in one piece."""
    nonce = random_bytes(sodium.crypto_secretbox_NONCEBYTES)
    return nonce + sodium.crypto_secretbox(data, nonce, key)


def open_bytes(sealed: bytes, key: bytes) -> bytes:
    """What `seal_bytes` sealed. Raises SealBroken."""
    size = sodium.crypto_secretbox_NONCEBYTES
    try:
        return sodium.crypto_secretbox_open(sealed[size:], sealed[:size], key)
    except CryptoError as error:
        raise SealBroken("The sealed text was altered or is sealed with another key.") from error
