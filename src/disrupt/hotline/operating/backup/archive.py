"""The file of a backup: one line of JSON that says who opens it, then a sealed stream of a tar.

{"format": "disrupt-backup-1", "made_at": ..., "needed": k, "operators": [...], "boxes": [...]}\\n
libsodium secretstream (common/store/sealing.py) of a tar: manifest.json, database, keys/<holder>/<name>
"""

from __future__ import annotations

import io
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from nacl.public import PrivateKey, PublicKey

from disrupt.hotline.common.store.files import create_only, private_folder
from disrupt.hotline.common.store.sealing import ContentKey, SealBroken, SealingWriter, new_key, open_stream
from disrupt.hotline.operating.backup import operators
from disrupt.hotline.operating.backup.errors import BackupError

FORMAT = "disrupt-backup-1"
MANIFEST, DATABASE = "manifest.json", "database"
_LONGEST_HEAD = 1 << 20
_LARGEST_KEY = 1 << 20
_KEY = re.compile(r"keys/[a-z_]{1,32}/[A-Za-z0-9][A-Za-z0-9._-]{0,64}")


class _Pulled(io.RawIOBase):
    """The pieces of a sealed stream as a file that tarfile can read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def write(
    path: Path, manifest: dict[str, Any], database: Path, keys: Path, to: Iterable[PublicKey], needed: int
) -> None:
    """Write a backup; the file appears whole or not at all, mode 0600. Raises BackupError, OSError."""
    secret = new_key()
    sealed = operators.seal_for(secret, to, needed)
    head = {"format": FORMAT, "made_at": manifest["made_at"], **sealed}
    beside = path.with_name(f".{path.name}.part")
    beside.unlink(missing_ok=True)
    try:
        with create_only(beside) as target:
            target.write(json.dumps(head, separators=(",", ":")).encode() + b"\n")
            writer = SealingWriter(target, secret)
            _fill(writer, manifest, database, keys)
            writer.finish()
            target.flush()
            os.fsync(target.fileno())
        os.link(beside, path)  # never over a backup that is there
    except FileExistsError:
        raise BackupError(f"{path} exists: a backup is never written over.") from None
    finally:
        beside.unlink(missing_ok=True)


def _fill(writer: SealingWriter, manifest: dict[str, Any], database: Path, keys: Path) -> None:
    with tarfile.open(fileobj=writer, mode="w|") as tar:  # type: ignore[call-overload]  # it only writes
        text = json.dumps(manifest).encode()
        info = tarfile.TarInfo(MANIFEST)
        info.size = len(text)
        tar.addfile(info, io.BytesIO(text))
        tar.add(database, DATABASE, recursive=False)
        for file in sorted(keys.glob("*/*")):
            name = f"keys/{file.parent.name}/{file.name}"
            if file.is_file() and not file.is_symlink() and _KEY.fullmatch(name):
                tar.add(file, name, recursive=False)


def head_of(source: BinaryIO) -> dict[str, Any]:
    """The first line of a backup. Raises BackupError."""
    line = source.readline(_LONGEST_HEAD)
    try:
        head = json.loads(line)
        if head["format"] != FORMAT:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise BackupError("This is not a backup of this hotline's format.") from None
    return dict(head)


def read(path: Path, keys: Iterable[PrivateKey], into: Path) -> dict[str, Any]:
    """Open a backup into the empty folder `into` (database, keys/...); return its manifest.

    Whatever is not one of a backup's own files is refused. Raises BackupError.
    """
    try:
        with path.open("rb") as source:
            secret = ContentKey(operators.open_with(head_of(source), keys))
            pulled = io.BufferedReader(_Pulled(open_stream(source, secret)), 1 << 16)
            with tarfile.open(fileobj=pulled, mode="r|") as tar:
                manifest = _take_out(tar, into)
            pulled.read()  # to its end, whose seal is looked at too
    except (SealBroken, tarfile.TarError) as error:
        raise BackupError(f"This backup is damaged: {error}") from None
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from None
    if not manifest or not (into / DATABASE).exists():
        raise BackupError("This backup is not whole.")
    return manifest


def _take_out(tar: tarfile.TarFile, into: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = {}
    for member in tar:
        source = tar.extractfile(member) if member.isreg() else None
        if source is None:
            raise BackupError("This backup holds what no backup of ours holds.")
        if member.name == MANIFEST:
            manifest = json.loads(source.read(_LONGEST_HEAD))
        elif member.name == DATABASE or (_KEY.fullmatch(member.name) and member.size <= _LARGEST_KEY):
            target = into / member.name
            private_folder(target.parent)
            with create_only(target) as file:
                while piece := source.read(1 << 20):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        else:
            raise BackupError("This backup holds what no backup of ours holds.")
    return manifest
