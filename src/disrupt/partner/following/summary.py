"""What one run of `disrupt sync` did, in figures and in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from disrupt.matching import Add, Bank, Change
from disrupt.partner.shared.said import complain

MOST_WARNINGS = 20


@dataclass
class Summary:
    """What one run did. `skipped`: changes that could not be understood; `quarantined`: fingerprints that
    describe no picture, left out of their entries; `entries`: in the bank now."""

    added: int = 0
    withdrawn: int = 0
    skipped: int = 0
    quarantined: int = 0
    cursor: int = 0
    entries: int = 0
    start: int = field(default=0, repr=False)
    warned: int = field(default=0, repr=False)
    _there: dict[str, bool] = field(default_factory=dict, repr=False)

    def would(self, changes: Iterable[Change], bank: Bank | None) -> None:
        """Count changes that are not made, as they would have been."""
        if not self._there and bank is not None:
            self.entries = len(bank)
        for change in changes:
            key = change.entry.id if isinstance(change, Add) else change.id
            before = self._there.get(key, bank is not None and bank.get(key) is not None)
            after = self._there[key] = isinstance(change, Add)
            self.added += after
            self.withdrawn += before and not after
            self.entries += after - before

    def as_json(self) -> dict[str, int]:
        """Its counts, as one JSON object."""
        return {
            name: value for name, value in asdict(self).items() if name not in ("start", "warned", "_there")
        }

    def __str__(self) -> str:
        skipped = f", {self.skipped} skipped" if self.skipped else ""
        skipped += f", {self.quarantined} generic hashes left out" if self.quarantined else ""
        return (
            f"{self.added} added, {self.withdrawn} withdrawn{skipped}; "
            f"at change {self.cursor}, {self.entries} entries"
        )

    def warn(self, text: str) -> None:
        """Say it on stderr, so many times in a run: the counts go on."""
        self.warned += 1
        if self.warned <= MOST_WARNINGS:
            more = " (no more of these will be shown)" if self.warned == MOST_WARNINGS else ""
            complain(f"warning: {text}{more}", code="skipped")
