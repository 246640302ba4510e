"""Making a backup while everything runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from nacl.public import PublicKey

from disrupt import __version__
from disrupt.hotline.common.keys import backup_key, erasures_key
from disrupt.hotline.operating.backup import archive, databases
from disrupt.hotline.operating.backup.inventory import Inventory
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.backup.scratch import scratch


def take(path: Path, places: Places, *, at: str, to: Iterable[PublicKey], needed: int) -> Inventory:
    """Write a backup of the database and of the long-lived keys to `path`; return what is in it.

    The sealed contents and the key store are never in it: what is destroyed here is destroyed everywhere.
    The copy of the database stands in a private folder until it is sealed; it holds no plaintext that the
    database does not hold. Raises BackupError, OSError.
    """
    signer = backup_key(places.keys)
    # Made by `init`; without it in the copy, what is erased later could not be erased again.
    erasures_key(places.keys)
    with scratch(places, "backup") as folder:
        copy = folder / "database"
        held = databases.snapshot(places.database, copy)
        manifest = {
            "version": __version__,
            "made_at": at,
            "database": databases.kind_of(places.database),
            "inventory": held.as_data(),
        }
        archive.write(path, manifest, copy, places.keys, to, needed, signer)
    return held
