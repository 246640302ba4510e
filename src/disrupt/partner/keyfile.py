"""A file of named keys, for `disrupt serve` and `disrupt guard`: `name key` a line, # for comments."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from disrupt.errors import DisruptError

Key = TypeVar("Key")


class BadKeys(DisruptError):
    """The file of keys cannot be used."""


def read_named(path: Path, key_of: Callable[[str], Key | None], wanted: str) -> dict[str, Key]:
    """Names and what `key_of` makes of each word beside them; None for a word that is no key.

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
