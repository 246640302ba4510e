"""Files of the two stores: one account's own, or of the group of those that share them."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from disrupt.hotline.common.store.files import PRIVATE_FILE, PRIVATE_FOLDER, private_folder, write_private

# Others have no way through: the folders above are their group's (setgid), and nobody else's.
SHARED_FILE, SHARED_FOLDER = 0o660, 0o770


def file_mode() -> int:
    """Of what is kept there."""
    return SHARED_FILE if settings.STORE_SHARED else PRIVATE_FILE


def make_room(path: Path) -> Path:
    """Make the folder in which it is going to stand."""
    return private_folder(path.parent, SHARED_FOLDER if settings.STORE_SHARED else PRIVATE_FOLDER)


def write(path: Path, data: bytes) -> None:
    """Write it atomically."""
    make_room(path)
    write_private(path, data, file_mode())
