"""Pages of a list that were fetched and verified, as they lie in a folder for the process that takes them in.

SOURCE/pages/NUMBER.json: the lowest number is next, and who has taken a page in removes it. SOURCE/state.json
says how fetching goes; an empty SOURCE/again asks for everything anew.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from disrupt.protocol.feed import BadChange, Change, is_entry_id, parse_change

FORMAT = "disrupt-taken/1"
PAGES, STATE, AGAIN = "pages", "state.json", "again"
MOST_BYTES = 64 * 1024 * 1024
MOST_NAME = 80
_NUMBER = re.compile(r"[0-9]{12}\.json")


class NotAPage(ValueError):
    """This file is not a page that somebody fetched for us."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One page of a list. `hotline` names whose it is; `traced`: its entries say through whom they came.

    `round`: how often everything was read anew before; `whole`: with this page the round has all there is.
    `malformed`: changes that could not be read, and are not here. `names`: what that list calls its entries,
    where their ids were made here.
    """

    hotline: str
    changes: tuple[Change, ...]
    round: int = 0
    whole: bool = False
    malformed: int = 0
    traced: bool = True
    names: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(
            {
                "format": FORMAT,
                "hotline": self.hotline,
                "traced": self.traced,
                "round": self.round,
                "whole": self.whole,
                "malformed": self.malformed,
                "changes": [change.to_wire() for change in self.changes],
                **({"names": dict(self.names)} if self.names else {}),
            }
        )


def name_of(number: int) -> str:
    """The file of a page."""
    return f"{number:012d}.json"


def waiting(folder: Path) -> list[Path]:
    """The pages that wait in a source's folder, the next first."""
    try:
        names = sorted(path.name for path in (folder / PAGES).iterdir() if _NUMBER.fullmatch(path.name))
    except FileNotFoundError:
        return []
    return [folder / PAGES / name for name in names]


def read(path: Path) -> Fetched:
    """A page from its file; a change that cannot be read is counted. Raises NotAPage, OSError."""
    if path.stat().st_size > MOST_BYTES:
        raise NotAPage("it is too large")
    try:
        raw: Any = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        raise NotAPage("it is not JSON") from None
    if not isinstance(raw, dict) or raw.get("format") != FORMAT:
        raise NotAPage("it is of another form")
    types = {"hotline": str, "changes": list, "round": int, "malformed": int, "whole": bool, "traced": bool}
    if (
        not all(type(raw.get(name)) is kind for name, kind in types.items())
        or not is_entry_id(raw["hotline"])
        or not isinstance(raw.get("names", {}), dict)
    ):
        raise NotAPage("it lacks what a page says")
    changes, malformed = [], raw["malformed"]
    for item in raw["changes"]:
        try:
            changes.append(parse_change(item))
        except BadChange:
            malformed += 1
    told: Any = raw.get("names", {})
    names = {id_: name for id_, name in told.items() if isinstance(name, str) and len(name) <= MOST_NAME}
    return Fetched(
        raw["hotline"], tuple(changes), raw["round"], raw["whole"], malformed, raw["traced"], names
    )
