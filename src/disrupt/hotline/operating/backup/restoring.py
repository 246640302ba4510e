"""A backup becomes a hotline again, on a machine on which there is none.

The archive is opened into a private folder beside and looked at; then the keys are put in place, the database
is loaded and compared with the manifest. Only then does Django start: tables are brought up to date, what was
taken back after the backup is taken back again, and people whose content is lost are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl.public import PrivateKey

from disrupt.hotline.common.store.files import write_private
from disrupt.hotline.operating.backup import archive, databases
from disrupt.hotline.operating.backup.errors import BackupError
from disrupt.hotline.operating.backup.inventory import Inventory, from_data
from disrupt.hotline.operating.backup.places import Places
from disrupt.hotline.operating.backup.scratch import scratch


@dataclass(frozen=True)
class Restored:
    """What came back: what the manifest says of it, and what is in the database."""

    manifest: dict[str, Any]
    inventory: Inventory


def put_back(
    path: Path,
    private: Iterable[PrivateKey],
    places: Places,
    look: Callable[[Path, dict[str, Any]], None] = lambda _opened, _manifest: None,
) -> Restored:
    """Put keys and database in their places. Raises BackupError where there is a hotline already.

    `look` is shown the folder into which it was opened, and the manifest, before anything is put anywhere.
    """
    database, keys = places.database, places.keys
    there = [file for file in keys.glob("*/*") if file.is_file()]
    if there or not databases.is_empty(database):
        raise BackupError("There is a hotline here already: restore to an empty folder and database.")
    with scratch(places, "restore") as opened:
        manifest = archive.read(path, private, opened)
        try:
            promised, kind = from_data(manifest["inventory"]), str(manifest["database"])
        except (KeyError, TypeError, ValueError):
            raise BackupError("The manifest of this backup cannot be read.") from None
        if kind != databases.kind_of(database):
            raise BackupError(f"This backup is of {kind}: set DISRUPT_DATABASE to an empty one of that kind.")
        look(opened, manifest)
        for file in sorted(opened.glob("keys/*/*")):
            write_private(keys / file.parent.name / file.name, file.read_bytes())
        found = databases.load(database, opened / archive.DATABASE)
    different = found.differs_from(promised)
    if different:
        raise BackupError("What came back is not what was saved: " + "; ".join(different))
    return Restored(manifest, found)
