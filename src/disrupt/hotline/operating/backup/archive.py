"""The file of a backup: one line of JSON that says who opens it, then a sealed stream of a tar.

{"format": "disrupt-backup-1", "made_at": ..., "needed": k, "operators": [...], "boxes": [...],
 "made_by": Ed25519 key of the hotline, "signature": over all the rest}\\n
libsodium secretstream (common/store/sealing.py) of a tar: manifest.json, database, keys/<holder>/<name>
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from nacl.exceptions import BadSignatureError
from nacl.public import PrivateKey, PublicKey
from nacl.signing import SigningKey, VerifyKey

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
    path: Path,
    manifest: dict[str, Any],
    database: Path,
    keys: Path,
    to: Iterable[PublicKey],
    needed: int,
    signer: SigningKey,
) -> None:
    """Write a signed backup; the file appears whole or not at all, mode 0600. Raises BackupError, OSError."""
    secret = new_key()
    sealed = operators.seal_for(secret, to, needed)
    made_by = bytes(signer.verify_key).hex()
    head = {"format": FORMAT, "made_at": manifest["made_at"], **sealed, "made_by": made_by}
    head["signature"] = base64.b64encode(signer.sign(_signed(head)).signature).decode()
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


def _signed(head: dict[str, Any]) -> bytes:
    """What is signed: the boxes are sealed around the secret under which all the rest is sealed."""
    rest = {name: value for name, value in head.items() if name != "signature"}
    return json.dumps(rest, sort_keys=True, separators=(",", ":")).encode()


def made_by(head: dict[str, Any]) -> str:
    """The key that signed a head; "" where none did, as before backups were signed. Raises BackupError."""
    if not head.keys() & {"made_by", "signature"}:
        return ""
    try:
        key = VerifyKey(bytes.fromhex(head["made_by"]))
        key.verify(_signed(head), base64.b64decode(head["signature"], validate=True))
    except (KeyError, TypeError, ValueError, BadSignatureError):
        raise BackupError("The signature of this backup does not verify.") from None
    return bytes(key).hex()


def must_be_of(path: Path, maker: str) -> None:
    """Raises BackupError unless this backup was signed by the key `maker`."""
    try:
        with path.open("rb") as source:
            said = made_by(head_of(source))
    except OSError as error:
        raise BackupError(f"{path} cannot be read: {error.strerror}") from None
    if not said:
        raise BackupError(
            "Nobody signed this backup: whoever has the operators' public lines can have made it. If it "
            "comes from where only your hotline writes, restore it with --whoever-made-it."
        )
    if not maker:
        raise BackupError(
            f"This backup was signed by {said}. If that is what `backup` said when you made one, restore it "
            f"with --made-by {said}"
        )
    if said != maker.lower():
        raise BackupError(f"This backup was signed by {said}: your hotline did not make it.")


def read(path: Path, keys: Iterable[PrivateKey], into: Path) -> dict[str, Any]:
    """Open a backup into the empty folder `into` (database, keys/...); return its manifest.

    Whatever is not one of a backup's own files is refused. Raises BackupError.
    """
    try:
        with path.open("rb") as source:
            head = head_of(source)
            made_by(head)
            secret = ContentKey(operators.open_with(head, keys))
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
