"""Who can open a backup: n operators with a key pair each, of whom k must come together.

The archive's own key is sealed to every group of k operators, one layer an operator (libsodium's sealed
boxes, X25519): fewer than k private keys open none of them, and no new cryptography is needed for it.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from disrupt.hotline.common.store.files import write_private
from disrupt.hotline.operating.backup.errors import BackupError

_PUBLIC, _PRIVATE = "disrupt-backup-public:", "disrupt-backup-private:"
# 3 of 8 are 56 groups; nobody needs more of them than this.
MOST_GROUPS = 1000


def make(path: Path) -> str:
    """Make an operator's key pair: the private half goes to `path` (mode 0600), the public line is returned.

    Raises BackupError where the file exists.
    """
    if path.exists():
        raise BackupError(f"{path} exists: a key that opens backups is never written over.")
    private = PrivateKey.generate()
    write_private(path, (_PRIVATE + _text(bytes(private)) + "\n").encode())
    return _PUBLIC + _text(bytes(private.public_key))


def public_key(line: str) -> PublicKey:
    """The public half, as `make` returned it. Raises BackupError."""
    return PublicKey(_bytes(line, _PUBLIC))


def private_key(path: Path) -> PrivateKey:
    """The private half in a file that `make` wrote. Raises BackupError."""
    try:
        text = path.read_text("ascii")
    except (OSError, ValueError):
        raise BackupError(f"{path} cannot be read as an operator's key.") from None
    return PrivateKey(_bytes(text, _PRIVATE))


def seal_for(secret: bytes, operators: Iterable[PublicKey], needed: int) -> dict[str, Any]:
    """The secret, for any `needed` of these operators, as plain JSON values. Raises BackupError."""
    publics = sorted({bytes(key) for key in operators})
    if not 1 <= needed <= len(publics):
        raise BackupError(
            f"{needed} of {len(publics)} operators cannot be asked for: name more, or need fewer."
        )
    groups = list(itertools.combinations(range(len(publics)), needed))
    if len(groups) > MOST_GROUPS:
        raise BackupError("So many groups of operators cannot be sealed to: name fewer.")
    boxes = []
    for group in groups:
        sealed = secret
        for number in group:
            sealed = bytes(SealedBox(PublicKey(publics[number])).encrypt(sealed))
        boxes.append({"of": list(group), "sealed": _text(sealed)})
    return {"needed": needed, "operators": [_text(key) for key in publics], "boxes": boxes}


def open_with(head: Mapping[str, Any], keys: Iterable[PrivateKey]) -> bytes:
    """The secret again. Raises BackupError where too few of the operators' keys are given."""
    by_public = {_text(bytes(key.public_key)): key for key in keys}
    try:
        known = {
            number: by_public[name] for number, name in enumerate(head["operators"]) if name in by_public
        }
        for box in head["boxes"]:
            if known.keys() >= set(box["of"]):
                sealed = base64.b64decode(box["sealed"])
                for number in reversed(box["of"]):
                    sealed = SealedBox(known[number]).decrypt(sealed)
                return sealed
        needed = int(head["needed"])
    except (KeyError, TypeError, ValueError, CryptoError):
        raise BackupError("The head of this backup is damaged.") from None
    raise BackupError(
        f"This backup opens with {needed} of its {len(head['operators'])} operators' keys; "
        f"{len(known)} of those that you gave are among them."
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str, prefix: str) -> bytes:
    body = text.strip()
    try:
        data = base64.b64decode(body.removeprefix(prefix), validate=True)
    except ValueError:
        data = b""
    if not body.startswith(prefix) or len(data) != 32:
        raise BackupError(f"This is not an operator's key: it begins with {prefix}")
    return data
