"""Fingerprints in, matches out."""

import warnings
from importlib import import_module
from typing import Any

from disrupt.matching._bank._journal import Add, Change, Withdraw
from disrupt.matching._warm import warm_up
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
    EmptyBank,
    IndexFileError,
    LowQuality,
    MatchingError,
)
from disrupt.matching.guessing.plans import Level
from disrupt.matching.health import Health
from disrupt.matching.index import RADIUS, HammingIndex, Matches
from disrupt.matching.looking import look_up, look_up_async
from disrupt.matching.lookup import Findings, Match
from disrupt.matching.store import Applied, Bank, BankMatch, BankStat
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
    "EmptyBank",
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
    "look_up",
    "look_up_async",
    "views_of",
    "warm_up",
]

_FORMER = {
    "find": "disrupt.matching.lookup",
    "find_file": "disrupt.matching.upload",
    "find_video": "disrupt.matching.upload",
}


def __getattr__(name: str) -> Any:
    """Names of before `look_up`: they work, and say what has taken their place."""
    if name in _FORMER:
        said = f"disrupt.matching.{name} will go: call disrupt.look_up"
        warnings.warn(said, DeprecationWarning, stacklevel=2)
        return getattr(import_module(_FORMER[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
