"""Files that hold keys: one for an exchange; or named ones, for `disrupt serve` and `disrupt guard`."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from disrupt.errors import DisruptError
from disrupt.partner.following.feed_client import SyncError
from disrupt.partner.shared.said import complain

Key = TypeVar("Key")


class KeyFileError(SyncError):
    """The key file cannot be used."""


class BadKeys(DisruptError):
    """The file of keys cannot be used."""


def read_key(path: Path) -> str:
    """The key in this file; says on stderr when others can read it. Raises KeyFileError."""
    try:
        text = path.read_text("ascii").strip()
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror or error}") from None
    except UnicodeDecodeError:
        raise KeyFileError(f"{path} does not hold a key: it is not plain text.") from None
    if not text or len(text.split()) != 1 or not text.isprintable():
        raise KeyFileError(f"{path} does not hold a key: it should hold one word and nothing else.")
    if mode & 0o077:
        complain(f"warning: others can read {path}: chmod 600 {path}", code="open_key")
    return text


def read_named(path: Path, key_of: Callable[[str], Key | None], wanted: str) -> dict[str, Key]:
    """Names and what `key_of` makes of each word beside them; None for a word that is no key.

    A line is `name key`; # begins a comment.

    `wanted` says what a line holds, for the error. Raises BadKeys.
    """
    keys: dict[str, Key] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeys(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        key = key_of(words[1]) if len(words) == 2 else None
        if key is None or words[0] in keys:
            raise BadKeys(f"{path}: line {number}: {wanted}")
        keys[words[0]] = key
    if not keys:
        raise BadKeys(f"{path}: holds no key")
    return keys
