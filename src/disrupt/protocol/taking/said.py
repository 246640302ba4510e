"""What another list is told of an entry of its own that was refused here, as it lies for who may call out.

SOURCE/words/NUMBER.json; who has told it removes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from disrupt.protocol.feedback import DISPUTING, Opinion, Why

FORMAT = "disrupt-said/1"
WORDS = "words"


class NotSaid(ValueError):
    """This file is no word that somebody is to be told."""


@dataclass(frozen=True, slots=True)
class Said:
    """`entry`: its id here; `name`: what that list calls it, where the id was made here; the hashes only
    where that list knows its entries by nothing else."""

    entry: str
    opinion: Opinion
    why: Why = Why.NOT_SAID
    name: str = ""
    kind: str = "image"
    pdq: tuple[str, ...] = ()
    md5: str = ""

    def to_json(self) -> str:
        return json.dumps({"format": FORMAT, **asdict(self)})


def read(path: Path) -> Said:
    """A word from its file. Raises NotSaid, OSError."""
    try:
        raw: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise NotSaid(f"{path} is not JSON: remove it.") from None
    try:
        if raw.pop("format") != FORMAT:
            raise ValueError
        words = {"opinion": Opinion(raw["opinion"]), "why": Why(raw["why"]), "pdq": tuple(raw["pdq"])}
        said = Said(**raw | words)
        texts = (said.entry, said.name, said.kind, said.md5, *said.pdq)
        if said.opinion not in DISPUTING or not all(isinstance(text, str) for text in texts):
            raise ValueError
    except (AttributeError, KeyError, TypeError, ValueError):
        raise NotSaid(f"{path} is of another form: remove it.") from None
    return said


def waiting(folder: Path) -> list[Path]:
    """The words that wait in a source's folder, the oldest first."""
    try:
        found = [
            path for path in (folder / WORDS).iterdir() if path.suffix == ".json" and path.stem.isdecimal()
        ]
    except FileNotFoundError:
        return []
    return sorted(found, key=lambda path: int(path.stem))
