"""What a server is told when it starts, in a form that reaches each of its worker processes."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass

from disrupt.matching.guessing.plans import Level

ENVIRONMENT = "DISRUPT_SERVE"
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Settings:
    """`banks`: names to folders. `keys`: the file of those who may ask; none: anybody may.

    `most_bytes` of one body, `held_bytes` of all bodies at once, `waiting` look-ups at once; `fetch` allows
    content to be named by its address; `counters`: the file in which all workers count.
    """

    banks: dict[str, str]
    keys: str
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
