"""What a server is told when it starts, in a form that reaches each of its worker processes."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from disrupt.errors import DisruptError
from disrupt.matching.plans import Level

ENVIRONMENT = "DISRUPT_SERVE"
MIB = 1 << 20


class BadKeys(DisruptError):
    """The file of keys cannot be used."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`banks`: names to folders. `keys`: names to the SHA-256 of each key; none: anybody may ask.

    `most_bytes` of one body, `held_bytes` of all bodies at once, `waiting` look-ups at once; `fetch` allows
    content to be named by its address; `counters`: the file in which all workers count.
    """

    banks: dict[str, str]
    keys: dict[str, str]
    level: Level = "standard"
    max_age: float | None = 86_400.0
    shadow: bool = False
    jobs: int = 2
    most_bytes: int = 256 * MIB
    held_bytes: int = 1024 * MIB
    waiting: int = 64
    fetch: bool = False
    counters: str = ""

    def to_environment(self) -> None:
        """Hand it to the worker processes."""
        os.environ[ENVIRONMENT] = json.dumps(asdict(self))

    @classmethod
    def from_environment(cls) -> Settings:
        return cls(**json.loads(os.environ[ENVIRONMENT]))


def read_keys(path: Path) -> dict[str, str]:
    """Names and digests of the keys in a file: `name key` a line, # for comments. Raises BadKeys."""
    keys: dict[str, str] = {}
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadKeys(f"{path}: cannot be read: {error}") from error
    for number, line in enumerate(lines, 1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if len(words) != 2 or len(words[1]) < 16 or words[0] in keys:
            raise BadKeys(
                f"{path}: line {number}: write a name of its own, a space, and 16 characters or more"
            )
        keys[words[0]] = hashlib.sha256(words[1].encode()).hexdigest()
    if not keys:
        raise BadKeys(f"{path}: holds no key")
    return keys
