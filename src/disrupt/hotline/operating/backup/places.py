"""Where what is saved stands, as plain values: known before Django is, which a restore has to wait for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Places:
    """The database as Django's settings describe it, the folder of keys, that of the rest, the erasures;
    where the keyholder listens, and the names of the accounts that it gives the review key to.
    """

    database: Mapping[str, Any]
    keys: Path
    var: Path
    erasures: Path
    keyholder: Path = Path("keyholder.socket")
    gives_to: tuple[str, ...] = ()

    @property
    def scratch(self) -> Path:
        """A private folder for what is taken away again at once."""
        return self.var / "scratch"
