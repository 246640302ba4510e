"""A sealed content that grows over several requests: the format, and what ties its pieces together.

Whoever seals a piece forgets its key with it, so that an upload can be taken up again (by another process,
after a crash) while nothing at rest can be read without the review key. docs/adr/0009 has the reasons.

    file     magic 8, plaintext length u64, then records
    record   kind 1, payload length u32, payload, digest 32
    S        a segment begins: its number u32, its first plaintext byte u64, secretstream header 24
    C        a chunk of the segment: at most 64 KiB + 17
    E        the end, tagged final; without it the content does not open
    keys     one file beside: 80 bytes a segment, each key sealed to the review key

Each digest covers the one before it (the first covers the content's id and its length; that of S also the
sealed key), and each chunk is authenticated together with the digest before it. So nothing can be dropped,
reordered, repeated or brought from elsewhere, and whoever goes on can tell a whole record from a torn one
without any key.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from nacl import bindings as sodium
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey

from disrupt.hotline.common.store.sealing import CHUNK, ContentKey, SealBroken, new_key, open_key, seal_key
from disrupt.hotline.common.store.wiping import wipe_state

MAGIC = b"DSRPT\x00\x00\x02"
SEALED_KEY = 80  # crypto_box_seal of 32 bytes
_OVERHEAD = sodium.crypto_secretstream_xchacha20poly1305_ABYTES
_HEADER = sodium.crypto_secretstream_xchacha20poly1305_HEADERBYTES
_MESSAGE = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
_FINAL = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL
_LENGTH = struct.Struct(">Q")
_RECORD = struct.Struct(">cI")
_START = struct.Struct(f">IQ{_HEADER}s")
_DIGEST = 32
_LARGEST = CHUNK + _OVERHEAD
_S, _C, _E = b"S", b"C", b"E"


@dataclass(frozen=True)
class Mark:
    """How far a content has come: bytes of file, bytes of plaintext, segments begun, the last digest."""

    position: int
    offset: int
    segments: int
    chain: bytes
    ended: bool = False


def _first_digest(vault_id: str, length: int) -> bytes:
    return hashlib.blake2b(
        MAGIC + _LENGTH.pack(length) + vault_id.encode(), digest_size=_DIGEST, person=b"disrupt-segments"
    ).digest()


def _link(chain: bytes, kind: bytes, payload: bytes, sealed_key: bytes = b"") -> bytes:
    digest = hashlib.blake2b(chain + kind, digest_size=_DIGEST)
    digest.update(payload)
    digest.update(sealed_key)
    return digest.digest()


def begin(target: BinaryIO, vault_id: str, length: int) -> Mark:
    """Write the head of a content of `length` bytes of plaintext."""
    head = MAGIC + _LENGTH.pack(length)
    _write(target, head)
    return Mark(len(head), 0, 0, _first_digest(vault_id, length))


def _write(target: BinaryIO, data: bytes) -> None:
    # Unbuffered, so that a killed process leaves all that it had sealed; such a file may write in parts.
    rest = memoryview(data)
    while rest:
        rest = rest[target.write(rest) :]


class SegmentWriter:
    """Goes on from a mark, where the files stand. The first write begins a segment with a new key."""

    def __init__(self, target: BinaryIO, keys: BinaryIO, mark: Mark, to: PublicKey) -> None:
        self._target, self._keys, self._to = target, keys, to
        self._state: Any = None
        self.mark = mark

    def write(self, data: bytes) -> None:
        """Seal at most 64 KiB. After an OSError the mark is still that of the last whole record."""
        if self._state is None:
            self._begin_segment()
        self._record(_C, self._push(data, _MESSAGE), plain=len(data))

    def end(self) -> None:
        """Seal the end."""
        if self._state is None:
            self._begin_segment()
        self._record(_E, self._push(b"", _FINAL))
        self.mark = replace(self.mark, ended=True)

    def _begin_segment(self) -> None:
        key = new_key()
        sealed = seal_key(key, self._to)
        state = sodium.crypto_secretstream_xchacha20poly1305_state()
        header = sodium.crypto_secretstream_xchacha20poly1305_init_push(state, key)
        _write(self._keys, sealed)
        self._record(_S, _START.pack(self.mark.segments, self.mark.offset, header), sealed_key=sealed)
        self.mark = replace(self.mark, segments=self.mark.segments + 1)
        self._state = state

    def _push(self, data: bytes, tag: int) -> bytes:
        sealed: bytes = sodium.crypto_secretstream_xchacha20poly1305_push(
            self._state, data, self.mark.chain, tag
        )
        return sealed

    def _record(self, kind: bytes, payload: bytes, *, plain: int = 0, sealed_key: bytes = b"") -> None:
        mark = self.mark
        chain = _link(mark.chain, kind, payload, sealed_key)
        record = _RECORD.pack(kind, len(payload)) + payload + chain
        _write(self._target, record)
        self.mark = replace(
            mark, position=mark.position + len(record), offset=mark.offset + plain, chain=chain
        )


def last_whole(source: BinaryIO, keys: BinaryIO, mark: Mark) -> Mark:
    """The mark after the last record that is whole, from `mark` on; what follows it is torn. Needs no key."""
    source.seek(mark.position)
    while not mark.ended:
        found = _read(source)
        if found is None:
            break
        kind, payload, digest = found
        sealed_key = b""
        if kind == _S:
            keys.seek(mark.segments * SEALED_KEY)
            sealed_key = keys.read(SEALED_KEY)
        if digest != _link(mark.chain, kind, payload, sealed_key):
            break
        mark = Mark(
            source.tell(),
            mark.offset + (len(payload) - _OVERHEAD if kind == _C else 0),
            mark.segments + (kind == _S),
            digest,
            kind == _E,
        )
    return mark


def _read(source: BinaryIO) -> tuple[bytes, bytes, bytes] | None:
    """The next record (kind, payload, digest); None when there is no whole one."""
    head = source.read(_RECORD.size)
    if len(head) != _RECORD.size:
        return None
    kind, size = _RECORD.unpack(head)
    if kind not in {_S, _C, _E} or size > _LARGEST:
        return None
    body = source.read(size + _DIGEST)
    if len(body) != size + _DIGEST:
        return None
    return kind, body[:size], body[size:]


def is_one(file: BinaryIO) -> bool:
    """Whether this ciphertext, of which nothing was read yet, came in several requests."""
    start: bytes = file.peek(len(MAGIC))[: len(MAGIC)]  # type: ignore[attr-defined]  # both kinds of file have it
    return start == MAGIC


def open_segments(
    source: BinaryIO, sealed_keys: bytes, private: PrivateKey | Sequence[PrivateKey], vault_id: str
) -> Iterator[bytes]:
    """The plaintext, chunk by chunk, of a file that stands after its magic. Raises SealBroken."""
    state: Any = None
    try:
        (length,) = _LENGTH.unpack(source.read(_LENGTH.size))
        mark = Mark(0, 0, 0, _first_digest(vault_id, length))
        while True:
            found = _read(source)
            if found is None:
                raise SealBroken("The sealed file is truncated.")
            kind, payload, digest = found
            sealed = b""
            if kind == _S:
                wipe_state(state)
                sealed = sealed_keys[mark.segments * SEALED_KEY :][:SEALED_KEY]
                state = _open_segment(payload, mark, open_key(sealed, private))
                mark = replace(mark, segments=mark.segments + 1)
            else:
                plain, tag = sodium.crypto_secretstream_xchacha20poly1305_pull(state, payload, mark.chain)
                if tag != (_FINAL if kind == _E else _MESSAGE):
                    raise SealBroken("The sealed file's end is not where it was.")
                mark = replace(mark, offset=mark.offset + len(plain))
                if kind == _C:
                    yield plain
            mark = replace(mark, chain=_link(mark.chain, kind, payload, sealed))
            if digest != mark.chain:
                raise SealBroken("The sealed file was altered.")
            if kind == _E:
                break
    except (CryptoError, RuntimeError, ValueError, TypeError, struct.error) as error:
        if isinstance(error, SealBroken):
            raise
        raise SealBroken("The sealed file was altered or is sealed with another key.") from error
    finally:
        wipe_state(state)
    if mark.offset != length:
        raise SealBroken("The sealed file is not as long as it was said to be.")
    if source.read(1):
        raise SealBroken("The sealed file goes on after its end.")


def _open_segment(payload: bytes, mark: Mark, key: ContentKey) -> Any:
    number, offset, header = _START.unpack(payload)
    if (number, offset) != (mark.segments, mark.offset):
        raise SealBroken("The pieces of the sealed file are not in their order.")
    state = sodium.crypto_secretstream_xchacha20poly1305_state()
    sodium.crypto_secretstream_xchacha20poly1305_init_pull(state, header, key)
    return state
