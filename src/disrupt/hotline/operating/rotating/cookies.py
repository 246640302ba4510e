"""The secrets that sign cookies: the old ones are good for as long as they stand beside."""

from __future__ import annotations

import secrets
from pathlib import Path

from disrupt.hotline.common.store.files import write_private

WHO = ("portal", "console")


def begin(keys: Path) -> None:
    """A new secret for each; what the one before signed is still believed."""
    for process in WHO:
        path = keys / process / "django.secret"
        write_private(path.with_name("django-old.secret"), path.read_bytes())
        write_private(path, secrets.token_hex(32).encode())


def finish(keys: Path) -> None:
    """Believe the old ones no more."""
    for process in WHO:
        (keys / process / "django-old.secret").unlink(missing_ok=True)
