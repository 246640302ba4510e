"""What each command prints and how it may end, in one table that docs/commands.md shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Exit(IntEnum):
    """Every exit status that a command has."""

    DONE = 0
    NOT_ALL = 1
    CANNOT = 2
    EMPTY = 3
    STALE = 4
    DAMAGED = 5
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Contract:
    """One command: the JSON Schema of each line that it prints with `--json` ("": it prints none).

    `exits`: how it may end besides DONE, CANNOT and INTERRUPTED, which all have.
    """

    command: str
    prints: str
    exits: tuple[Exit, ...] = (Exit.NOT_ALL,)


_BANK = (Exit.EMPTY, Exit.STALE, Exit.DAMAGED)

CONTRACTS = (
    Contract("hash", "hash"),
    Contract("match", "match", (Exit.NOT_ALL, *_BANK)),
    Contract("scan", "scan", (Exit.NOT_ALL, *_BANK)),
    Contract("serve", "", ()),
    Contract("sync", "sync"),
    Contract("relay", "relay"),
    Contract("give", "give"),
    Contract("heads show", "head"),
    Contract("heads compare", "history"),
    Contract("heads check", "history"),
    Contract("feedback", "feedback"),
    Contract("key rotate", "key-rotated"),
    Contract("doctor", "doctor"),
    Contract("test-picture", "test-picture"),
    Contract("warm", "warm"),
    Contract("guard init", "guard"),
    Contract("guard run", ""),
    Contract("guard notice", "notice-answer"),
    Contract("guard status", "guard-status"),
    Contract("guard stop", "guard-switch"),
    Contract("guard start", "guard-switch"),
    Contract("guard undo-notice", "guard-undone"),
    Contract("guard announce", "guard"),
    Contract("guard verify", "notice"),
    Contract("guard conform", "guard-conform"),
    Contract("guard hold", "guard-held"),
    Contract("guard undo", "guard-held"),
    Contract("guard appeal", "guard-log"),
    Contract("guard list", "guard-held"),
    Contract("guard log", "guard-log"),
    Contract("completion", "", ()),
    Contract("bank stat", "bank-stat"),
    Contract("bank health", "health", _BANK),
    Contract("bank list", "bank-entry"),
    Contract("bank verify", "bank-verified"),
    Contract("bank add", "bank-added"),
    Contract("bank remove", "bank-removed"),
    Contract("bank mute", "bank-marked"),
    Contract("bank unmute", "bank-marked"),
    Contract("bank label", "bank-marked"),
)
