"""Files that hold keys: one for an exchange; or named ones, for `disrupt serve` and `disrupt guard`."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

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


@dataclass(frozen=True, slots=True)
class Named(Generic[Key]):
    """What the lines of such a file say: names and keys, and the numbers of the lines that are none."""

    keys: dict[str, Key]
    bad: tuple[int, ...]


def read_named(path: Path, key_of: Callable[[str], Key | None], wanted: str) -> dict[str, Key]:
    """Names and what `key_of` makes of each word beside them; None for a word that is no key.

    A line is `name key`; # begins a comment.

    `wanted` says what a line holds, for the error. Raises BadKeys.
    """
    found = named_in(lines_of(path), key_of)
    if found.bad:
        raise BadKeys(f"{path}: line {found.bad[0]}: {wanted}")
    if not found.keys:
        raise BadKeys(f"{path}: holds no key")
    return found.keys


def lines_of(path: Path) -> list[str]:
    """The lines of such a file. Raises BadKeys where it cannot be read."""
    try:
        return path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeys(f"{path}: cannot be read: {error}") from error


def named_in(lines: Iterable[str], key_of: Callable[[str], Key | None]) -> Named[Key]:
    """What the lines say; of two of one name the first counts."""
    keys: dict[str, Key] = {}
    bad = []
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        key = key_of(words[1]) if len(words) == 2 else None
        if key is None or words[0] in keys:
            bad.append(number)
        else:
            keys[words[0]] = key
    return Named(keys, tuple(bad))
