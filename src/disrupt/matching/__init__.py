"""Fingerprints in, matches out."""

from disrupt.matching._journal import Add, Change, Withdraw
from disrupt.matching.entries import MINIMUM_QUALITY, BankEntry, FrameValue, PdqValue
from disrupt.matching.errors import (
    BadEntry,
    BadHash,
    BadRadius,
    BankError,
    BankExists,
    BankFileError,
    BankLocked,
    BankMissing,
    IndexFileError,
    LowQuality,
    MatchingError,
)
from disrupt.matching.index import RADIUS, HammingIndex, Matches
from disrupt.matching.store import Applied, Bank, BankMatch, BankStat

__all__ = [
    "MINIMUM_QUALITY",
    "RADIUS",
    "Add",
    "Applied",
    "BadEntry",
    "BadHash",
    "BadRadius",
    "Bank",
    "BankEntry",
    "BankError",
    "BankExists",
    "BankFileError",
    "BankLocked",
    "BankMatch",
    "BankMissing",
    "BankStat",
    "Change",
    "FrameValue",
    "HammingIndex",
    "IndexFileError",
    "LowQuality",
    "Matches",
    "MatchingError",
    "PdqValue",
    "Withdraw",
]
