"""What a key may see of the bank. What it may not see is, to its reader, an entry that is not offered."""

from __future__ import annotations

from dataclasses import dataclass

from disrupt.hotline.bank.models import EntryOrigin
from disrupt.hotline.exchange.models import ApiKey
from disrupt.hotline.exchange.scopes import Scope


@dataclass(frozen=True, slots=True)
class Sight:
    """`derived`: hashes of parts of pictures too; `declared`: entries that nobody has looked at too."""

    derived: bool = False
    declared: bool = False

    def shows(self, origin: str) -> bool:
        """Whether an entry is for this key."""
        return self.declared or origin != EntryOrigin.DECLARED

    @property
    def mark(self) -> str:
        """A short text that differs where the same page would."""
        return f"{self.derived:d}{self.declared:d}"


def sight_of(key: ApiKey) -> Sight:
    """What this key may see."""
    return Sight(derived=Scope.DERIVED_READ in key.scopes, declared=Scope.DECLARED_READ in key.scopes)
