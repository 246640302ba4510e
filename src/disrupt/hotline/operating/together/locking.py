"""The review key is locked for k of n operators, and taken out of the lock again."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from nacl.public import PrivateKey, PublicKey

from disrupt.hotline.common.keys import review_lock
from disrupt.hotline.common.store.files import open_own, write_private
from disrupt.hotline.common.together import sharing


class CannotLock(RuntimeError):
    """The key cannot be locked or unlocked now; the message says why."""


def lock(keys: Path, operators: Iterable[PublicKey], needed: int) -> None:
    """Share the review key out, and destroy the file that held it. Raises CannotLock, sharing.LockRefused."""
    path = keys / "review" / "review.key"
    if list(path.parent.glob("review-*.key")):
        raise CannotLock("A review key is being replaced: run `rotate review --finish` first.")
    try:
        key = PrivateKey(path.read_bytes())
    except FileNotFoundError:
        raise CannotLock("There is no keys/review/review.key: is it locked already?") from None
    write_private(review_lock(keys), sharing.written(sharing.lock(key, operators, needed)))
    destroy_file(path)


def unlock(keys: Path, private: Iterable[PrivateKey]) -> None:
    """Put the key back into its file. Raises CannotLock, sharing.LockDamaged."""
    path = review_lock(keys)
    try:
        held = sharing.read(path.read_bytes())
    except FileNotFoundError:
        raise CannotLock("The review key is not locked.") from None
    shares: dict[sharing.Place, bytes] = {}
    for one in private:
        shares |= sharing.shares_of(held, one)
    key = sharing.join(held, shares)
    if key is None:
        given, all_of_them = len(sharing.who_gave(held, shares)), len(held.operators)
        raise CannotLock(f"It opens with {held.needed} of {all_of_them} operators' keys; here are {given}.")
    write_private(keys / "review" / "review.key", bytes(key))
    path.unlink()


def destroy_file(path: Path) -> None:
    """Overwrite a key's file and take it away."""
    with open_own(path, os.O_RDWR) as file:
        file.write(os.urandom(os.fstat(file.fileno()).st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
