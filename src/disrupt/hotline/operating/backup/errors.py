"""What can go wrong with a backup; every message says what to do."""

from __future__ import annotations


class BackupError(Exception):
    """A backup was not made, or not restored; nothing that was there before was changed."""
