"""What can go wrong in matching, one class a failure, each with a sentence that says what to do."""

from __future__ import annotations

from disrupt.errors import DisruptError


class MatchingError(DisruptError):
    """Any failure of this package."""


class BadHash(MatchingError, ValueError):
    """Something offered as a 256-bit hash is not one."""


class BadRadius(MatchingError, ValueError):
    """A radius outside what the index answers exactly (0 to 64)."""


class IndexFileError(MatchingError):
    """An index file is truncated, altered, of another kind, or written by a newer version."""


CONTRADICTION = (
    "the files of the bank contradict one another: one was altered; `disrupt bank stat BANK --repair` makes "
    "them anew"
)


class BankError(MatchingError):
    """Any failure of a bank folder."""


class BankMissing(BankError):
    """There is no bank at this path."""


class EmptyBank(BankError):
    """No bank that was asked has an entry: "no match" would mean nothing."""


class BankExists(BankError):
    """There is a bank at this path already."""


class BankLocked(BankError):
    """Another program is writing to the bank."""


class BadEntry(BankError, ValueError):
    """A bank entry that cannot be kept; the message says why."""


class LowQuality(BadEntry):
    """Nothing of this entry can be matched: its PDQ is of a flat or blurred picture and it has no digest."""


class BankFileError(BankError):
    """A line of a bank's file cannot be read: `path`, `line` (from 1; 0: the whole file), `reason`."""

    def __init__(self, path: object, line: int, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        place = f"{path}: line {line}" if line else str(path)
        super().__init__(
            f"{place}: {reason} (the other entries are kept; `disrupt bank stat BANK --repair` drops what "
            "cannot be read and says what it dropped)"
        )


class BankTooNew(BankFileError):
    """The bank was written by a newer version of this program."""
