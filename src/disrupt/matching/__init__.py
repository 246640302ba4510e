"""Fingerprints in, matches out."""

from disrupt.matching._journal import Add, Change, Withdraw
from disrupt.matching.derived import derived_entries
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
    BankTooNew,
    IndexFileError,
    LowQuality,
    MatchingError,
)
from disrupt.matching.health import Health
from disrupt.matching.index import RADIUS, HammingIndex, Matches
from disrupt.matching.lookup import Findings, Match, find
from disrupt.matching.plans import Level
from disrupt.matching.store import Applied, Bank, BankMatch, BankStat
from disrupt.matching.upload import find_file, find_video
from disrupt.matching.video import Segment
from disrupt.matching.views import BadPicture, Views, views_of

__all__ = [
    "MINIMUM_QUALITY",
    "RADIUS",
    "Add",
    "Applied",
    "BadEntry",
    "BadHash",
    "BadPicture",
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
    "BankTooNew",
    "Change",
    "Findings",
    "FrameValue",
    "HammingIndex",
    "Health",
    "IndexFileError",
    "Level",
    "LowQuality",
    "Match",
    "Matches",
    "MatchingError",
    "PdqValue",
    "Segment",
    "Views",
    "Withdraw",
    "derived_entries",
    "find",
    "find_file",
    "find_video",
    "views_of",
]
