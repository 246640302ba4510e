"""The fingerprints of one content, as they are offered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from disrupt.hotline.bank.identity import identity_of
from disrupt.hotline.bank.models import EntryKind


@dataclass(frozen=True)
class Prints:
    """The fingerprints of one content. `pdq` and `vpdq` hold plain values as they go over the wire."""

    kind: EntryKind
    sha256: str
    md5: str
    pdq: tuple[Mapping[str, Any], ...] = ()
    vpdq: tuple[Mapping[str, Any], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {"pdq": [dict(p) for p in self.pdq], "vpdq": [dict(p) for p in self.vpdq]}

    @property
    def identity(self) -> str:
        return identity_of(self.kind, self.sha256, self.md5, self.as_json())
