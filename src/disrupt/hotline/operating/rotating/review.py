"""The review key pair is replaced, and what waits under the old one is sealed under the new one.

A file of the key store is written over where it stands, never put there: what is destroyed at the same moment
stays destroyed. Before that its new bytes stand in one file beside, so that a power cut leaves no torn key.
A content that came in pieces has its sealed keys in its digests, and is copied under another name instead.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction
from nacl.public import PrivateKey

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Item, Sketch
from disrupt.hotline.common import keys
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.store import segments, vault
from disrupt.hotline.common.store.contents import contents
from disrupt.hotline.common.store.files import NotOurFile, open_own, write_private
from disrupt.hotline.common.store.sealing import SealBroken, open_key, seal_key
from disrupt.hotline.common.store.vault import ContentDestroyed, VaultId
from disrupt.hotline.operating.together.locking import destroy_file

ROTATION = Actor("rotation")
_BESIDE = "sealing-anew.json"


@dataclass(frozen=True)
class SealedAnew:
    """How many were sealed anew, and how many are still under an old key."""

    texts: int
    contents: int
    left: int


def older(folder: Path) -> list[Path]:
    """The keys that are being replaced."""
    return sorted((folder / "review").glob("review-*.key"))


def begin(folder: Path, at: dt.datetime) -> None:
    """A new pair. Whatever is sealed at this moment opens with one of the two, wherever this stops."""
    private = folder / "review" / "review.key"
    write_private(private.with_name(f"review-{at:%Y%m%dT%H%M%S}.key"), private.read_bytes())
    new = PrivateKey.generate()
    write_private(private, bytes(new))
    write_private(folder / "shared" / "review.pub", bytes(new.public_key))


def finish(folder: Path) -> None:
    """Destroy the old private keys."""
    for path in older(folder):
        destroy_file(path)


def seal_anew() -> SealedAnew:
    """Go through the key store once."""
    _after_a_power_cut()
    old = keys.review_private_keys()[1:]
    texts = contents = left = 0
    for vault_id in _names() if old else ():
        if not _opens(vault_id, old):
            continue
        if _in_pieces(vault_id):
            moved = _copy(vault_id)
            contents, left = contents + moved, left + (not moved)
        else:
            texts += _write_over(vault_id, old)
    return SealedAnew(texts, contents, left)


def _names() -> Iterator[VaultId]:
    for path in sorted(settings.KEYSTORE_FOLDER.glob("??/*")):
        if not path.name.startswith("."):
            yield VaultId(path.name)


def _opens(vault_id: VaultId, old: list[PrivateKey]) -> bool:
    """Whether one of the old keys opens the first of its keys (a case's own key seals some)."""
    with contextlib.suppress(ContentDestroyed, NotOurFile, SealBroken, vault.NotAVaultId):
        open_key(vault.sealed_key(vault_id)[: segments.SEALED_KEY], old)
        return True
    return False


def _in_pieces(vault_id: VaultId) -> bool:
    with contextlib.suppress(FileNotFoundError, NotOurFile), open_own(vault.part_path(vault_id)) as file:
        return segments.is_one(file)
    with (
        contextlib.suppress(FileNotFoundError, NotOurFile),
        contents().open(vault.places(vault_id)[0]) as file,
    ):
        return segments.is_one(file)
    return False


def _write_over(vault_id: VaultId, old: list[PrivateKey]) -> int:
    with contextlib.suppress(ContentDestroyed, SealBroken):
        sealed = seal_key(open_key(vault.sealed_key(vault_id), old), keys.review_public_key())
        beside = settings.KEYSTORE_FOLDER / _BESIDE
        write_private(beside, json.dumps({"id": vault_id, "sealed": sealed.hex()}).encode())
        done = _put(vault_id, sealed)
        beside.unlink()
        return done
    return 0


def _put(vault_id: VaultId, sealed: bytes) -> int:
    try:
        file = open_own(vault.places(vault_id)[1], os.O_RDWR)
    except FileNotFoundError:
        return 0  # destroyed meanwhile: nothing comes back
    with file:
        file.write(sealed)
        file.flush()
        os.fsync(file.fileno())
    return 1


def _after_a_power_cut() -> None:
    """What was being written over is written over again, if it is still there."""
    beside = settings.KEYSTORE_FOLDER / _BESIDE
    with contextlib.suppress(FileNotFoundError):
        said = json.loads(beside.read_text("ascii"))
        _put(VaultId(said["id"]), bytes.fromhex(said["sealed"]))
        beside.unlink()


def _copy(vault_id: VaultId) -> bool:
    """Whether an item's content stands under another name now; an upload on its way in has no item yet."""
    item = Item.objects.filter(vault_id=vault_id).first()
    if item is None:
        return False
    new = vault.deposit(vault.open_briefly(vault_id))
    with transaction.atomic():
        held = hold_item(item)
        if held.vault_id != vault_id:
            vault.destroy(new)
            return True
        held.vault_id, held.prepared = new, False
        held.save(update_fields=["vault_id", "prepared"])
        # It was sealed under the old content's key, and is made again.
        Sketch.objects.filter(item=held).delete()
        ledger.record(held.case, "content.sealed_anew", ROTATION, item=held)
    vault.destroy(vault_id)
    return True
