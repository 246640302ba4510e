"""Which of many failures in a row deserves a line: an hour without a database must not fill the disk."""

from __future__ import annotations


class InARow:
    """Counts the failures of one thread in a row."""

    def __init__(self) -> None:
        self.count = 0

    def failed(self) -> bool:
        """One more; whether to say so: of the first, the second, the fourth, the eighth and so on."""
        self.count += 1
        return self.count & (self.count - 1) == 0

    def ended(self) -> None:
        """It succeeded: the next failure is a first one."""
        self.count = 0
